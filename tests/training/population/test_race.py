"""What a race decides depends on the curves alone, and nobody waits for those who have left."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from eureka_agent.training.population.halving import CheckpointScore, Rule
from eureka_agent.training.population.race import Race

LOOKS = 5
RULE = Rule(first=0.2, survivors=0.25, margin=0.5, errors=0.0)
ENDS = {"a": 100.0, "b": 95.0, "c": 60.0, "d": 30.0, "e": 0.0, "f": 90.0}
WAIT_S = 20.0


def curve(end: float) -> list[CheckpointScore]:
    return [CheckpointScore(end * (look + 1) / LOOKS, 0.0) for look in range(LOOKS)]


def run_group(race: Race, names: Sequence[str], fails: dict[str, int]) -> dict[str, int]:
    """Run the candidates of one thread through all looks; return who stopped where."""
    running, stopped = list(names), {}
    for look in range(LOOKS):
        for name in [name for name in running if fails.get(name) == look]:
            race.leave([name])
            running.remove(name)
        behind = race.meet({name: curve(ENDS[name])[look] for name in running})
        stopped |= dict.fromkeys(behind, look)
        running = [name for name in running if name not in behind]
    race.leave(names)
    return stopped


def stops(groups: Sequence[Sequence[str]], fails: dict[str, int] | None = None) -> dict[str, int]:
    race = Race([name for group in groups for name in group], checkpoint_scores=LOOKS, rule=RULE)
    with ThreadPoolExecutor(len(groups)) as pool:
        futures = [pool.submit(run_group, race, group, fails or {}) for group in groups]
        return {name: look for future in futures for name, look in future.result(WAIT_S).items()}


@pytest.mark.parametrize(
    "groups", [["abcdef"], ["abc", "def"], ["ace", "bdf"], ["a", "b", "c", "d", "e", "f"], ["fedcb", "a"]]
)
@pytest.mark.parametrize("fails", [{}, {"b": 2}, {"a": 0, "d": 1}])
def test_threads_do_not_matter(groups: list[str], fails: dict[str, int]) -> None:
    expected = stops(["abcdef"], fails)
    assert expected
    assert stops(groups, fails) == expected


@pytest.mark.parametrize("groups", [["abcdef"], ["abc", "def"], ["a", "b", "c", "d", "e", "f"]])
def test_a_race_in_which_all_fail_ends_and_stops_nobody_else(groups: list[str]) -> None:
    assert stops(groups, dict.fromkeys("abcdef", 0)) == {}
    early = stops(groups, dict.fromkeys("abcdef", 1))
    assert early == stops(["abcdef"], dict.fromkeys("abcdef", 1))


def test_a_candidate_that_leaves_is_not_waited_for() -> None:
    race = Race(["stays", "goes"], checkpoint_scores=LOOKS, rule=RULE)
    done = threading.Event()

    def wait() -> None:
        race.meet({"stays": CheckpointScore(1.0, 0.0)})
        done.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not done.wait(0.05)
    race.leave(["goes"])
    assert done.wait(WAIT_S)
    thread.join()


def test_who_is_not_in_the_race_is_neither_waited_for_nor_stopped() -> None:
    race = Race(["a", "b", "c"], checkpoint_scores=LOOKS, rule=RULE)
    assert race.meet({"a duel": CheckpointScore(-1e9, 0.0)}) == {}
    checkpoint_scores = {
        "a": CheckpointScore(9.0, 0.0),
        "b": CheckpointScore(9.0, 0.0),
        "c": CheckpointScore(0.0, 0.0),
        "a duel": CheckpointScore(-1e9, 0.0),
    }
    assert set(race.meet(checkpoint_scores)) == {"c"}


def test_rivals_that_ended_earlier_still_count() -> None:
    """A run that was killed stops whom it would have stopped: the others' curves are in its log."""
    whole = stops(["abcdef"])
    ended = {name: curve(ENDS[name])[: whole.get(name, LOOKS) + 1] for name in "abf"}
    race = Race("cde", checkpoint_scores=LOOKS, rule=RULE, ended=ended)
    assert run_group(race, "cde", {}) == {name: look for name, look in whole.items() if name in "cde"}
    alone = Race("cde", checkpoint_scores=LOOKS, rule=RULE)
    assert run_group(alone, "cde", {}) != {name: look for name, look in whole.items() if name in "cde"}


SEEDS = ("search-0", "search-1")
APART = {"search-0": 8.0, "search-1": -8.0}
"""How far a candidate's seeds end above and below what `ENDS` says of it."""


def seeds_race(groups: Sequence[Sequence[str]], fails: dict[str, int]) -> dict[str, int]:
    """Race two seeds of each candidate; return which training stopped where."""
    race = Race([name for group in groups for name in group], checkpoint_scores=LOOKS, rule=RULE)

    def run(names: Sequence[str]) -> dict[str, int]:
        running, stopped = list(names), {}
        for look in range(LOOKS):
            lost = [name for name in running if fails.get(name) == look]
            race.leave(lost)
            running = [name for name in running if name not in lost]
            scores = {name: curve(ENDS[name[0]] + APART[name[2:]])[look] for name in running}
            behind = race.meet(scores)
            stopped |= dict.fromkeys(behind, look)
            running = [name for name in running if name not in behind]
        race.leave(names)
        return stopped

    with ThreadPoolExecutor(len(groups)) as pool:
        found = [future.result(WAIT_S) for future in [pool.submit(run, group) for group in groups]]
    return {name: look for one in found for name, look in one.items()}


@pytest.mark.parametrize("fails", [{}, {"b/search-0": 1}])
def test_a_candidate_stops_with_all_its_seeds_by_their_mean(fails: dict[str, int]) -> None:
    trainings = [f"{name}/{seed}" for name in ENDS for seed in SEEDS]
    together = seeds_race([trainings], fails)
    assert together
    assert seeds_race([trainings[::2], trainings[1::2]], fails) == together, "threads do not matter"
    by_candidate: dict[str, set[int]] = {}
    for key, look in together.items():
        by_candidate.setdefault(key[0], set()).add(look)
    assert all(len(looks) == 1 for looks in by_candidate.values())
    if not fails:
        assert len(together) == 2 * len(by_candidate)
        assert {name: looks.pop() for name, looks in by_candidate.items()} == stops(["abcdef"])


def test_seeds_that_lie_apart_make_a_candidate_less_surely_behind() -> None:
    sure = Rule(first=0.2, survivors=0.25, margin=0.0, errors=2.0)

    def stopped(apart: float) -> set[str]:
        keys = {f"{name}/{seed}": end for name, end in ENDS.items() for seed in SEEDS}
        race = Race(keys, checkpoint_scores=LOOKS, rule=sure)
        shifts = {"search-0": apart, "search-1": -apart}
        looks = [
            {key: CheckpointScore(end * look + shifts[key[2:]], 0.0) for key, end in keys.items()}
            for look in range(2)
        ]
        assert not race.meet(looks[0])
        return {key[0] for key in race.meet(looks[1])}

    assert stopped(0.0) == {"c", "d", "e", "f"}
    assert stopped(50.0) < stopped(0.0)
