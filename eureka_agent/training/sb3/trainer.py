"""The Stable-Baselines3 trainer: a child process for every job, a reward worker for every candidate."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eureka_agent.errors import RewardError, TrainingError, WorkerCrashedError, WorkerError
from eureka_agent.isolation.client import RewardWorker
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.source import parse_reward
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.executor import ChildLimits, LocalExecutor
from eureka_agent.training.job import Outcome, TrainingFailure, TrainingJob, most_steps
from eureka_agent.training.results import layout_for, read_result

ENTRY = "eureka_agent.training.sb3.child:main"
PRELOAD = ("torch", "torch._dynamo", "stable_baselines3", "gymnasium", "eureka_agent.training.sb3.child")
"""The first optimiser imports `torch._dynamo`: a second, in every child that has to do it itself."""


class Sb3Trainer:
    """Trains a list of rewards, as many side by side as there are cores."""

    name = "sb3"

    def __init__(
        self, sandbox: RewardSandbox, *, scratch: Path, parallel: int | None, stop: threading.Event
    ) -> None:
        if importlib.util.find_spec("stable_baselines3") is None:
            raise TrainingError(
                "The trainer needs Stable-Baselines3, which is not installed.",
                fix="Install it with `pip install 'eureka-agent[sb3]'`.",
            )
        self._sandbox = sandbox
        self._stop = stop
        self.executor = LocalExecutor(
            entry=ENTRY, preload=PRELOAD, scratch=scratch, parallel=parallel, stop=stop
        )

    def close(self) -> None:
        """Kill what still runs."""
        self.executor.close()

    def steps_of(self, task: Task, env_steps: int) -> int:
        """Return an upper bound on the environment steps of one training, evaluation included."""
        return most_steps(task, env_steps)

    def train(
        self,
        task: Task,
        jobs: Sequence[TrainingJob],
        *,
        on_start: Callable[[TrainingJob], None],
        on_outcome: Callable[[TrainingJob, Outcome], None],
    ) -> list[Outcome | None]:
        """Run every job in its own child; see `Trainer.train`."""
        outcomes: dict[int, Outcome] = {}

        def run(index: int) -> None:
            on_start(jobs[index])
            outcome = self._run(task, jobs[index])
            if outcome is not None:
                outcomes[index] = outcome
                on_outcome(jobs[index], outcome)

        self.executor.map(run, range(len(jobs)))
        return [outcomes.get(index) for index in range(len(jobs))]

    def _run(self, task: Task, job: TrainingJob) -> Outcome | None:
        """Train one job; None if it was killed because the person wants to stop at once."""
        worker: RewardWorker | None = None
        fds: list[int] = []
        payload = _payload(task, job)
        try:
            if job.kind == "source":
                assert job.source is not None
                worker = self._spawn(task, job.source)
                payload["worker"], fds = worker.handle()
                payload["isolation"] = self._sandbox.report.backend
            return self._run_child(task, job, payload, fds)
        except (RewardError, WorkerError) as error:
            crashed = isinstance(error, WorkerCrashedError)
            return TrainingFailure("failed", f"{error.what} {error.fix}".strip(), crashed=crashed)
        finally:
            if worker is not None:
                self._sandbox.kill(worker)

    def _spawn(self, task: Task, source: str) -> RewardWorker:
        rows = PpoSettings.of(task.algorithm).rollout
        return self._sandbox.spawn(source, layout_for(task, parse_reward(source).arguments, rows))

    def _run_child(
        self, task: Task, job: TrainingJob, payload: dict[str, Any], fds: Sequence[int]
    ) -> Outcome | None:
        job.folder.mkdir(parents=True, exist_ok=True)
        result = job.folder / "result.json"
        result.unlink(missing_ok=True)
        limits = ChildLimits(task.budget.wall_s, task.budget.memory_mb)
        end = self.executor.run_child(payload, fds, limits)
        if self._stop.is_set() and not result.exists() and not end.timed_out:
            return None
        if end.timed_out:
            return TrainingFailure(
                "timed out", f"The training was still running after {limits.wall_s:g} s and was killed."
            )
        return read_result(result, payload["job"], end.exit_code)


def _payload(task: Task, job: TrainingJob) -> dict[str, Any]:
    return {
        "job": f"{job.name}/{job.stage}-{job.replicate}",
        "task": asdict(task.ref),
        "folder": str(job.folder.resolve()),
        "stage": job.stage,
        "replicate": job.replicate,
        "seed": job.seed,
        "kind": job.kind,
        "env_steps": job.env_steps,
        "worker": None,
        "isolation": "",
        "init_policy": None if job.init_policy is None else str(job.init_policy.resolve()),
        "budget": asdict(task.budget),
        "algorithm": dict(task.algorithm),
    }
