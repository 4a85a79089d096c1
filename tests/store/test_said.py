"""What people say: which records there are, what they refuse, and what stands at a generation."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from eureka_agent.store.said import (
    MOST_CHARACTERS,
    Balance,
    Comment,
    Episode,
    Feedback,
    Heard,
    Pin,
    Preference,
    Rating,
    Veto,
    Withdrawal,
    candidates_of,
    said_from_json,
)

EVERYTHING = (
    Comment("keep your back level", about="0-01", concern="ugly"),
    Rating("0-01", 4, why="steady"),
    Rating("0-01", 0, of=1),
    Preference(Episode("0-01"), Episode("0-02", 0, 1), "second", "it lands"),
    Balance("0-01", "forward", "effort", 0.25),
    Veto("0-01"),
    Pin("0-02", "the only one that turns"),
    Withdrawal(3),
)
SAME = {"name": "0-01"}


@pytest.mark.parametrize("said", EVERYTHING, ids=lambda said: said.kind)
def test_everything_said_is_read_back_as_it_was(said: object) -> None:
    assert said_from_json(asdict(said)) == said  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"kind": "comment", "text": "x" * (MOST_CHARACTERS + 1)}, "2,001 characters, only 1 to 2,000"),
        ({"kind": "comment", "text": "  "}, "0 characters"),
        ({"kind": "comment", "text": "run", "concern": "angry"}, "concern"),
        ({"kind": "comment", "text": "run", "about": "../0-01"}, "a candidate's id"),
        ({"kind": "rating", "about": "0-01", "value": 0}, "only 1 to 5"),
        ({"kind": "rating", "about": "0-01", "value": 2, "of": 1}, "only 0 to 1"),
        ({"kind": "preference", "first": SAME, "second": SAME, "better": "first"}, "itself"),
        ({"kind": "balance", "about": "0-01", "more": "a", "less": "a"}, "against itself"),
        ({"kind": "balance", "about": "0-01", "more": "a", "less": "b", "strength": 0.0}, "more than 0"),
        ({"kind": "shout"}, "kind"),
        ({"kind": "veto", "about": "0-01", "force": True}, "force"),
        ("veto", "a table"),
    ],
)  # fmt: skip
def test_what_nobody_can_say_is_refused_in_words(data: object, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        said_from_json(data)


def test_something_holds_from_the_generation_after_it_until_it_is_taken_back() -> None:
    feedback = Feedback(
        (Heard(1, Comment("slower"), 0.0, since=1, until=3), Heard(2, Comment("faster"), 0.0, since=2))
    )

    assert [[one.number for one in feedback.at(generation)] for generation in range(4)] == [
        [], [1], [1, 2], [2],
    ]  # fmt: skip
    assert [one.number for one in feedback.standing] == [2]


def test_of_a_veto_and_a_pin_the_later_stands() -> None:
    said = (Veto("0-01"), Pin("0-01"), Pin("0-02"), Veto("0-02"), Veto("0-03"))
    feedback = Feedback(tuple(Heard(n, one, 0.0, since=1) for n, one in enumerate(said, start=1)))

    assert feedback.vetoed == {"0-02", "0-03"}
    assert feedback.pinned == ("0-01",)


def test_the_candidates_of_a_preference_are_both() -> None:
    assert list(candidates_of(EVERYTHING[3])) == ["0-01", "0-02"]
    assert list(candidates_of(Comment("go on"))) == []
