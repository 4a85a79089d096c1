"""Where an episode was lost: bisection over a simulator that is a function."""

from __future__ import annotations

import pytest

from eureka_agent.analysis.unrecoverable import (
    LostEpisode,
    PointOfNoReturn,
    observe_unrecoverable,
    point_of_no_return,
)


class Asked:
    """States up to one are recoverable, and some others; remembers what was asked."""

    def __init__(self, last: int, also: tuple[int, ...] = ()) -> None:
        self.last, self.also = last, also
        self.states: list[int] = []

    def __call__(self, state: int) -> bool:
        self.states.append(state)
        return state <= self.last or state in self.also


@pytest.mark.parametrize("last", [0, 1, 37, 98, 99])
def test_the_last_recoverable_state_is_found_and_no_state_asked_twice(last: int) -> None:
    asked = Asked(last)
    point = point_of_no_return(asked, 100)
    assert point is not None
    assert point.step == last
    assert all(last < state < 100 for state in point.lost)
    assert len(asked.states) == len(set(asked.states)) <= 16


def test_an_episode_of_one_step_is_lost_with_it() -> None:
    assert point_of_no_return(Asked(0), 1) == PointOfNoReturn(0, ())


def test_nothing_is_said_where_the_start_is_lost_already() -> None:
    asked = Asked(-1)
    assert point_of_no_return(asked, 100) is None
    assert asked.states == [0]


@pytest.mark.parametrize(("also", "step"), [((42,), 42), ((99,), 99), ((43, 99), 99)])
def test_a_way_out_that_is_found_later_moves_the_moment(also: tuple[int, ...], step: int) -> None:
    """Bisection alone would stop at 40, as what is lost should stay lost."""
    point = point_of_no_return(Asked(40, also), 100)
    assert point is not None
    assert point.step == step


@pytest.mark.parametrize(
    ("failure", "averts", "does_not"),
    [(LostEpisode(20.0, 500.0), 260.0, 259.0), (LostEpisode(-20.0, -500.0, -1.0), -260.0, -259.0)],
)
def test_averted_is_what_makes_up_half_of_what_was_lost(
    failure: LostEpisode, averts: float, does_not: float
) -> None:
    assert failure.clear
    assert failure.averted_by(averts)
    assert not failure.averted_by(does_not)


@pytest.mark.parametrize("best", [100.0, 130.0, 50.0])
def test_what_is_hardly_better_is_no_failure_averted(best: float) -> None:
    assert not LostEpisode(100.0, best).clear


def test_it_is_told_with_step_continuations_and_cost() -> None:
    point = PointOfNoReturn(30, (31, 32))
    (seen,) = observe_unrecoverable(point, LostEpisode(37, 500), continuations=8, env_steps=12_000, episode=2)
    assert seen.citation == "episode 2, step 30"
    assert seen.values == {
        "continuations": 8, "env_steps": 12_000, "score": 37, "best": 500, "level": 268.5, "lost_states": 2,
    }  # fmt: skip
    assert "12,000 simulated steps" in seen.text
    (unknown,) = observe_unrecoverable(None, LostEpisode(37, 38), continuations=8, env_steps=900, episode=2)
    assert (str(unknown.kind), unknown.reason) == ("unknown", "900 simulated steps")
