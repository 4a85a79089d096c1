"""What of the NetHack tasks needs no NetHack: keys and answers, messages, what a policy sees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.errors import TaskError
from eureka_agent.tasks.nethack import (
    GLYPHS,
    KEYS,
    OBSERVATION,
    PLAY,
    STATUS,
    STATUS_NUMBERS,
    VOCABULARY,
    WORDS,
)
from eureka_agent.tasks.nethack.game import MESSAGE, joined
from eureka_agent.tasks.nethack.keys import ESCAPE, YES, answer, check_actions
from eureka_agent.tasks.nethack.layout import bag_of, observation

IN_THE_BAG = b"What do you want to eat? [fgh or ?*]"
ON_THE_FLOOR = b"There is an apple here; eat it? [ynq] (n)"


@pytest.mark.parametrize(
    ("action", "question", "hunger", "key"),
    [
        ("eat", ON_THE_FLOOR, 1, YES),
        ("eat", ON_THE_FLOOR, 0, ESCAPE),
        ("eat", IN_THE_BAG, 2, ord("h")),
        ("eat", IN_THE_BAG, 1, ESCAPE),
        ("eat", b"You're having a hard time getting all of it down. Continue eating? [yn] (n)", 0, ESCAPE),
        ("apply", b"What do you want to use or apply? [e-g or ?*]", 1, ord("g")),
        ("apply", b"Unlock it? [yn] (n)", 1, YES),
        ("apply", b"In what direction?", 1, None),
        ("kick", b"In what direction?", 1, None),
        ("pray", b"Are you sure you want to pray? [yn] (n)", 1, YES),
        ("north", b"Really attack the gnome lord? [yn] (n)", 1, ESCAPE),
        ("up", b"Beware, there will be no return! Still climb? [yn] (n)", 1, ESCAPE),
    ],
)
def test_what_the_game_asks_is_answered_or_left_to_the_policy(
    action: str, question: bytes, hunger: int, key: int | None
) -> None:
    assert answer(action, question, hunger=hunger) == key


def test_actions_are_known_by_name_and_have_keys_of_their_own() -> None:
    assert check_actions(PLAY) == PLAY
    assert len(PLAY) == 21
    assert len({KEYS[name] for name in KEYS}) == len(KEYS)
    with pytest.raises(TaskError, match=r"no action 'nort'.*Did you mean 'north'"):
        check_actions(["nort"])
    with pytest.raises(TaskError, match="no actions to choose from"):
        check_actions([])


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=6))
def test_a_message_fits_and_ends_with_what_was_said_last(said: list[bytes]) -> None:
    told = joined(said)
    assert len(told) < MESSAGE
    if said and len(said[-1]) < MESSAGE:
        assert told.endswith(said[-1])
    if said and sum(map(len, said)) + 2 * len(said) < MESSAGE:
        assert told == b"  ".join(said)


def status(**numbers: float) -> np.ndarray:
    return np.array([numbers.get(name, 0.0) for name in STATUS], np.float32)


def test_an_observation_is_glyphs_then_the_status_line_then_words() -> None:
    crop = np.arange(GLYPHS, dtype=np.int16).reshape(9, 9) + VOCABULARY - GLYPHS
    seen = observation(crop, status(hp=7, max_hp=14, gold=1e5, x=79), b"You see here 3 gold pieces.")
    assert seen.shape == (OBSERVATION,) == (GLYPHS + STATUS_NUMBERS + WORDS,)
    assert seen.dtype == np.float32
    np.testing.assert_array_equal(seen[:GLYPHS], crop.ravel())
    assert seen[GLYPHS] == 1.0
    assert seen[GLYPHS + STATUS_NUMBERS - 1] == 0.5
    assert 1.0 in np.round(seen[GLYPHS:-WORDS], 6)
    np.testing.assert_array_equal(seen[-WORDS:], bag_of(b"you see HERE 17 gold pieces"))


@given(st.binary(max_size=MESSAGE))
def test_words_are_counted_once_and_in_no_order(message: bytes) -> None:
    bag = bag_of(message)
    assert bag.min() >= 0.0
    assert np.isclose(np.linalg.norm(bag), 1.0) or not bag.any()
    backwards = b" ".join(reversed(message.split()))
    np.testing.assert_array_equal(bag_of(backwards + b" " + backwards), bag)


@given(st.lists(st.floats(-1e3, 1e7, width=32), min_size=len(STATUS), max_size=len(STATUS)))
def test_no_status_makes_an_observation_that_is_not_finite(numbers: list[float]) -> None:
    seen = observation(np.zeros((9, 9), np.int16), np.array(numbers, np.float32), b"")
    assert np.isfinite(seen).all()
