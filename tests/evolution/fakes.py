"""A run without simulators or sandboxes: a proposer that counts, a trainer that reads the answer."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import EarlyStop, Evaluation
from eureka_agent.config import make_config
from eureka_agent.critique.critic import NOTHING_KNOWN
from eureka_agent.design.proposer import Draft, Slot
from eureka_agent.evolution.loop import Evolution
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.reward import Coded, Native, Sparse
from eureka_agent.seeds import generator_for
from eureka_agent.store.event_types import RunStarted
from eureka_agent.store.events import EventLog
from eureka_agent.store.facts import TaskFacts
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import OnCheckpoint, Outcome, TrainingFailure, TrainingJob
from eureka_agent.training.protocol import CheckpointReached

STEPS = 100


def source_worth(value: float, name: str = "term") -> str:
    """A reward whose fitness `FakeTrainer` reads from its text."""
    lines = [
        "def compute_reward(pole_angle):",
        f"    {name} = pole_angle * {value!r}",
        f"    return {name}, {{'{name}': {name}}}",
    ]
    return "\n".join(lines) + "\n"


class CountingProposer:
    """Proposes rewards of random worth, from a generator keyed by the slot and the parents' fitness."""

    name = "counting"
    max_parallel = 2

    def __init__(self, seed: int = 0, broken: frozenset[str] = frozenset()) -> None:
        self.seed, self.broken = seed, broken
        self.proposed: list[str] = []
        self.repaired: list[tuple[str, int]] = []

    def plan(self, generation: int, samples: int, archive: Archive) -> list[Slot]:
        parents = tuple(c.id for c in archive.ranked()[:1])
        return [
            Slot(generation, index, "rewrite" if parents else "seed", parents) for index in range(samples)
        ]

    def propose(self, slot: Slot, briefing: Briefing) -> Draft:
        self.proposed.append(slot.id)
        if slot.id in self.broken:
            return Draft("broken")
        base = sum(briefing.archive.get(parent).fitness or 0.0 for parent in slot.parents)
        worth = base + float(generator_for(self.seed, slot.id).normal())
        return Draft(source_worth(round(worth, 6), f"term_{slot.generation}_{slot.index}"))

    def repair(
        self, slot: Slot, draft: Draft, findings: Sequence[Finding], turn: int, briefing: Briefing
    ) -> Draft | None:
        self.repaired.append((slot.id, turn))
        return Draft("still broken")


class FakeTrainer:
    """Gives each reward the fitness that stands in its text, plus noise keyed by the seed."""

    name = "fake"

    def __init__(
        self,
        *,
        noise: float = 0.0,
        pause_s: float = 0.0,
        fail: Callable[[TrainingJob], TrainingFailure | None] = lambda _: None,
        behind: Callable[[TrainingJob], bool] = lambda _: False,
    ) -> None:
        self.noise, self.pause_s, self.fail, self.behind = noise, pause_s, fail, behind
        self.jobs: list[TrainingJob] = []

    def close(self) -> None:
        pass

    def steps_of(self, task: Task, env_steps: int) -> int:
        return env_steps

    def train(
        self,
        task: Task,
        jobs: Sequence[TrainingJob],
        *,
        on_start: Callable[[TrainingJob], None],
        on_outcome: Callable[[TrainingJob, Outcome], None],
        on_checkpoint: OnCheckpoint | None = None,
    ) -> list[Outcome | None]:
        outcomes: dict[int, Outcome] = {}
        shuffled = list(enumerate(jobs))
        random.shuffle(shuffled)  # nothing may depend on the order in which trainings end
        for index, job in shuffled:
            on_start(job)
            time.sleep(self.pause_s)
            self.jobs.append(job)
            outcomes[index] = self.fail(job) or self._evaluation(job)
            if on_checkpoint is not None:
                on_checkpoint(job, reached(job))
            on_outcome(job, outcomes[index])
        return [outcomes.get(index) for index in range(len(jobs))]

    def _evaluation(self, job: TrainingJob) -> Evaluation:
        match job.reward:
            case Coded(text):
                key, worth = text, _worth_of(text)
            case Native():
                key, worth = "native", 1.0
            case Sparse():
                key, worth = "sparse", 0.0
        stopped = None
        if job.contest is not None and self.behind(job):
            stopped = EarlyStop(checkpoint=1, env_steps=STEPS // 4, of=STEPS, behind=3.0, allowed=2.0)
        noise = self.noise * float(generator_for(job.seed, key).normal())
        steps = stopped.env_steps if stopped else STEPS
        return Evaluation(
            stage=job.stage, replicate=job.replicate, seed=job.seed, fitness=worth + noise,
            episode_fitness=(worth + noise,), env_steps=steps, wall_s=0.0, best_checkpoint=0,
            curves={"fitness": (0.0, worth), "fitness_error": (0.1, 0.2)}, stopped=stopped,
        )  # fmt: skip


def reached(job: TrainingJob) -> CheckpointReached:
    """What a trainer says half-way through a training."""
    return CheckpointReached(job=job.key, checkpoint=0, env_steps=STEPS // 2, fitness=0.0, error=0.1)


def _worth_of(source: str) -> float:
    found = re.search(r"pole_angle \* (\S+)", source)
    return float(found[1]) if found else 1.0


def check_broken(source: str, briefing: Briefing = NOTHING_KNOWN) -> list[Finding]:
    """A critic that refuses what says that it is broken."""
    if "broken" not in source:
        return []
    return [Finding("broken", "error", 1, "It is broken.", "It says so.", "Mend it.")]


def make_evolution(
    root: Path,
    *,
    proposer: CountingProposer | None = None,
    trainer: FakeTrainer | None = None,
    stop: threading.Event | None = None,
    saved_steps_pay: bool = True,
    **options: Any,
) -> Evolution:
    """Open (or continue) the run in `root` with fakes where the heavy parts would be.

    Without `saved_steps_pay` a run is begun as earlier versions did.
    """
    task = find_task("cartpole")
    defaults: dict[str, Any] = {
        "generations": 3,
        "samples": 4,
        "confirm_seeds": 3,
        "env_steps": STEPS,
        "target": 1e9,
    }
    config = make_config({"task": {"kind": "folder", "value": "cartpole"}} | defaults | options)
    root.mkdir(parents=True, exist_ok=True)
    folder = RunFolder(root)
    log = EventLog(folder.events, clock=time.time)
    state = RunState.of(log.events)
    log.listen(state.apply)
    if not state.digest:
        facts, plain = TaskFacts.of(task, config), config.to_json()
        digest = config.digest()
        log.append(RunStarted(config=plain, digest=digest, facts=facts, saved_steps_pay=saved_steps_pay))
    chosen = proposer or CountingProposer()
    return Evolution(
        config=config, task=task, folder=folder, log=log, state=state, make_proposer=lambda _restart: chosen,
        critic=check_broken, trainer=trainer or FakeTrainer(), stop=stop or threading.Event(),
    )  # fmt: skip


__all__ = ["STEPS", "CountingProposer", "FakeTrainer", "check_broken", "make_evolution", "source_worth"]
