"""When candidates are evaluated, remembered, stopped and scored, whoever they are trained by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eureka_agent.errors import EurekaError, TrainingError
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.calendar import Failures, TrainingCalendar
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.population.halving import Rule
from eureka_agent.training.population.race import Race
from eureka_agent.training.schedule import CheckpointSchedule

Candidate = TrainingCandidate[Any]
EAGER = Rule(first=0.25, survivors=0.3, margin=0.2, errors=0.0)


def episodes(fitness: float) -> EpisodeSet:
    return EpisodeSet((fitness, fitness), (5, 5), env_steps=10)


class FakeLearners:
    """Their fitness at each checkpoint stands written; an error in its place is what their episodes cause."""

    def __init__(self, fitness: Mapping[str, Sequence[float | EurekaError]]) -> None:
        self.fitness = {name: list(curve) for name, curve in fitness.items()}
        self.candidates: list[Candidate] = [TrainingCandidate(name, 0, None) for name in fitness]
        self.calls: list[str] = []
        self.rollouts = 0

    def iterate(self) -> Failures:
        self.rollouts += 1
        broken = [c for c in self.candidates if c.name == f"breaks in rollout {self.rollouts}"]
        return dict.fromkeys(broken, TrainingError("It broke."))

    def settle(self) -> Failures:
        self.calls.append(f"settle after {self.rollouts}")
        return {}

    def evaluate(self, candidates: Sequence[Candidate]) -> dict[Candidate, EpisodeSet | EurekaError]:
        found = {c: self.fitness[c.name].pop(0) for c in candidates}
        return {c: f if isinstance(f, EurekaError) else episodes(f) for c, f in found.items()}

    def means(self, candidate: Candidate) -> Mapping[str, float]:
        return {"reward": 0.5}

    def stage(self, candidate: Candidate) -> int | None:
        return None

    def policy(self, candidate: Candidate) -> str:
        return f"{candidate.name} after {self.rollouts}"

    def advance(self, steps: int, *, evaluated: bool) -> Failures:
        self.calls.append(f"advance to {steps}{', evaluated' if evaluated else ''}")
        return {}

    def score(self, candidates: Sequence[Candidate]) -> dict[Candidate, EpisodeSet | EurekaError]:
        return {c: episodes(c.chosen.score + 100.0) for c in candidates}

    def drop(self, candidates: Collection[Candidate]) -> None:
        self.candidates = [c for c in self.candidates if c not in set(candidates)]


def trained(
    learners: FakeLearners, *, direction: Any = "maximize", race: Race | None = None
) -> tuple[dict[str, Any], list[tuple[str, int]]]:
    """Train for eight rollouts of 10 steps, with a checkpoint after every second one."""
    task = find_task("cartpole")
    task = replace(task, fitness=replace(task.fitness, direction=direction))
    ends: dict[str, Any] = {}
    told: list[tuple[str, int]] = []

    def on_end(candidate: Candidate, end: Learned | EurekaError) -> None:
        assert candidate.name not in ends
        ends[candidate.name] = end

    TrainingCalendar(
        task,
        learners,
        CheckpointSchedule.of(80, checkpoints=4, rollout=10),
        on_end=on_end,
        on_checkpoint=lambda candidate, steps: told.append((candidate.name, steps)),
        race=race,
    ).run(learners.iterate)
    return ends, told


def test_a_training_goes_by_the_schedule_and_the_best_policy_is_scored() -> None:
    learners = FakeLearners({"a": [1.0, 3.0, 2.0, 3.0]})
    ends, told = trained(learners)
    assert told == [("a", 20), ("a", 40), ("a", 60), ("a", 80)]
    assert learners.calls[:4] == [
        "advance to 10",
        "settle after 2",
        "advance to 20, evaluated",
        "advance to 30",
    ]
    learned = ends["a"]
    assert (learned.checkpoint.index, learned.checkpoint.policy) == (3, "a after 8")
    assert learned.scoring.fitness == 103.0
    assert learned.curves["fitness"] == [1.0, 3.0, 2.0, 3.0]
    assert learned.curves["fitness_error"] == [0.0] * 4
    assert learned.env_steps == 5 * 10


def test_less_is_better_where_the_task_says_so() -> None:
    ends, _ = trained(FakeLearners({"a": [2.0, 1.0, 3.0, 4.0]}), direction="minimize")
    assert ends["a"].checkpoint.index == 1
    assert ends["a"].checkpoint.score == -1.0


def test_who_fails_is_told_once_and_the_others_go_on() -> None:
    error = TrainingError("Its episodes broke.")
    curves = {"a": [1.0] * 4, "b": [1.0, error], "breaks in rollout 3": [1.0]}
    ends, told = trained(FakeLearners(curves))
    assert isinstance(ends["a"], Learned)
    assert ends["b"] is error
    assert isinstance(ends["breaks in rollout 3"], TrainingError)
    assert [steps for name, steps in told if name == "b"] == [20]


def test_who_is_clearly_behind_is_scored_and_dropped_at_that_checkpoint() -> None:
    curves = {"0": [9.0] * 4, "1": [8.0] * 4, "2": [7.0] * 4, "3": [0.0] * 4}
    learners = FakeLearners(curves)
    ends, told = trained(learners, race=Race(curves, checkpoint_scores=4, rule=EAGER))
    stopped = {name: end.stopped for name, end in ends.items() if end.stopped}
    assert "3" in stopped
    assert "0" not in stopped
    assert stopped["3"].env_steps == 20 * stopped["3"].checkpoint < stopped["3"].of == 80
    assert len([name for name, _ in told if name == "3"]) == stopped["3"].checkpoint
    assert ends["3"].scoring.fitness == 100.0
