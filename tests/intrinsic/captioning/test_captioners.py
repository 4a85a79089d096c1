"""Captions of events, of messages, and of windows of steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.captioning.captioners import Messages, StartedEvents, Windowed
from eureka_agent.intrinsic.captioning.captions import LONGEST, NONE, Captions
from eureka_agent.tasks.registry import find_task


def texts_of(captions: Captions) -> list[list[str]]:
    """The captions as rows of texts; empty where there is none."""
    return [["" if n == NONE else captions.texts[n] for n in row] for row in captions.index.tolist()]


def first_at(*rows: int, steps: int, worlds: int = 1) -> np.ndarray:
    first = np.zeros((steps, worlds), bool)
    first[list(rows)] = True
    return first


class Told:
    """A captioner that says what a test put into the signal `told`."""

    signals: tuple[str, ...] = ("told",)

    def __call__(self, signals: Mapping[str, np.ndarray], first: np.ndarray) -> Captions:
        captions = Captions.of(signals["told"].tolist())
        return Captions(captions.index.reshape(first.shape), captions.texts)


def told(*texts: str) -> dict[str, np.ndarray]:
    return {"told": np.array([[text] for text in texts], object)}


def cartpole(angles: list[float], positions: list[float] | None = None) -> dict[str, np.ndarray]:
    task = find_task("cartpole")
    zeros = {s.name: np.zeros((len(angles), 1, *s.shape), np.float32) for s in task.all_signals}
    moved = np.array(positions or [0.0] * len(angles), np.float32)[:, None]
    return zeros | {"pole_angle": np.array(angles, np.float32)[:, None], "cart_position": moved}


def test_an_event_is_captioned_in_the_step_where_it_begins() -> None:
    captions = StartedEvents(find_task("cartpole"))(
        cartpole([0.0, 0.3, 0.3, 0.0, 0.3], [0, 0, 3, 3, 3]), first_at(0, steps=5)
    )
    assert texts_of(captions) == [
        [""],
        ["the pole fell"],
        ["the cart left the track"],
        [""],
        ["the pole fell"],
    ]


def test_the_last_step_of_an_episode_is_captioned_and_the_next_begins_anew() -> None:
    captions = StartedEvents(find_task("cartpole"))(cartpole([0.3, 0.3, 0.3]), first_at(0, 1, steps=3))
    assert texts_of(captions) == [["the pole fell"], ["the pole fell"], [""]]


def test_events_that_begin_together_are_one_caption() -> None:
    captions = StartedEvents(find_task("cartpole"))(cartpole([0.3], [3.0]), first_at(steps=1))
    assert captions.texts == ("the pole fell; the cart left the track",)


def test_whether_an_event_held_before_is_known_from_the_rollout_before() -> None:
    started = StartedEvents(find_task("cartpole"))
    started(cartpole([0.0, 0.3]), first_at(0, steps=2))
    restored = StartedEvents(find_task("cartpole"))
    restored.load_state_dict(started.state_dict())
    for captioner in (started, restored):
        assert texts_of(captioner(cartpole([0.3, 0.0]), first_at(steps=2))) == [[""], [""]]
    fresh = StartedEvents(find_task("cartpole"))
    assert texts_of(fresh(cartpole([0.3]), first_at(steps=1))) == [["the pole fell"]]


def test_a_task_without_events_is_refused() -> None:
    with pytest.raises(ConfigError, match="names no events"):
        StartedEvents(replace(find_task("cartpole"), events=None))


def test_empty_rollouts_have_no_captions() -> None:
    none = np.zeros((0, 3), bool)
    empty = {name: array[:, [0, 0, 0]][:0] for name, array in cartpole([0.0]).items()}
    assert StartedEvents(find_task("cartpole"))(empty, none).index.shape == (0, 3)
    assert Messages("message")({"message": np.zeros((0, 3, 8), np.uint8)}, none).index.shape == (0, 3)
    assert Windowed(Told(), 3)({"told": np.zeros((0, 3), object)}, none).texts == ()


def rows_of(*texts: bytes, width: int = 24) -> np.ndarray:
    return np.array([[np.frombuffer(text.ljust(width, b"\0"), np.uint8)] for text in texts])


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32])
def test_zero_terminated_messages_are_read_from_codes(dtype: type) -> None:
    rows = rows_of(b"You kill it!", b"", b"You kill it!", b"You kill it!\0junk", b"\xffodd\x1b[2J").astype(
        dtype
    )
    captions = Messages("message")({"message": rows}, first_at(steps=5))
    assert texts_of(captions)[:4] == [["You kill it!"], [""], ["You kill it!"], ["You kill it!"]]
    assert captions.texts[1].endswith("odd [2J")


@pytest.mark.parametrize("dtype", ["U", "S", object])
def test_messages_may_be_texts(dtype: object) -> None:
    told_texts = np.array([["It is dark.", ""], [" It  is dark.", "Wall!"]]).astype(dtype)  # type: ignore[call-overload]
    captions = Messages("message")({"message": told_texts}, first_at(steps=2, worlds=2))
    assert texts_of(captions) == [["It is dark.", ""], ["It is dark.", "Wall!"]]


def test_each_distinct_message_is_decoded_once_and_kept_once() -> None:
    rows = np.repeat(rows_of(b"a", b"b"), 50, axis=0)
    captions = Messages("message")({"message": rows}, first_at(steps=100))
    assert captions.texts == ("a", "b")
    assert captions.counts.tolist() == [50, 50]


def test_a_window_joins_distinct_captions_in_order() -> None:
    windowed = Windowed(Told(), 3)
    captions = windowed(told("a", "b", "a", "", "", "", "c"), first_at(0, steps=7))
    assert texts_of(captions) == [["a"], ["a; b"], ["a; b"], ["b; a"], ["a"], [""], ["c"]]


def test_a_window_ends_where_its_episode_began() -> None:
    captions = Windowed(Told(), 4)(told("a", "b", "c", "d"), first_at(0, 2, steps=4))
    assert texts_of(captions) == [["a"], ["a; b"], ["c"], ["c; d"]]


def test_a_window_of_one_step_is_the_caption_itself() -> None:
    assert texts_of(Windowed(Told(), 1)(told("a", "b"), first_at(steps=2))) == [["a"], ["b"]]
    with pytest.raises(ConfigError, match="window has 0 steps"):
        Windowed(Told(), 0)


def test_an_overlong_window_loses_its_oldest_captions() -> None:
    texts = [letter * 300 for letter in "abc"]
    last = texts_of(Windowed(Told(), 3)(told(*texts), first_at(steps=3)))[-1][0]
    assert last == texts[-1]
    assert len(last) <= LONGEST


@given(
    st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.booleans()), min_size=1, max_size=12),
    st.integers(1, 5),
    st.integers(0, 12),
)
def test_windows_do_not_depend_on_where_rollouts_end(
    steps: list[tuple[str, bool]], size: int, cut: int
) -> None:
    """And what a captioner knows of earlier rollouts can be saved."""
    signals, first = told(*(text for text, _ in steps)), np.array([[begun] for _, begun in steps])
    whole = texts_of(Windowed(Told(), size)(signals, first))
    before, after = Windowed(Told(), size), Windowed(Told(), size)
    one = before({"told": signals["told"][:cut]}, first[:cut])
    after.load_state_dict(before.state_dict())
    two = after({"told": signals["told"][cut:]}, first[cut:])
    assert texts_of(one) + texts_of(two) == whole


@given(st.lists(st.text(max_size=4), min_size=1, max_size=10), st.integers(1, 4))
def test_windows_are_what_a_loop_over_steps_would_say(texts: list[str], size: int) -> None:
    captions = Windowed(Told(), size)(told(*texts), first_at(0, steps=len(texts)))
    tidy = [" ".join("".join(c if c.isprintable() else " " for c in text).split()) for text in texts]
    expected = [
        "; ".join(dict.fromkeys(text for text in tidy[max(0, t - size + 1) : t + 1] if text))
        for t in range(len(texts))
    ]
    assert [row[0] for row in texts_of(captions)] == expected
