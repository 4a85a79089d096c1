"""What happens in an episode, by step: events, flights, turns, touches, the end; else the extremes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trajectory_fakes import running

from eureka_agent.analysis.happenings import happenings, is_failure, most_telling, with_gaps_filled
from eureka_agent.trajectories.ending import TIME_LIMIT

STEPS = 40


def episode(ending: str = TIME_LIMIT, **signals: Any) -> Any:
    arrays = {name: np.asarray(values, np.float32) for name, values in signals.items()}
    return running(arrays, ending=ending, truncated=ending == TIME_LIMIT, terminated=ending != TIME_LIMIT)


def held(*stretches: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(STEPS, bool)
    for begin, end in stretches:
        mask[begin:end] = True
    return mask


STILL = np.ones(STEPS)


def test_each_time_that_an_event_begins_is_told_and_flicker_is_not() -> None:
    events = {"it is upside down": held((5, 10), (11, 12), (20, 30))}
    told = happenings(episode(height=STILL), events)
    assert told == {5: "it is upside down", 20: "it is upside down", 39: "the end: time limit"}


def test_why_it_ended_is_told_once() -> None:
    told = happenings(episode("the pole fell", height=STILL), {"the pole fell": held((39, 40))})
    assert told == {39: "the end: the pole fell"}
    assert is_failure(told[39])
    assert not is_failure("the end: time limit; lands")
    assert is_failure("the end: it fell; lands")
    assert not is_failure("lands")


def test_where_it_was_lost_stands_in_the_order_and_is_grave() -> None:
    told = happenings(episode(height=STILL), {"it is upside down": held((5, 10))}, lost=12)
    assert list(told) == [5, 12, 39]
    assert is_failure(told[12])
    assert is_failure(f"the start; {told[12]}")
    assert not is_failure(told[5])
    assert not is_failure(f"says that it was {told[12]}")


def test_where_it_was_lost_is_never_left_out() -> None:
    told = {step: f"event {step}" for step in range(30)} | {
        31: "lost with this step",
        39: "the end: time limit",
    }
    chosen = most_telling(told, 5)
    assert list(chosen) == [0, 1, 2, 31, 39]


def test_take_offs_and_landings_are_when_all_feet_are_off_the_ground() -> None:
    left = np.where(held((10, 20), (30, 40)), 0.2, 0.0)
    right = np.where(held((12, 25), (28, 40)), 0.2, 0.0)
    told = happenings(episode(left_foot_height=left, right_foot_height=right), {})
    assert [step for step, note in told.items() if "takes off" in note] == [12, 30]
    assert [step for step, note in told.items() if "lands" in note] == [20]


def test_a_turn_is_told_where_no_event_tells_it() -> None:
    upright = np.where(held((8, 20)), -1.0, 1.0)
    assert happenings(episode(upright=upright), {})[8] == "turns over"
    assert (
        happenings(episode(upright=upright), {"it is upside down": held((8, 20))})[8] == "it is upside down"
    )


def test_where_nothing_happens_the_extremes_of_what_moves_stand() -> None:
    told = happenings(episode(angle=np.sin(np.linspace(0.1, 6.0, STEPS))), {})
    assert [note.split(",")[0] for note in told.values()] == [
        "angle at its most", "angle at its least", "the end: time limit",
    ]  # fmt: skip


@given(st.dictionaries(st.integers(0, 999), st.sampled_from("abcd"), min_size=1), st.integers(1, 12))
def test_of_many_happenings_the_end_and_one_of_each_kind_are_kept(told: dict[int, str], most: int) -> None:
    kept = most_telling(told, most)
    assert len(kept) == min(most, len(told))
    assert kept.items() <= told.items()
    if len(set(told.values())) < most:
        assert set(kept.values()) == set(told.values())


@pytest.mark.parametrize(
    ("steps", "length", "expected"),
    [([99], 100, [0, 49, 99]), ([], 2, [0, 1]), ([0], 1, [0]), ([1, 2, 3], 50, [0, 1, 2, 3])],
)
def test_gaps_are_filled_in_their_middle(steps: list[int], length: int, expected: list[int]) -> None:
    assert with_gaps_filled(steps, 3, length) == expected


def test_gaps_are_filled_evenly_where_nothing_is_known() -> None:
    assert with_gaps_filled([], 8, 80) == list(range(0, 80, 10))
