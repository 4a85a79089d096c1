"""How long a run still takes, estimated from its own events under a clock that the test keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from fakes import STEPS, CountingProposer, FakeTrainer, make_evolution

from eureka_agent.archive.candidate import Status
from eureka_agent.cli.pace import USUAL, Pace
from eureka_agent.cli.time_left import Told, replay
from eureka_agent.cli.to_come import to_come
from eureka_agent.store.event_types import (
    Event,
    GenerationPlanned,
    TrainingCheckpoint,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
)
from eureka_agent.store.events import read_events

RECORDED = Path(__file__).parents[1] / "store" / "recorded"
TRAINING = TrainingStarted | TrainingCheckpoint | TrainingFinished | TrainingFailed


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def trained(pace: Pace, clock: Clock, number: int, seconds: float) -> None:
    """Let a batch of whole trainings take so long."""
    for name in range(number):
        pace.start(f"{name}")
    clock.now += seconds
    for name in range(number):
        pace.end(f"{name}", 100, 100)


def test_nothing_is_known_before_anything_was_trained() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.seconds(10, 1) is None
    pace.start("a")
    assert pace.seconds(10, 1) is None
    clock.now += 10.0
    pace.reach("a", 50, 100)
    assert pace.seconds(10, 1) is not None


def test_a_batch_of_the_same_size_takes_as_long() -> None:
    clock = Clock()
    pace = Pace(clock)
    trained(pace, clock, 8, 120.0)
    assert pace.seconds(8, 1) == pytest.approx(120.0)
    assert pace.seconds(16, 2) == pytest.approx(240.0)


@pytest.mark.parametrize("overhead", [0.5, USUAL, 15.0])
def test_batches_of_other_sizes_tell_what_each_costs_beside_its_steps(overhead: float) -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(4):
        for number in (1, 16, 4):
            trained(pace, clock, number, 3.0 * (number + overhead))
    told = [pace.seconds(number, 1) for number in (4, 8, 24)]
    assert told == pytest.approx([3.0 * (number + overhead) for number in (4, 8, 24)], rel=0.25)


def test_what_is_in_progress_counts_as_far_as_it_is() -> None:
    clock = Clock()
    pace = Pace(clock)
    for name in ("a", "b"):
        pace.start(name)
    clock.now += 30.0
    for name in ("a", "b"):
        pace.reach(name, 50, 100)
    assert pace.seconds(1.0, 0.5) == pytest.approx(30.0)
    pace.reach("b", 25, 100)  # it began anew
    assert pace.running == {"a": 50, "b": 25}


def test_the_last_batches_count_for_more() -> None:
    clock = Clock()
    pace = Pace(clock)
    for seconds in (100.0, 100.0, 300.0, 300.0):
        trained(pace, clock, 4, seconds)
    told = pace.seconds(4, 1)
    assert told is not None
    assert 200.0 < told < 300.0


def timed(events: Sequence[Event], *, each: float, overhead: float, proposing: float) -> Iterator[Event]:
    """Yield a log as one machine would have written it that trains at an even pace, batch by batch."""
    now = 1000.0
    batches = groupby(
        events, key=lambda e: (e.stage, e.stage == "choose" and e.replicate) if isinstance(e, TRAINING) else e
    )
    for _, group in batches:
        batch = list(group)
        starts = [event for event in batch if isinstance(event, TrainingStarted)]
        ends = [event for event in batch if isinstance(event, TrainingFinished | TrainingFailed)]
        if isinstance(batch[0], TRAINING):
            yield from (event.model_copy(update={"time": now}) for event in starts)
            for quarter in range(1, 5):
                going = [end for end in ends if _share(end) >= quarter / 4]
                now += each * (len(going) + overhead * bool(going)) / 4
                yield from (_checkpoint(end, quarter).model_copy(update={"time": now}) for end in going)
            batch = ends
        elif isinstance(batch[0], GenerationPlanned):
            yield batch.pop().model_copy(update={"time": now})
            now += proposing
        yield from (event.model_copy(update={"time": now}) for event in batch)


def _checkpoint(end: TrainingFinished | TrainingFailed, quarter: int) -> TrainingCheckpoint:
    return TrainingCheckpoint(
        name=end.name, stage=end.stage, replicate=end.replicate, seed=end.seed, checkpoint=quarter - 1,
        env_steps=quarter * STEPS // 4, fitness=0.0, error=0.0,
    )  # fmt: skip


def _share(event: TrainingFinished | TrainingFailed) -> float:
    if isinstance(event, TrainingFailed):
        return 0.0
    stopped = event.evaluation.stopped
    return stopped.env_steps / STEPS if stopped else 1.0


def after_a_generation(told: Sequence[Told]) -> list[Told]:
    """Return what stood at each moment from the end of the first generation on, but for the last ones."""
    latest = {one.at: one for one in told}
    return [one for one in latest.values() if one.generation >= 1 and one.true > 0.02 * told[0].true]


@pytest.mark.parametrize("overhead", [2.0, 5.0, 8.0])
@pytest.mark.parametrize(
    "options",
    [
        {"generations": 4, "samples": 8},
        {"generations": 4, "samples": 8, "selection": "posterior"},
        {"generations": 2, "samples": 6, "restarts": 2, "confirm_top": 3},
        {"generations": 3, "samples": 6, "choose_seeds": 0, "confirm_top": 2},
    ],
    ids=["plain", "posterior", "restarts", "all confirmed"],
)
def test_after_the_first_generation_it_is_true_within_a_third(
    tmp_path: Path, options: dict[str, Any], overhead: float
) -> None:
    told = replayed(tmp_path, overhead, **options)
    checked = after_a_generation(told)
    assert len(checked) > 10
    for one in checked:
        assert one.predicted == pytest.approx(one.true, rel=1 / 3, abs=0.05 * told[0].true), one


def test_a_budget_of_steps_says_how_many_generations_are_to_come(tmp_path: Path) -> None:
    told = replayed(tmp_path, 5.0, generations=50, samples=8, budget_steps=110 * STEPS, confirm_top=1)
    early = [one for one in after_a_generation(told) if one.generation <= 8]  # of about twelve
    assert len(early) > 20
    for one in early:
        assert one.predicted == pytest.approx(one.true, rel=1 / 3), one


def replayed(root: Path, overhead: float, **options: Any) -> list[Told]:
    """Return what would have been told of a run with refusals, early stops and duels."""
    evolution = make_evolution(
        root,
        trainer=FakeTrainer(noise=0.3, behind=lambda job: job.name.endswith(("-00", "-01"))),
        proposer=CountingProposer(broken=frozenset({"0-02", "1-03"})),
        **options,
    )
    evolution.run()
    return list(replay(timed(evolution.log.events, each=20.0, overhead=overhead, proposing=30.0)))


def test_at_the_end_nothing_is_left(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, trainer=FakeTrainer())
    evolution.run()
    *_, last = replay(timed(evolution.log.events, each=1.0, overhead=1.0, proposing=1.0))
    assert (last.predicted, last.true) == (0.0, 0.0)


@pytest.mark.parametrize("run", ["search", "replayed"])
def test_a_recorded_run_of_an_earlier_version_is_replayed(run: str) -> None:
    told = list(replay(read_events(RECORDED / run / "events.jsonl")))
    assert told[-1].true == 0.0
    known = [one.predicted for one in told if one.predicted is not None]
    assert known[-1] == 0.0
    assert all(0.0 <= seconds < 600.0 for seconds in known)


def test_an_empty_log_tells_nothing() -> None:
    assert list(replay([])) == []


def test_where_the_log_does_not_say_how_long_trainings_are_nothing_is_told(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path)
    evolution.run()
    bare = [
        event.model_copy(update={"facts": None, "config": {**event.config, "env_steps": None}})
        if event.type == "run_started"
        else event
        for event in evolution.log.events
    ]
    assert all(one.predicted is None for one in replay(bare))


def test_a_generation_is_expected_to_be_like_those_before_it(tmp_path: Path) -> None:
    trainer = FakeTrainer(behind=lambda job: job.name.endswith(("-00", "-01")))
    evolution = make_evolution(tmp_path, trainer=trainer, generations=3, samples=4, confirm_top=1)
    seen: list[float] = []

    def note(event: Event) -> None:
        if event.type == "generation_judged":
            seen.append(to_come(evolution.state, {}, STEPS).trainings)

    evolution.log.listen(note)
    evolution.run()
    own = 2 + 2 / 4  # of four, two are stopped at a quarter
    assert all(not one.duel for one in evolution.state.judgements.values())
    assert seen == pytest.approx([2 * own + 9, own + 9, 9])  # winner and two baselines on three seeds


@pytest.mark.parametrize(("draft", "taken_for_others"), [(1, 0), (2, 2)])
def test_who_is_refused_is_replaced_only_where_more_are_asked_for(
    tmp_path: Path, draft: int, taken_for_others: int
) -> None:
    proposer = CountingProposer(broken=frozenset({"0-00", "0-01"}))
    options: dict[str, Any] = {"generations": 1, "samples": 4, "confirm_top": 1, "draft": draft}
    evolution = make_evolution(tmp_path, proposer=proposer, **options)
    seen: list[float] = []

    def note(event: Event) -> None:
        refused = sum(one.status == Status.REFUSED for one in evolution.state.candidates.values())
        if event.type == "candidate_refused" and refused == 2:
            seen.append(to_come(evolution.state, {}, STEPS).trainings)

    evolution.log.listen(note)
    evolution.run()
    assert seen == [2 + taken_for_others + 9]  # winner and two baselines on three seeds
