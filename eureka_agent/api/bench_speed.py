"""Training speed on this machine: a generation in one program, next to the peer's processes.

Every figure includes start-up and evaluation. The peer is Stable-Baselines3's PPO with the same
hyperparameters, one training at a time and two at a time; its rate does not depend on how many candidates
there are, so it trains fewer of them.
"""

from __future__ import annotations

import platform
import resource
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from eureka_agent.api.bench_physics import physics_steps_a_second
from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import ConfigError, TrainingError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.resources import usable_cores
from eureka_agent.rewards.reward import Coded
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
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
_FORWARD = """import numpy as np


def compute_reward(x_velocity, action):
    effort = -{weight} * np.sum(np.square(action), axis=-1)
    return x_velocity + effort, {{"forward": x_velocity, "effort": effort}}
"""


@dataclass(frozen=True)
class Case:
    """One generation to be trained."""

    name: str
    source: str
    """A reward with a `{weight}`, so that every candidate pays differently."""
    candidates: int
    env_steps: int
    weight: float


CASES = {
    "cartpole": Case("cartpole", _CARTPOLE, 16, 50_000, 0.5),
    "half_cheetah": Case("half_cheetah", _FORWARD, 8, 200_000, 0.1),
    "humanoid": Case("humanoid", _FORWARD, 16, 65_536, 0.1),
}
"""By task; `humanoid` is large and measured only when asked for."""
USUAL = ("cartpole", "half_cheetah")
PEERS = {"sb3, one at a time": 1, "sb3, two at a time": 2}
POPULATION = "population"


@dataclass(frozen=True)
class SpeedRow:
    """One way of training a generation."""

    case: str
    scheme: str
    candidates: int
    env_steps_each: int
    """Steps of learning of every candidate."""
    env_steps: int
    """All steps taken: learning and evaluation."""
    wall_s: float
    cpu_s: float
    """Of all processes: parent, training, reward workers."""
    memory_mb: float
    """Peak of the largest process of the report so far."""
    fitness: tuple[float, ...]

    @property
    def candidates_a_minute(self) -> float:
        """Trained candidates a minute of wall time."""
        return 60.0 * self.candidates / self.wall_s

    @property
    def steps_a_second(self) -> float:
        """Steps of learning and evaluation a second of wall time."""
        return self.env_steps / self.wall_s


@dataclass(frozen=True)
class SpeedReport:
    """What was measured, and on what."""

    machine: str
    cores: int
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Hyperparameters of each case."""
    physics: dict[str, float] = field(default_factory=dict)
    """Steps a second of each MuJoCo case's bare physics on all cores: the limit of any trainer."""
    rows: list[SpeedRow] = field(default_factory=list)

    def row(self, case: str, scheme: str) -> SpeedRow | None:
        """Return what one scheme did on one case."""
        return next((row for row in self.rows if (row.case, row.scheme) == (case, scheme)), None)

    def ratio(self, row: SpeedRow) -> float | None:
        """Return how many candidates the population trains in the time of one of `row`; None without it."""
        population = self.row(row.case, POPULATION)
        return None if population is None else population.candidates_a_minute / row.candidates_a_minute

    def share_of_physics(self, row: SpeedRow) -> float | None:
        """Return steps a second as a share of the bare physics'; None where that was not measured."""
        limit = self.physics.get(row.case)
        return None if limit is None else row.steps_a_second / limit


def measure_speed(
    cases: Sequence[str] | None = None,
    *,
    peers: bool = True,
    candidates: int | None = None,
    peer_candidates: int = 2,
    env_steps: int | None = None,
    settings: Mapping[str, Any] | None = None,
    unsafe_isolation: bool = False,
) -> SpeedReport:
    """Train a generation of real rewards for each case, then a few with the peer; nothing is kept.

    `candidates` and `env_steps` replace the cases' own numbers, `settings` those of the algorithm, for all
    schemes alike; the peer trains `peer_candidates` for each of its processes. Raises TrainingError where a
    training fails: a figure without it would flatter.
    """
    report = SpeedReport(platform.processor() or platform.machine(), usable_cores())
    for name in cases or USUAL:
        if name not in CASES:
            raise ConfigError(f"There is no benchmark case '{name}'.", allowed=", ".join(CASES))
        case = CASES[name]
        case = replace(case, candidates=candidates or case.candidates, env_steps=env_steps or case.env_steps)
        task = find_task(name)
        task = replace(task, algorithm={**task.algorithm, **(settings or {})})
        report.settings[name] = asdict(PpoSettings.of(task.algorithm))
        limit = physics_steps_a_second(task, threads=report.cores)
        if limit is not None:
            report.physics[name] = limit
        for scheme, trainer, parallel, count in _schemes(case, peers, peer_candidates):
            sized = replace(case, candidates=count)
            report.rows.append(_measure(sized, scheme, trainer, parallel, task, unsafe=unsafe_isolation))
    return report


def _schemes(case: Case, peers: bool, peer_candidates: int) -> Iterator[tuple[str, str, int, int]]:
    """Yield scheme, trainer, how many side by side, and how many candidates."""
    yield POPULATION, "population", usable_cores(), case.candidates
    for scheme, parallel in PEERS.items() if peers else ():
        yield scheme, "sb3", parallel, parallel * peer_candidates


def _measure(case: Case, scheme: str, trainer: str, parallel: int, task: Task, *, unsafe: bool) -> SpeedRow:
    before = _cpu_s()
    started = time.perf_counter()
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
        scheme=scheme,
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
        reward=Coded(case.source.format(weight=round(case.weight * (1.0 + 0.1 * index), 6))),
        folder=root / f"{index}",
        env_steps=case.env_steps,
    )


def _cpu_s() -> float:
    """Return processor seconds of this process and of all that it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)
