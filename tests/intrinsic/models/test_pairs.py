from __future__ import annotations

import numpy as np
from caption_streams import column
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.intrinsic.captioning.encountered import Encountered
from eureka_agent.intrinsic.models.pairs import Asked, Pairing, in_order

TEXTS = st.sampled_from("abcde")
PAIRS = st.lists(st.tuples(TEXTS, TEXTS).filter(lambda pair: pair[0] != pair[1]), max_size=30)


@given(PAIRS)
def test_the_newest_pairs_are_remembered_in_either_order(pairs: list[tuple[str, str]]) -> None:
    asked, expected = Asked(4), list[tuple[str, str]]()
    for pair in pairs:
        asked.answer(*pair)
        if in_order(*pair) not in expected:
            expected = [*expected, in_order(*pair)][-4:]
        assert pair in asked
        assert pair[::-1] in asked
    restored = Asked(4)
    restored.load_state_dict(asked.state_dict())
    for memory in (asked, restored):
        assert len(memory) == len(expected)
        assert all(memory.count(text) == sum(text in pair for pair in expected) for text in "abcde")


def test_what_was_proposed_is_remembered_for_some_rollouts_in_a_saved_state_too() -> None:
    asked, restored = Asked(4, patience=3), Asked(4, patience=3)
    asked.propose("b", "a")
    asked.propose("c", "d")
    asked.answer("d", "c")
    asked.begin_rollout()
    restored.load_state_dict(asked.state_dict())
    assert [set(pair) for pair in restored.pending()] == [{"a", "b"}]
    for memory in (asked, restored):
        memory.begin_rollout()
        assert ("a", "b") in memory
        memory.begin_rollout()
        assert ("a", "b") not in memory
        assert ("c", "d") in memory
        assert [memory.count(text) for text in "abcd"] == [0, 0, 1, 1]
        assert memory.pending() == []


def test_pending_pairs_are_in_either_order_so_that_the_first_is_not_favoured() -> None:
    asked = Asked(200)
    for number in range(100):
        asked.propose(f"a {number}", f"b {number}")
    first = sum(pair[0].startswith("a") for pair in asked.pending())
    assert 30 < first < 70


@given(st.lists(st.tuples(st.sampled_from(["propose", "answer"]), TEXTS, TEXTS), max_size=40))
def test_captions_are_counted_as_often_as_they_are_in_pairs(acts: list[tuple[str, str, str]]) -> None:
    asked = Asked(3, patience=4)
    for act, one, other in acts:
        if one == other:
            asked.begin_rollout()
        else:
            getattr(asked, act)(one, other)
        pairs = [*asked._answered, *asked._proposed]
        assert len(set(pairs)) == len(pairs) == len(asked) <= 6
        assert all(asked.count(text) == sum(text in pair for pair in pairs) for text in "abcde")


def proposing(texts: list[str], wish: list[float] | None = None, **changed: int) -> list[tuple[str, str]]:
    """Return the pairs proposed of texts; `wish` is how much each text is wanted in a pair."""
    seen = Encountered(100, 1.0)
    seen.note(column(texts).captions)
    worth = np.zeros(len(seen)) if wish is None else np.array(wish)
    pairing = Pairing(
        seen,
        Asked(100),
        known=lambda pair: pair == ("a", "b"),
        wanted=lambda places: worth[places].sum(axis=1),
        rng=np.random.default_rng(0),
        rivals=50,
    )
    return pairing.propose(["d"], **({"most": 20, "comparisons": 0} | changed))


def test_all_pairs_that_are_not_known_are_found_once() -> None:
    found = [in_order(*pair) for pair in proposing(["a", "b", "c", "d"])]
    assert sorted(found) == [("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d")]


def test_new_captions_come_first() -> None:
    found = proposing(list("abcdefghij"), comparisons=3, most=5)
    assert all("d" in pair for pair in found[:3])
    assert len(found) == 5


def test_of_all_that_were_drawn_the_most_wanted_come_first() -> None:
    found = proposing(["a", "b", "c", "d"], wish=[0.0, 1.0, 2.0, 4.0])
    assert [in_order(*pair) for pair in found] == [("c", "d"), ("b", "d"), ("a", "d"), ("b", "c"), ("a", "c")]


def test_one_caption_is_no_pair() -> None:
    assert proposing(["d"], comparisons=3) == []
