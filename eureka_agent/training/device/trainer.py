"""The device trainer, on the asking side: rewards are traced, then one child trains them all."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from eureka_agent.errors import RewardError, TrainingError, WorkerCrashedError, WorkerError
from eureka_agent.files import write_atomic
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.isolation.tracing import RewardTracer
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.device.platform import Platform
from eureka_agent.training.device.settings import FRESH_ONLY, device_settings
from eureka_agent.training.job import TrainingFailure, most_steps
from eureka_agent.training.population.trainer import PRELOAD, ChildAttempt, Notify, PopulationTrainer
from eureka_agent.training.simulators.mjx import mjx_missing

MODULE_FILE = "reward.stablehlo"


class DeviceTrainer(PopulationTrainer):
    """Trains a list of rewards on a GPU (or, to try it out, on the CPU) in one program.

    No reward runs in a worker of `sandbox` while it trains. A job that starts from a saved policy, or a task
    with a curriculum, is an error.
    """

    entry = "eureka_agent.training.device.child:main"
    preload = (*PRELOAD, "eureka_agent.rewards.jax_program", "jax.experimental")

    def __init__(
        self,
        sandbox: RewardSandbox,
        *,
        scratch: Path,
        stop: threading.Event,
        platform: Platform = "gpu",
        worlds: int | None = None,
        unsafe: bool = False,
        cache: Path | None = None,
        notify: Notify = lambda _: None,
    ) -> None:
        """`worlds` is how many each candidate gets; see `device_settings`."""
        if missing := mjx_missing():
            raise TrainingError(
                f"Training on a device needs {', '.join(missing)}, which is not installed.",
                allowed="--device gpu with MJX, or --device cpu",
                fix="Install it with `pip install 'eureka-agent[gpu]'`.",
            )
        self.gpu = platform == "gpu"
        super().__init__(sandbox, scratch=scratch, parallel=1, stop=stop, cache=cache, notify=notify)
        self._platform, self._worlds = platform, worlds
        self._tracer = RewardTracer(unsafe)
        self._started = False

    def close(self) -> None:
        """Kill what still runs."""
        self._tracer.close()
        super().close()

    def steps_of(self, task: Task, env_steps: int) -> int:
        """Return an upper bound on the environment steps of one training, evaluation included."""
        return most_steps(task, env_steps, self._settings(task).rollout)

    def _settings(self, task: Task) -> PpoSettings:
        return device_settings(task, self._worlds)

    def _prepare(self, attempt: ChildAttempt) -> None:
        """Trace every generated reward; a job whose reward cannot be traced has failed.

        Raises TrainingError for jobs that are to start from a saved policy.
        """
        if any(job.init_policy is not None for job in attempt.jobs):
            raise TrainingError(FRESH_ONLY, fix="Leave out --init-policy, or train with --device cpu.")
        if not self._started:
            self._tracer.start()
            self._started = True
        signals = [(s.name, s.shape, s.dtype) for s in attempt.task.all_signals]
        for job in attempt.left:
            if job.kind != "source":
                continue
            assert job.source is not None
            try:
                made = self._tracer.trace(job.source, signals)
            except (RewardError, WorkerError) as error:
                crashed = isinstance(error, WorkerCrashedError)
                reason = f"{error.what} {error.fix}".strip()
                attempt.end(job, TrainingFailure("failed", reason, crashed=crashed))
                continue
            job.folder.mkdir(parents=True, exist_ok=True)
            write_atomic(job.folder / MODULE_FILE, made.module)
            attempt.told[job] = {
                "module": str((job.folder / MODULE_FILE).resolve()),
                "components": list(made.components),
                "source": job.source,
                "isolation": self._tracer.report.backend,
            }

    def _request(self, attempt: ChildAttempt) -> tuple[dict[str, Any], list[int]]:
        payload, fds = attempt.request(1, self._cache)
        return {**payload, "platform": self._platform, "worlds": self._worlds}, fds
