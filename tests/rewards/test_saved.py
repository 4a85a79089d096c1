"""A saved reward is its candidate's program, whatever was written into its header."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reward_texts import FORWARD

from eureka_agent.rewards.saved import with_header

HOSTILE = (
    'ends here """\nimport os\nos.system("true")\n"""',
    "ends here '''\nimport os",
    "a backslash \\", 'a quote "', 'four """" of them', "\\\"\\\"\\\"", "\\N{DIGIT ONE} \\x00 \\u0000",
    "nul \x00 escape \x1b[31m return \r form \x0c", "\u202eoverride\u2066", "\ud800", "{braces} %s",
)  # fmt: skip


def body_of(text: str) -> list[str]:
    return [ast.dump(node) for node in ast.parse(text).body]


@pytest.mark.parametrize("fact", HOSTILE)
def test_nothing_in_the_header_is_more_than_words(fact: str) -> None:
    saved = with_header(FORWARD, f"Reward for {fact}", {"Task": fact, fact: "x"})
    assert body_of(saved)[1:] == body_of(FORWARD)[1 if ast.get_docstring(ast.parse(FORWARD)) else 0 :]
    saved.encode()
    assert all(letter.isprintable() or letter == "\n" for letter in saved)


@given(st.text(max_size=40))
@settings(max_examples=60)
def test_a_docstring_of_the_candidates_own_is_kept_as_words(words: str) -> None:
    source = f"{words!r}\n{FORWARD}"
    saved = with_header(source, "Title", {})
    assert body_of(saved)[1:] == body_of(source)[1:]
