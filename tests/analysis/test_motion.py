"""Rest, being stuck and trembling, in episodes made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from analysis_fakes import episode, random_walk, typical

from eureka_agent.analysis.motion import never_started, observe_rest, observe_tremor, still_runs, tremors
from eureka_agent.analysis.typical import Typical, changes, states

MOVING = np.cumsum(np.full(100, 0.5))
RESTING = np.concatenate([MOVING[:50], np.full(50, MOVING[49])])
PUSHING, LOOSE = np.ones((100, 1)), np.zeros((100, 1))


def test_who_moves_as_random_actions_do_rests_nowhere() -> None:
    assert still_runs(random_walk(seed=1), typical()) == ()
    assert list(observe_rest(random_walk(seed=1), typical())) == []


@pytest.mark.parametrize(("action", "words"), [(PUSHING, "though it acts"), (LOOSE, "hardly acts")])
def test_a_rest_is_cited_and_says_whether_it_acts(action: np.ndarray, words: str) -> None:
    (seen,) = observe_rest(episode(100, position=RESTING, velocity=RESTING, action=action), typical(), 3)
    assert (seen.episode, seen.steps) == (3, (50 - 1, 99))
    assert words in seen.text
    assert seen.values["share"] == pytest.approx(0.51)


def test_a_constant_velocity_is_no_rest_while_the_position_changes() -> None:
    assert still_runs(episode(100, position=MOVING, velocity=np.ones(100), action=LOOSE), typical()) == ()


def test_a_short_rest_belongs_to_every_movement() -> None:
    pause = np.concatenate([MOVING[:50], np.full(9, MOVING[49]), MOVING[50:91]])
    assert still_runs(episode(100, position=pause, velocity=pause, action=LOOSE), typical()) == ()


def test_a_one_hot_action_that_stays_the_same_is_none() -> None:
    same = np.tile([1.0, 0.0], (100, 1))
    swapped = np.eye(2)[np.arange(100) % 2]
    random_play = episode(100, position=MOVING, velocity=MOVING, action=swapped)
    usual = Typical.of([random_play])
    assert usual is not None
    quiet = episode(100, position=RESTING, velocity=RESTING, action=same)
    busy = episode(100, position=RESTING, velocity=RESTING, action=swapped)
    assert "hardly acts" in next(observe_rest(quiet, usual)).text
    assert "though it acts" in next(observe_rest(busy, usual)).text


def test_who_rests_from_the_beginning_never_started() -> None:
    flat = np.zeros(100)
    assert never_started(episode(100, position=flat, velocity=flat), typical())
    assert not never_started(episode(100, position=RESTING, velocity=RESTING), typical())


def test_trembling_turns_back_every_other_step_and_gets_nowhere() -> None:
    shaking = np.tile([0.0, 1.0], 50)
    (seen,) = observe_tremor(episode(100, position=shaking, velocity=shaking), typical())
    assert seen.steps == (0, 80)
    assert "position" in seen.text


def test_slow_swings_way_made_and_a_velocity_alone_do_not_tremble() -> None:
    shaking = np.tile([0.0, 1.0], 50)
    swing = 5 * np.sin(np.arange(100) / 5)
    cases = [
        {"position": swing, "velocity": swing},
        {"position": MOVING, "velocity": MOVING},
        {"position": MOVING, "velocity": shaking, "height": MOVING},
        {"position": 0.001 * shaking, "velocity": 0.001 * shaking},
    ]
    usual = Typical.of([episode(200, **dict.fromkeys(("position", "velocity", "height"), walk()))])
    assert usual is not None
    assert [tremors(episode(100, **case), usual) for case in cases] == [[], [], [], []]


def walk() -> np.ndarray:
    return np.cumsum(np.random.default_rng(0).normal(size=200))


def test_what_shows_the_action_tells_nothing_of_the_world() -> None:
    action = np.arange(10.0)[:, None]
    one = episode(10, torque=action[:, 0], position=np.zeros(10), action=action, prev_position=np.zeros(10))
    assert states(one) == ["position"]


def test_without_random_play_nothing_is_measured() -> None:
    assert Typical.of([]) is None
    assert Typical.of([random_walk(1)]) is None


def test_signals_that_random_play_does_not_know_are_left_out() -> None:
    foreign = episode(10, elsewhere=np.arange(10), velocity=np.zeros((10, 3)))
    moved, names = changes(foreign, typical())
    assert moved.shape == (9, 0)
    assert names == ()
    assert still_runs(foreign, typical()) == ()
    assert tremors(foreign, typical()) == []
