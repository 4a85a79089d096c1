from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.models.encoding import Encoder, stable_hash

TEXT = "You find a Key, gold 5"


def grams(kind: str, text: str) -> set[int]:
    return set(Encoder(kind).encode(text).tolist())  # pyright: ignore[reportArgumentType]


def test_words_are_single_words_and_neighbours_whatever_their_case() -> None:
    assert len(grams("words", "open the door")) == 5
    assert grams("words", "Open THE door") == grams("words", "open the door")
    assert grams("words", "door the open") & grams("words", "open the door") == grams(
        "words", "open"
    ) | grams("words", "the") | grams("words", "door")


def test_characters_are_runs_of_three_and_four() -> None:
    assert len(grams("characters", "key")) == 5 + 4
    assert grams("characters", "golden key") & grams("characters", "golden cup")


def test_one_changed_number_is_seen() -> None:
    for kind in ("words", "characters"):
        assert grams(kind, "gold 5") != grams(kind, "gold 0")


@pytest.mark.parametrize("kind", ["words", "characters"])
@pytest.mark.parametrize("text", ["", " ", "x", "é\ud800", "日本語 🎉"])
def test_any_text_can_be_encoded(kind: str, text: str) -> None:
    found = Encoder(kind, dimension=7).encode(text)  # pyright: ignore[reportArgumentType]
    assert found.dtype == np.int64
    assert all(0 <= index < 7 for index in found)


@given(st.text(max_size=60))
def test_the_cache_changes_nothing(text: str) -> None:
    kept, alone = Encoder(cache=1), Encoder()
    first = kept.encode(text).copy()
    kept.encode("something else")
    np.testing.assert_array_equal(kept.encode(text), first)
    np.testing.assert_array_equal(alone.encode(text), first)


def test_the_cache_keeps_what_was_used_last() -> None:
    encoder = Encoder(cache=10)
    for number in range(1_000):
        encoder.encode(f"caption {number}")
    assert len(encoder) == 10


def test_hashes_are_the_same_in_another_process() -> None:
    code = (
        "from eureka_agent.intrinsic.models.encoding import *\n"
        f"print(stable_hash({TEXT!r}), *Encoder().encode({TEXT!r}), *Encoder('characters').encode({TEXT!r}))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    here = [stable_hash(TEXT), *Encoder().encode(TEXT), *Encoder("characters").encode(TEXT)]
    assert printed.split() == [str(number) for number in here]


def test_an_old_state_still_fits() -> None:
    """States that were saved refer to these numbers: they do not change between versions."""
    assert stable_hash("key found") == 6_884_581_728_388_858_599
    assert Encoder().encode("key found").tolist() == [270, 7675, 15347]
    assert Encoder("characters").encode("key").tolist() == [
        1641,
        2586,
        3879,
        7582,
        9373,
        13935,
        14885,
        15438,
        15879,
    ]


def test_bags_tell_whose_grams_are_whose() -> None:
    encoder = Encoder()
    bags = encoder.bags(["open door", "", "key"])
    assert bags.size == 3
    assert bags.rows.tolist() == [0, 0, 0, 2]
    assert set(bags.indices[:3].tolist()) == grams("words", "open door")


def test_an_unknown_kind_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'words'"):
        Encoder("word")  # pyright: ignore[reportArgumentType]
