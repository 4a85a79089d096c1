"""The game as an environment: repeatable, wordy to the last, and honest about what ended it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from nethack_play import Played, game, numbers, played, same, words

from eureka_agent.errors import TaskError
from eureka_agent.tasks.nethack import GLYPHS, OBSERVATION, STATUS, STATUS_NUMBERS, VOCABULARY, WORDS
from eureka_agent.tasks.nethack.env import GOALS, make

MORTAL = "tou-hum-neu-mal"
"""Tourists do not live long."""


@pytest.fixture(scope="module")
def long() -> Played:
    with game(character=MORTAL) as env:
        return played(env, 10_000, seed=0)


def test_the_same_seed_and_actions_show_the_same_and_another_seed_something_else() -> None:
    with game(character=MORTAL) as one, game(character=MORTAL) as other:
        first = played(one, 2000, seed=0)
        deaths = len(first.ends)
        assert deaths >= 2, "what follows a death is to be repeated, too"
        repeated = [same(first, played(env, 2000, seed=0)) for env in (other, one)]
        assert repeated == [True, True]
        differs = same(first, played(other, 2000, seed=1))
        assert differs is False


def test_worlds_beside_each_other_do_not_meet() -> None:
    with game() as alone:
        wanted = played(alone, 300, seed=9)
    with game() as one, game() as other:
        other.reset(seed=1)
        one.reset(seed=9)
        generator, shown = np.random.default_rng(9), []
        for action in generator.integers(len(one.actions), size=300):
            if other.step(int(action) // 2)[2]:
                other.reset()
            obs, _, terminated, _, _ = one.step(action)
            shown.append(obs)
            assert not terminated
        np.testing.assert_array_equal(shown, [step[0] for step in wanted.shown[1:]])


def test_an_observation_lies_in_its_space_and_shows_the_character_in_the_middle() -> None:
    with game() as env:
        assert env.observation_space.shape == (OBSERVATION,)
        told = played(env, 600, seed=2)
        for obs, *_ in told.shown:
            assert env.observation_space.contains(obs)
            glyphs, numbers_shown, bag = np.split(obs, [GLYPHS, GLYPHS + STATUS_NUMBERS])
            assert np.array_equal(glyphs, glyphs.round())
            assert glyphs.max() < VOCABULARY
            assert np.abs(numbers_shown).max() <= 1.5
            assert len(bag) == WORDS
        begun = told.shown[0][0].reshape(-1)[:GLYPHS]
        assert begun[GLYPHS // 2] == 333, "a human monk"


def test_the_last_words_of_every_death_are_told(long: Played) -> None:
    deaths, said = len(long.ends), [last for last in long.last_words if last]
    assert deaths == len(said) >= 5
    assert all(end["died"] == 1 and end["hp"] == 0 and end["reached"] == 0 for end in long.ends)
    assert all(end["max_hp"] > 0 and end["turn"] > 0 for end in long.ends), "the last status line is kept"
    assert sum("You die" in last for last in said) >= 2


def test_nothing_of_the_dead_is_left_when_the_next_game_begins(long: Played) -> None:
    assert len(long.begun) == len(long.ends)
    for begun in long.begun:
        assert begun["died"] == 0
        assert begun["hp"] == begun["max_hp"] > 0
        assert begun["turn"] == begun["depth"] == begun["deepest"] == begun["levels_visited"] == 1
        assert begun["score"] == 0
        assert begun["explored"] < 400


def test_what_is_said_on_a_screen_that_waits_for_a_key_is_told(long: Played) -> None:
    said = {shown[2].tobytes().rstrip(b"\0") for shown in long.shown}
    assert any(b"You die..." in told and len(told) > 12 for told in said), "what killed stands before it"
    assert any(b"You descend the stairs." in told for told in said)
    asked = [told for told in said if b"[yn" in told or b"or ?*]" in told]
    assert not asked, "a question that is answered is no news"


def test_points_are_paid_as_they_are_scored() -> None:
    with game() as env:
        told = played(env, 800, seed=3)
    score, total = STATUS.index("score"), 0.0
    for shown in told.shown[1:]:
        if len(shown) == 3:
            break
        total += shown[3]
        assert total == pytest.approx(float(shown[1][score]))
    assert total > 0


def test_a_kick_asks_for_a_direction_and_the_next_move_answers() -> None:
    with game() as env:
        env.reset(seed=4)
        kick, east = env.actions.index("kick"), env.actions.index("east")
        info = env.step(kick)[4]
        assert words(info) == "In what direction?"
        assert numbers(info)["asked"] == 1
        before = numbers(info)["turn"]
        info = env.step(east)[4]
        assert numbers(info)["asked"] == 0
        assert numbers(info)["turn"] > before
        assert words(info)


def test_what_was_seen_is_never_forgotten_in_an_episode() -> None:
    with game() as env:
        told = played(env, 500, seed=7, actions=16)
    explored = [float(shown[1][STATUS.index("explored")]) for shown in told.shown]
    ends = [i for i, shown in enumerate(told.shown) if len(shown) == 3] + [len(explored)]
    for begin, end in pairwise(ends):
        assert np.all(np.diff(explored[begin:end]) >= 0)
        assert explored[begin] < 400


def test_goals_are_told_from_the_status_alone() -> None:
    def status(**given: float) -> np.ndarray:
        return np.array([given.get(name, 0.0) for name in STATUS], np.float32)

    assert GOALS["stairs"](status(on_stairs_down=1, oracle_distance=80))
    assert not GOALS["stairs"](status(stairs_shown=1, oracle_distance=80))
    assert GOALS["oracle"](status(oracle_distance=1))
    assert not GOALS["oracle"](status(oracle_distance=2))
    assert not GOALS["oracle"](status(oracle_distance=1, hallucinating=1))
    assert not GOALS["none"](status(on_stairs_down=1, oracle_distance=1))


def test_it_is_drawn_only_if_it_was_made_for_it() -> None:
    with game() as silent, game(render_mode="rgb_array") as env:
        silent.reset(seed=0)
        assert silent.render() is None
        env.reset(seed=0)
        picture = env.render()
        assert (picture.shape, picture.dtype) == ((336, 1264, 3), np.uint8)
        drawn = (picture.reshape(21, 16, 79, 16, 3).max(axis=(1, 3, 4)) > 0).sum()
        assert drawn > 5
        later = picture
        for action in range(8):
            env.step(action)
            later = env.render()
        assert (later != picture).any()
        assert (later.reshape(21, 16, 79, 16, 3).max(axis=(1, 3, 4)) > 0).sum() >= drawn


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"goal": "stair"}, r"no goal 'stair'.*Did you mean 'stairs'"),
        ({"actions": ["fly"]}, r"no action 'fly'"),
    ],
)
def test_a_wrong_setting_is_told_with_what_is_allowed(settings: dict[str, object], said: str) -> None:
    with pytest.raises(TaskError, match=said) as caught:
        make(**settings)  # pyright: ignore[reportArgumentType]
    assert "stairs" in caught.value.allowed or "search" in caught.value.allowed
