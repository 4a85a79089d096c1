"""What is typed when it is one's turn: sentences, and a few short forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.cli.spoken import HELP, understood
from eureka_agent.store.said import (
    Balance,
    Comment,
    Episode,
    Pin,
    Preference,
    Rating,
    Veto,
    Withdrawal,
    said_from_json,
)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("land softly", Comment("land softly")),
        ("  unsafe: it lands on its head ", Comment("it lands on its head", concern="unsafe")),
        ("2-03: keep your back level", Comment("keep your back level", about="2-03")),
        ("Ugly: 2-03: it shakes", Comment("it shakes", about="2-03", concern="ugly")),
        ("2-03 4", Rating("2-03", 4)),
        ("2-03 4 it is steady", Rating("2-03", 4, why="it is steady")),
        ("2-03 up", Rating("2-03", 1, of=1)),
        ("2-03 DOWN it hops", Rating("2-03", 0, of=1, why="it hops")),
        ("2-03 > 2-01 it lands", Preference(Episode("2-03"), Episode("2-01"), "first", "it lands")),
        ("2-03<2-01", Preference(Episode("2-03"), Episode("2-01"), "second")),
        ("2-03 = 2-01", Preference(Episode("2-03"), Episode("2-01"), "neither")),
        ("2-03 more forward less effort", Balance("2-03", "forward", "effort")),
        ("veto 2-01", Veto("2-01")),
        ("pin 10-103 the only one", Pin("10-103", "the only one")),
        ("back 3", Withdrawal(3)),
        ("take back 3", Withdrawal(3)),
        ("back flips need more height", Comment("back flips need more height")),
        ("veto everything", Comment("veto everything")),
        ("2-03 40 steps are too few", Comment("2-03 40 steps are too few")),
    ],
)
def test_a_line_is_understood(line: str, said: object) -> None:
    assert said_from_json(understood(line)) == said


@given(st.text(max_size=200))
def test_any_line_with_something_in_it_says_something(line: str) -> None:
    if line.strip():
        assert understood(line)["kind"]
    else:
        with pytest.raises(ValueError, match="empty"):
            understood(line)


def test_the_help_shows_what_is_understood() -> None:
    kinds = set()
    for line in HELP:
        for example in line[:32].split(", "):
            kinds.add(understood(example)["kind"])
    assert kinds == {"comment", "rating", "preference", "balance", "veto", "pin", "withdrawal"}
