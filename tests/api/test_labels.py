"""Labels of captions: looked at, corrected, exported."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from eureka_agent.api.labels import PERSON, correct_label, export_labels, labels
from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.annotators import Source
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.questions import Label, Question

GOLD = Source("model", "prompt", "find gold")
STAIRS = Source("model", "prompt", "go down")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    cache = LabelCache(tmp_path / "labels.jsonl")
    cache.put(GOLD, [Label(Question(("a wall",)), 0.0), Label(Question(("You see gold",)), 0.9, votes=3)])
    return tmp_path / "labels.jsonl"


def test_the_highest_stands_first(file: Path) -> None:
    assert [(row.caption, row.value, row.votes, row.by) for row in labels(file)] == [
        ("You see gold", 0.9, 3, "model"),
        ("a wall", 0.0, 1, "model"),
    ]


def test_the_folder_of_a_training_will_do(file: Path) -> None:
    assert labels(file.parent) == labels(file)


def test_captions_are_found_by_their_words(file: Path) -> None:
    assert [row.caption for row in labels(file, containing="GOLD")] == ["You see gold"]


def test_a_correction_is_for_the_only_goal_and_what_is_asked_later_gets_it(file: Path) -> None:
    kept = correct_label(file, "  a   wall ", 0.6)
    assert (kept.caption, kept.goal, kept.by) == ("a wall", "find gold", PERSON)
    asked = LabelCache(file).get(GOLD, Question(("a wall",)))
    assert asked is not None
    assert asked.value == 0.6
    assert [(row.value, row.by) for row in labels(file, containing="wall")] == [(0.6, PERSON), (0.0, "model")]


def test_of_several_goals_one_is_to_be_named(file: Path) -> None:
    LabelCache(file).put(STAIRS, [Label(Question(("stairs",)), 1.0)])
    with pytest.raises(ConfigError, match="labels for 2 goals"):
        correct_label(file, "a wall", 1.0)
    correct_label(file, "a wall", 1.0, goal="go down")
    assert LabelCache(file).get(STAIRS, Question(("a wall",))) is not None
    untouched = LabelCache(file).get(GOLD, Question(("a wall",)))
    assert untouched is not None
    assert untouched.value == 0.0
    assert {row.goal for row in labels(file, goal="go down")} == {"go down"}


def test_a_pair_is_corrected_in_both_of_its_orders(file: Path) -> None:
    correct_label(file, "You see gold", 1.0, other="a wall")
    turned = LabelCache(file).get(GOLD, Question(("a wall", "You see gold")))
    assert turned is not None
    assert turned.value == 0.0


@pytest.mark.parametrize(
    ("caption", "other", "value"),
    [("", "", 1.0), ("a wall", "a wall", 1.0), ("a wall", "", 1.5), ("a wall", "", float("nan"))],
)
def test_what_is_no_label_is_refused(file: Path, caption: str, other: str, value: float) -> None:
    before = file.read_bytes()
    with pytest.raises(ConfigError, match="cannot be kept"):
        correct_label(file, caption, value, other=other)
    assert file.read_bytes() == before


def test_a_table_has_a_row_for_each_and_no_formula(file: Path, tmp_path: Path) -> None:
    LabelCache(file).put(GOLD, [Label(Question(("=1+1",)), 0.5)])
    assert export_labels(file, tmp_path / "table.csv") == 3
    with (tmp_path / "table.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["caption"] for row in rows] == ["You see gold", "'=1+1", "a wall"]
    assert rows[0]["goal"] == "find gold"


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There are no labels in"):
        labels(tmp_path)


def test_a_caption_that_nobody_met_is_refused_with_the_one_that_is_meant(file: Path) -> None:
    with pytest.raises(ConfigError, match="Did you mean 'You see gold'"):
        correct_label(file, "You see gould", 0.0)
