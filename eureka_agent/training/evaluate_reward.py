"""Evaluates a reward on recorded steps, in a separate, locked-down process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Self

import numpy as np

from eureka_agent.errors import WorkerCrashedError, WorkerTimeoutError
from eureka_agent.isolation.client import RewardWorker
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Signals, Task
from eureka_agent.training.results import layout_for
from eureka_agent.training.reward_provider import Progress, RewardBatch, readable
from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.trajectory import Trajectory

TIMEOUT_S = 60.0
HEADROOM = 1.25
"""Room for later calls with a few more steps, in place of another worker."""


class RewardEvaluator:
    """Evaluates one reward, in a worker that serves it alone and lives until `close`.

    The worker starts with the first call, and is restarted for a larger batch or after a crash. Call it from
    one thread.
    """

    def __init__(
        self, reward: Coded, *, task: Task, sandbox: RewardSandbox, rows: int = 1, plain: bool = False
    ) -> None:
        """`rows` is the expected maximum number of steps per call.

        With `plain` the source runs as Python imports it, without the facade.
        """
        self._reward, self._task, self._sandbox = reward, task, sandbox
        self._rows, self._plain = rows, plain
        self._worker: RewardWorker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __call__(
        self, signals: Signals, first: np.ndarray, *, progress: Progress = 1.0, timeout_s: float = TIMEOUT_S
    ) -> RewardBatch:
        """Return the rewards of T steps of N worlds, each `(T, N)`.

        Args:
            signals: each `(T, N, ...)`, `prev_` ones included; what the reward does not read is ignored.
            first: bool `(T, N)`: the step was the first of its episode.
            progress: the signal `progress`; by default what is paid at the end of a training.
            timeout_s: seconds to wait for the answer.

        Raises:
            RewardError: the text is no reward, names an unknown signal, or fails on these steps.
            WorkerError: its process hung or ended, or a signal that it reads was not recorded.
        """
        worker = self._ready(first.size)
        read = {name: signals[name] for name in self._reward.parsed.arguments if name in signals}
        given = readable(self._task, read, progress, first)
        try:
            output = worker.compute_rollout(given, resets=first, timeout_s=timeout_s)
        except (WorkerTimeoutError, WorkerCrashedError):
            self.close()
            raise
        return RewardBatch(output.reward, dict(output.components))

    def batch(self, batch: TrajectoryBatch) -> RewardBatch:
        """Return the rewards `(T, N)` of trajectories, each at its own progress; raises as a call does."""
        return self(batch.signals, batch.first, progress=batch.progress)

    def pay(
        self, joined: JoinedEpisodes, *, progress: float | None = None, timeout_s: float = TIMEOUT_S
    ) -> list[Trajectory]:
        """Return episodes with their rewards filled in, asked for in one call; raises what a call raises.

        Each is paid at its own progress, as it was in training; or all at `progress`, to be compared.
        """
        if not joined.episodes:
            return []
        parsed = self._reward.parsed
        signals, first = joined.signals(parsed.arguments, side_by_side=parsed.uses_memory)
        at = joined.progress(side_by_side=parsed.uses_memory) if progress is None else progress
        paid = self(signals, first, progress=at, timeout_s=timeout_s)
        split = partial(joined.split, side_by_side=parsed.uses_memory)
        components = {name: split(values) for name, values in paid.components.items()}
        return [
            episode.paid(reward, {name: each[n] for name, each in components.items()})
            for n, (episode, reward) in enumerate(zip(joined.episodes, split(paid.reward), strict=True))
        ]

    def close(self) -> None:
        """End the worker, if there is one; the next call starts another."""
        if self._worker is not None:
            self._sandbox.kill(self._worker)
        self._worker = None

    def _ready(self, rows: int) -> RewardWorker:
        """Return a worker with room for this many rows."""
        if self._worker is not None and self._worker.layout.capacity < rows:
            self.close()
        if self._worker is None:
            self._rows = max(self._rows, round(HEADROOM * rows))
            layout = layout_for(self._task, self._reward.parsed.arguments, self._rows)
            self._worker = self._sandbox.spawn(self._reward.text, layout, plain=self._plain)
        return self._worker


def evaluate_reward(
    reward: Coded, batch: TrajectoryBatch, *, task: Task, sandbox: RewardSandbox, plain: bool = False
) -> RewardBatch:
    """Return the rewards `(T, N)` of recorded steps, from a worker that ends afterwards.

    See `RewardEvaluator`, which keeps its worker for further calls.
    """
    with RewardEvaluator(reward, task=task, sandbox=sandbox, plain=plain) as evaluate:
        return evaluate.batch(batch)


Evaluate = Callable[[TrajectoryBatch], RewardBatch]
"""Returns what a reward pays for recorded steps, as `RewardEvaluator.batch` does."""


def with_reward(evaluate: Evaluate, trajectory: Trajectory) -> Trajectory:
    """Return an episode with its rewards `(T,)` filled in; raises what `evaluate` raises."""
    paid = evaluate(TrajectoryBatch.in_a_row([trajectory]))
    components = {name: values[:, 0] for name, values in paid.components.items()}
    return replace(trajectory, reward=paid.reward[:, 0], components=components)
