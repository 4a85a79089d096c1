"""What commands work with that train several rewards on the same seeds: `prune`, `tune` and `compare`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from eureka_agent.api.check import Env
from eureka_agent.errors import ConfigError
from eureka_agent.evolution.workbench import Workbench, folder_for, working_in
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.identity import task_digest
from eureka_agent.tasks.task import Task
from eureka_agent.training.device.choosing import choose_device
from eureka_agent.training.evaluation_share import evaluation_of, with_fitted_evaluation
from eureka_agent.training.inspecting import record_transitions
from eureka_agent.training.policies import digest_of
from eureka_agent.training.trainers import check_trainer, make_trainer
from eureka_agent.trajectories.batch import TrajectoryBatch


@dataclass(frozen=True)
class Asked:
    """The options that these commands have; None leaves an option to the run, or to the task."""

    env_steps: int | None = None
    seed: int = 0
    output: Path | str | None = None
    runs: Path | str = "runs"
    trainer: str | None = None
    device: str | None = None
    worlds: int | None = None
    parallel: int | None = None
    trust: bool = False
    env: Env = None
    envs: Path | None = None
    unsafe_isolation: bool = False
    stop: threading.Event | None = None
    tell: Callable[[str], object] = lambda _: None

    def check(self) -> None:
        """Raise ConfigError where an option is wrong whatever the task."""
        if self.env_steps is not None and self.env_steps < 1:
            raise ConfigError(f"'env_steps' cannot be {self.env_steps}.", allowed="at least 1")
        if self.trainer is not None:
            check_trainer(self.trainer)


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How rewards are trained, so that their scores compare."""

    task: Task
    env_steps: int
    trainer: str
    device: str
    worlds: int | None
    unsafe: bool
    init_policy: Path | None = None

    def settings(self, seed: int) -> dict[str, Any]:
        """Return everything that trainings must have in common to compare."""
        return {
            "task": task_digest(self.task),
            "env_steps": self.env_steps,
            "seed": seed,
            "trainer": self.trainer,
            "device": self.device,
            "worlds": self.worlds,
            "evaluation": asdict(evaluation_of(self.task)),
            "init_policy": None if self.init_policy is None else digest_of(self.init_policy),
        }


def conditions_of(task: Task, asked: Asked) -> Conditions:
    """Return how rewards of a task are trained, where no run says so."""
    env_steps = asked.env_steps or task.budget.env_steps
    trainer = asked.trainer or "population"
    return Conditions(
        task=with_fitted_evaluation(task, env_steps),
        env_steps=env_steps,
        trainer=trainer,
        device=choose_device(asked.device or "auto", trainer, task).platform,
        worlds=asked.worlds,
        unsafe=asked.unsafe_isolation,
    )


class Tools(NamedTuple):
    """What a command works with while its output folder is held."""

    bench: Workbench
    sandbox: RewardSandbox
    recording: Callable[[], TrajectoryBatch]
    """Records random steps of the task, as `check` does."""


@contextmanager
def opened(conditions: Conditions, asked: Asked, command: str, doing: str) -> Iterator[Tools]:
    """Hold the output folder of a command and have a trainer ready; `doing` says in words what for."""
    settings = conditions.settings(asked.seed)
    folder = folder_for(Path(asked.runs), command, conditions.task.name, settings)
    folder = folder if asked.output is None else Path(asked.output)
    asked.tell(f"{doing} for {conditions.task.name}; results go to {folder}.")
    with ExitStack() as stack:
        stack.enter_context(working_in(folder, settings))
        sandbox = stack.enter_context(RewardSandbox(unsafe=conditions.unsafe))
        stop = asked.stop or threading.Event()
        trainer = make_trainer(
            conditions.trainer, sandbox, scratch=folder / "tmp", parallel=asked.parallel, stop=stop,
            notify=asked.tell, gpu=conditions.device == "gpu", worlds=conditions.worlds,
            unsafe=conditions.unsafe,
        )  # fmt: skip
        stack.callback(trainer.close)
        bench = Workbench(
            conditions.task,
            trainer,
            folder,
            conditions.env_steps,
            asked.seed,
            conditions.init_policy,
            asked.tell,
        )
        yield Tools(
            bench,
            sandbox,
            lambda: record_transitions(conditions.task, seed=seed_for(0, "transitions"), stop=stop),
        )
