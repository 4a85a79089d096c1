"""Labels that are too few for any to be spared for an exam alone."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from caption_streams import SMALL, column, said

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.models.classification import Classification, helpful_loss
from eureka_agent.intrinsic.models.folds import Folds
from eureka_agent.intrinsic.models.settings import ModelSettings

_PLACES = (
    "hangs down",
    "is below the horizontal",
    "is above the horizontal",
    "is nearly upright",
    "is upright",
)
PENDULUM = [
    f"the pendulum {place}, {turning}"
    for place, turning in itertools.product(_PLACES, ("still", "turning slowly", "turning fast"))
]
"""All captions that a small task has."""


def opened(values: dict[str, float], seed: int) -> bool:
    """Return whether a model is ever paid for these labels, all of which arrive at once."""
    model = Classification(seed=seed)
    model.ingest([said(text, value) for text, value in values.items()])
    ever = False
    for _ in range(8):
        model.observe(column(list(values)))
        ever |= model.informed
    return ever


def test_fifteen_captions_are_enough_where_a_word_decides() -> None:
    assert opened({text: float("upright" in text) for text in PENDULUM}, seed=0)


def test_labels_of_few_captions_that_mean_nothing_open_no_gate() -> None:
    draws = [np.random.default_rng([7, seed]).random(len(PENDULUM)) < 0.5 for seed in range(12)]
    found = [opened(dict(zip(PENDULUM, map(float, drawn), strict=True)), seed=0) for drawn in draws]
    assert sum(found) <= 1


def test_two_of_one_answer_open_no_gate_however_few_words_decide() -> None:
    assert not opened({text: float(text.endswith("is upright, still")) for text in PENDULUM}, seed=0)


def folds(**changed: int) -> Folds:
    return Folds(ModelSettings(**changed), helpful_loss, seed=1)  # pyright: ignore[reportArgumentType]


def test_every_label_is_held_out_by_one_and_learned_from_by_all_others() -> None:
    made = folds(hold_out=4)
    for number, text in enumerate(PENDULUM):
        made.add((text,), number % 2)
    assert sorted(made.held_out().keys) == sorted((text,) for text in PENDULUM)
    for student in made._students:
        assert {*student.lessons.all().keys, *student.exam.all().keys} == {(text,) for text in PENDULUM}
    assert sum(len(student.lessons) for student in made._students) == 3 * len(PENDULUM)


def test_with_more_labels_the_first_goes_on_alone_and_has_learned_nothing_it_holds_out() -> None:
    made = folds(few=30)
    for number in range(30):
        made.add((f"caption {number}",), number % 2)
    assert made.several
    held = set(made.first.exam.all().keys)
    made.add(("one more",), 1.0)
    assert not made.several
    assert held <= set(made.held_out().keys)
    assert not set(made.held_out().keys) & set(made.first.lessons.all().keys)


def test_what_is_hardly_held_out_is_not_held_out_by_turns() -> None:
    assert not folds(hold_out=1_000).several
    assert folds(hold_out=10).several


def test_a_state_with_fewer_or_more_students_is_taken_as_it_is() -> None:
    small, large = Classification(SMALL, seed=1), Classification(SMALL, seed=1)
    small.ingest([said(f"caption {i}", i % 2) for i in range(4)])
    large.ingest([said(f"caption {i}", i % 2) for i in range(30)])
    for saved in (large.state_dict(), small.state_dict()):
        other = Classification(SMALL, seed=1)
        other.ingest([said(f"other {i}", i % 2) for i in range(15)])
        other.load_state_dict(saved)
        again = other.state_dict()
        assert again.keys() == saved.keys()
        assert all((again[name] == saved[name]).all() for name in saved)
    damaged = {name: array for name, array in small.state_dict().items() if "fold 1" not in name}
    with pytest.raises(ConfigError, match="damaged"):
        Classification(SMALL, seed=1).load_state_dict(damaged)
