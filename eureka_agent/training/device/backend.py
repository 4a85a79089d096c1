"""The device trainer on the asking side: rewards are traced, then one child trains all in one program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eureka_agent.errors import TrainingError
from eureka_agent.files import write_atomic
from eureka_agent.isolation.tracing import RewardTracer
from eureka_agent.resources import cache_folder
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Task
from eureka_agent.training.backend import PreparedReward
from eureka_agent.training.device.platform import Platform
from eureka_agent.training.device.settings import FRESH_ONLY, device_settings
from eureka_agent.training.job import TrainingJob, most_steps
from eureka_agent.training.protocol import DeviceRequest, TracedRewardFile
from eureka_agent.training.simulators.mjx import mjx_missing

MODULE_FILE = "reward.stablehlo"


class DeviceBackend:
    """See `Backend`. No reward runs in a worker while it trains.

    A job that starts from a saved policy, or a task with a curriculum, is an error.
    """

    name = "population"
    inside = "eureka_agent.training.device.child:DeviceTraining"
    preload = (
        "jax",
        "jax.numpy",
        "jax.experimental",
        "optax",
        "gymnasium",
        "eureka_agent.rewards.jax_program",
        "eureka_agent.training.device.child",
    )
    together = True

    def __init__(
        self,
        *,
        platform: Platform = "gpu",
        worlds: int | None = None,
        unsafe: bool = False,
        cache: Path | None = None,
    ) -> None:
        """`worlds` is how many each candidate gets; see `device_settings`. `unsafe` is the sandbox's."""
        if missing := mjx_missing():
            raise TrainingError(
                f"Training on a device needs {', '.join(missing)}, which is not installed.",
                allowed="--device gpu with MJX, or --device cpu",
                fix="Install it with `pip install 'eureka-agent[gpu]'`.",
            )
        self.cache = cache or cache_folder("compiled")
        self.device = DeviceRequest(platform=platform, worlds=worlds)
        self.tracer = RewardTracer(unsafe)
        self._started = False

    def steps_of(self, task: Task, env_steps: int) -> int:
        """Return an upper bound on the environment steps of one training, evaluation included."""
        return most_steps(task, env_steps, device_settings(task, self.device.worlds).rollout)

    def check(self, jobs: Sequence[TrainingJob]) -> None:
        """Raise TrainingError for jobs that are to start from a saved policy, or to learn their reward."""
        if any(job.intrinsic is not None for job in jobs):
            raise TrainingError(
                "Learned rewards are not trained with on a GPU.", fix="Train with --device cpu."
            )
        if any(job.init_policy is not None for job in jobs):
            raise TrainingError(FRESH_ONLY, fix="Leave out --init-policy, or train with --device cpu.")

    def prepare(self, task: Task, reward: Coded, folder: Path) -> PreparedReward:
        """Trace a reward; raises RewardError or WorkerError where that cannot be done."""
        if not self._started:
            self.tracer.start()
            self._started = True
        signals = [(s.name, s.shape, s.dtype) for s in task.readable_signals]
        made = self.tracer.trace(reward.text, signals)
        folder.mkdir(parents=True, exist_ok=True)
        module = folder / MODULE_FILE
        write_atomic(module, made.module)
        told = TracedRewardFile(
            source=reward.text, module=module.resolve(), components=tuple(made.components)
        )
        return PreparedReward(told, self.tracer.report.backend)

    def close(self) -> None:
        """End the tracer."""
        self.tracer.close()
