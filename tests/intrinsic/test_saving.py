from __future__ import annotations

import numpy as np
import pytest

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.saving import (
    about,
    array_of,
    expect,
    generator_state,
    nested,
    packed,
    part_of,
    restore_generator,
    unpacked,
)


def test_texts_of_any_kind_come_back() -> None:
    texts = ["", "é", "日本 🎉", "\ud800", '"]}']
    assert unpacked({"texts": packed(texts)}, "texts") == texts
    assert packed(texts).dtype == np.uint8


def test_a_state_of_something_else_is_refused_with_what_it_is_of() -> None:
    saved = about("ranking", goal="win")
    expect(saved, "ranking", goal="win")
    with pytest.raises(ConfigError, match="kind 'ranking', not 'retrieval'"):
        expect(saved, "retrieval", goal="win")
    with pytest.raises(ConfigError, match="goal 'win', not 'lose'"):
        expect(saved, "ranking", goal="lose")


@pytest.mark.parametrize(
    "saved",
    [{}, {"about": np.zeros(3, np.uint8)}, {"about": packed([1])}, {"about": np.array([255], np.uint8)}],
)
def test_damage_is_an_error_with_a_next_step(saved: dict[str, np.ndarray]) -> None:
    with pytest.raises(ConfigError):
        expect(saved, "ranking")


def test_arrays_of_other_shapes_are_refused() -> None:
    saved = {"weights": np.zeros((2, 3))}
    assert array_of(saved, "weights", (None, 3)).shape == (2, 3)
    with pytest.raises(ConfigError, match=r"\(2, 3\), not \(2, 4\)"):
        array_of(saved, "weights", (2, 4))


def test_parts_keep_their_names_apart() -> None:
    one, other = {"a": np.zeros(1)}, {"a": np.ones(1), "b/c": np.ones(2)}
    saved = nested("one", one) | nested("one more", other)
    assert part_of(saved, "one").keys() == one.keys()
    assert part_of(saved, "one more").keys() == other.keys()


def test_a_generator_goes_on_where_it_was() -> None:
    rng, other = np.random.default_rng(1), np.random.default_rng(2)
    rng.random(5)
    restore_generator(other, {"rng": generator_state(rng)}, "rng")
    assert rng.random(3).tolist() == other.random(3).tolist()
