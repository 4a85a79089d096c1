"""How fast candidates are trained here: a generation of real rewards, start-up and evaluation included."""

from __future__ import annotations

import platform
import resource
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import ConfigError, TrainingError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.resources import usable_cores
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.job import TrainingFailure, TrainingJob
from eureka_agent.training.trainers import make_trainer

_CARTPOLE = """import numpy as np


def compute_reward(pole_angle, cart_position):
    alive = np.ones_like(pole_angle)
    lean = -{weight} * np.square(pole_angle / 0.2095)
    off_centre = -0.2 * np.square(cart_position / 2.4)
    return alive + lean + off_centre, {{"alive": alive, "lean": lean, "off_centre": off_centre}}
"""
_HALF_CHEETAH = """import numpy as np


def compute_reward(obs, action):
    forward = obs[:, 8]
    effort = -{weight} * np.sum(np.square(action), axis=-1)
    return forward + effort, {{"forward": forward, "effort": effort}}
"""


@dataclass(frozen=True)
class Case:
    """One generation to be trained."""

    name: str
    task: str
    source: str
    candidates: int
    env_steps: int
    weight: float


CASES = {
    "cartpole": Case("cartpole", "cartpole", _CARTPOLE, 16, 50_000, 0.5),
    "half_cheetah": Case("half_cheetah", "gym:HalfCheetah-v5", _HALF_CHEETAH, 8, 200_000, 0.1),
}


@dataclass(frozen=True)
class SpeedRow:
    """One trainer on one generation."""

    case: str
    trainer: str
    parallel: int
    candidates: int
    env_steps_each: int
    """Steps of learning of every candidate."""
    env_steps: int
    """All steps taken: learning and evaluation."""
    wall_s: float
    cpu_s: float
    """Of all processes: asking, training, reward workers."""
    memory_mb: float
    """Peak of the largest process."""
    fitness: tuple[float, ...]

    @property
    def candidates_a_minute(self) -> float:
        """Trained candidates a minute of wall time."""
        return 60.0 * self.candidates / self.wall_s

    @property
    def candidates_a_cpu_minute(self) -> float:
        """Trained candidates a minute of processor time; what is comparable on a machine that others use."""
        return 60.0 * self.candidates / self.cpu_s


@dataclass(frozen=True)
class SpeedReport:
    """What was measured, and on what."""

    machine: str
    cores: int
    settings: dict[str, dict[str, Any]]
    """Hyperparameters of each case."""
    rows: list[SpeedRow] = field(default_factory=list)


def measure_speed(
    cases: Sequence[str] | None = None,
    *,
    trainer: str = "population",
    parallel: int | None = None,
    candidates: int | None = None,
    env_steps: int | None = None,
    unsafe_isolation: bool = False,
    **settings: Any,
) -> SpeedReport:
    """Train each case's generation once with one trainer; nothing is kept.

    Raises TrainingError where one of the trainings fails: a figure without it would flatter.

    All cases by default. `candidates` and `env_steps` replace the cases' own numbers, `settings` those of
    the algorithm.
    """
    report = SpeedReport(platform.processor() or platform.machine(), usable_cores(), {})
    for name in cases or CASES:
        if name not in CASES:
            raise ConfigError(f"There is no case '{name}' to measure.", allowed=", ".join(CASES))
        case = CASES[name]
        algorithm = {**find_task(case.task).algorithm, **settings}
        report.settings[name] = asdict(PpoSettings.of(algorithm))
        chosen = replace(
            case, candidates=candidates or case.candidates, env_steps=env_steps or case.env_steps
        )
        report.rows.append(
            _measure(chosen, trainer, parallel or usable_cores(), settings, unsafe=unsafe_isolation)
        )
    return report


def _measure(case: Case, trainer: str, parallel: int, settings: dict[str, Any], *, unsafe: bool) -> SpeedRow:
    before = _cpu_s()
    started = time.perf_counter()
    task = find_task(case.task)
    task = replace(task, algorithm={**task.algorithm, **settings})
    with tempfile.TemporaryDirectory(prefix="eureka-speed-") as folder:
        root = Path(folder)
        jobs = [_job(case, index, root) for index in range(case.candidates)]
        with RewardSandbox(unsafe=unsafe) as sandbox:
            chosen = make_trainer(
                trainer, sandbox, scratch=root / "tmp", parallel=parallel, stop=threading.Event()
            )
            try:
                outcomes = chosen.train(task, jobs, on_start=lambda _: None, on_outcome=lambda *_: None)
            finally:
                chosen.close()
    wall_s = time.perf_counter() - started
    for outcome in outcomes:
        if isinstance(outcome, TrainingFailure):
            raise TrainingError(f"A training of the measurement failed: {outcome.reason}")
    done = [outcome for outcome in outcomes if isinstance(outcome, Evaluation)]
    return SpeedRow(
        case=case.name,
        trainer=trainer,
        parallel=parallel,
        candidates=len(done),
        env_steps_each=case.env_steps,
        env_steps=sum(outcome.env_steps for outcome in done),
        wall_s=round(wall_s, 2),
        cpu_s=round(_cpu_s() - before, 2),
        memory_mb=round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1),
        fitness=tuple(round(outcome.fitness, 3) for outcome in done),
    )


def _job(case: Case, index: int, root: Path) -> TrainingJob:
    return TrainingJob(
        name=f"{index}",
        stage="speed",
        replicate=0,
        seed=seed_for(0, "speed", 0),
        kind="source",
        source=case.source.format(weight=round(case.weight * (1.0 + 0.1 * index), 6)),
        folder=root / f"{index}",
        env_steps=case.env_steps,
    )


def _cpu_s() -> float:
    """Return processor seconds of this process and of all that it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)
