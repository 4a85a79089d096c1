from __future__ import annotations

import numpy as np
from caption_streams import column
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.intrinsic.encountered import Encountered
from eureka_agent.intrinsic.pairs import Asked, Pairing, in_order

TEXTS = st.sampled_from("abcde")
PAIRS = st.lists(st.tuples(TEXTS, TEXTS).filter(lambda pair: pair[0] != pair[1]), max_size=30)


@given(PAIRS)
def test_the_newest_pairs_are_remembered_in_either_order(pairs: list[tuple[str, str]]) -> None:
    asked, expected = Asked(4), list[tuple[str, str]]()
    for pair in pairs:
        asked.note(*pair)
        if in_order(*pair) not in expected:
            expected = [*expected, in_order(*pair)][-4:]
        assert pair in asked
        assert pair[::-1] in asked
    restored = Asked(4)
    restored.load_state_dict(asked.state_dict())
    for memory in (asked, restored):
        assert len(memory) == len(expected)
        assert all(memory.count(text) == sum(text in pair for pair in expected) for text in "abcde")


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
