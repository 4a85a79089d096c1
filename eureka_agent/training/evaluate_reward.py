"""What a reward pays for steps that were recorded, asked in a locked-down process of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import numpy as np

from eureka_agent.errors import WorkerCrashedError, WorkerTimeoutError
from eureka_agent.isolation.client import RewardWorker
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Signals, Task
from eureka_agent.training.results import layout_for
from eureka_agent.training.reward_provider import RewardBatch
from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.trajectory import Trajectory

TIMEOUT_S = 60.0


class RewardEvaluator:
    """Tells what one reward pays, in a worker that serves it alone and is kept until `close`.

    The worker starts with the first question, and anew for one that is too large for it or after one that it
    did not survive. Ask from one thread.
    """

    def __init__(
        self, reward: Coded, *, task: Task, sandbox: RewardSandbox, rows: int = 1, plain: bool = False
    ) -> None:
        """`rows` is how many steps a question is expected to hold at most.

        With `plain` the text runs as Python imports it, without the facade.
        """
        self._reward, self._task, self._sandbox = reward, task, sandbox
        self._rows, self._plain = rows, plain
        self._worker: RewardWorker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __call__(self, signals: Signals, first: np.ndarray, *, timeout_s: float = TIMEOUT_S) -> RewardBatch:
        """Return what the reward pays for T steps of N worlds.

        Args:
            signals: each `(T, N, ...)`, `prev_` ones included; what the reward does not read is ignored.
            first: bool `(T, N)`: the step was the first of its episode.
            timeout_s: seconds to wait for the answer.

        Raises:
            RewardError: the text is no reward, names an unknown signal, or fails on these steps.
            WorkerError: its process hung or ended, or a signal that it reads was not recorded.
        """
        worker = self._ready(first.size)
        # A reward without arguments still learns from some signal how many rows there are.
        given = {name: signals[name] for name in self._reward.parsed.arguments if name in signals} or {
            "rows": first
        }
        try:
            output = worker.compute_rollout(given, resets=first, timeout_s=timeout_s)
        except (WorkerTimeoutError, WorkerCrashedError):
            self.close()
            raise
        return RewardBatch(output.reward, dict(output.components))

    def batch(self, batch: TrajectoryBatch) -> RewardBatch:
        """Return what the reward pays for trajectories side by side; raises what a call raises."""
        return self(batch.signals, batch.first)

    def close(self) -> None:
        """End the worker, if there is one; a further question starts another."""
        if self._worker is not None:
            self._sandbox.kill(self._worker)
        self._worker = None

    def _ready(self, rows: int) -> RewardWorker:
        """Return a worker with room for so many rows."""
        if self._worker is not None and self._worker.layout.capacity < rows:
            self.close()
        if self._worker is None:
            self._rows = max(self._rows, rows)
            layout = layout_for(self._task, self._reward.parsed.arguments, self._rows)
            self._worker = self._sandbox.spawn(self._reward.text, layout, plain=self._plain)
        return self._worker


def evaluate_reward(
    reward: Coded, batch: TrajectoryBatch, *, task: Task, sandbox: RewardSandbox, plain: bool = False
) -> RewardBatch:
    """Return what `reward` pays for recorded steps, in a worker that ends with the answer.

    See `RewardEvaluator`, which keeps its worker for further questions.
    """
    with RewardEvaluator(reward, task=task, sandbox=sandbox, plain=plain) as evaluate:
        return evaluate.batch(batch)


def with_reward(evaluate: RewardEvaluator, trajectory: Trajectory) -> Trajectory:
    """Return an episode with what a reward pays for it; raises what `RewardEvaluator` raises."""
    paid = evaluate.batch(TrajectoryBatch.in_a_row([trajectory]))
    components = {name: values[:, 0] for name, values in paid.components.items()}
    return replace(trajectory, reward=paid.reward[:, 0], components=components)
