"""A saved reward is its candidate's program, whatever was written into its header."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reward_texts import FORWARD, MEMORY

from eureka_agent.errors import RewardError
from eureka_agent.rewards.saved import Header, reward_bytes

HOSTILE = (
    'ends here """\nimport os\nos.system("true")\n"""',
    "ends here '''\nimport os",
    "a backslash \\", 'a quote "', 'four """" of them', "\\\"\\\"\\\"", "\\N{DIGIT ONE} \\x00 \\u0000",
    "nul \x00 escape \x1b[31m return \r form \x0c", "\u202eoverride\u2066", "\ud800", "{braces} %s",
    "line\u2028import os\u2029separators\x85and\x1cmore", "# coding: utf-7",
)  # fmt: skip

DOCSTRINGS = (
    '"""Words."""', "'words'", '"two " "parts"', '("in brackets")', 'r"""raw \\ words"""',
    '"""Words."""; import math',
    '"""Several\nlines."""', "# a comment first\n\n'''Words.'''  # and one behind: ü",
    "'''ü – é'''", '"""a\\\nb"""',
)  # fmt: skip


def body_of(text: str | bytes) -> list[str]:
    return [ast.dump(node) for node in ast.parse(text).body]


@pytest.mark.parametrize("fact", HOSTILE)
def test_nothing_in_the_header_is_more_than_words(fact: str) -> None:
    saved = reward_bytes(FORWARD, Header(f"Reward for {fact}", {"Task": fact, fact: "x"}, (fact, "x")))
    assert body_of(saved)[1:] == body_of(FORWARD)
    assert all(letter.isprintable() or letter == "\n" for letter in saved.decode())


def test_usage_stands_as_it_is_however_long() -> None:
    line = f"env = wrapped({'x' * 60!r}, 'a path with blanks in it', {'y' * 60!r})"
    words = ast.get_docstring(ast.parse(reward_bytes(FORWARD, Header("Title", {}, ("import a", line)))))
    assert words is not None
    assert words.endswith(f"Use:\n\n    import a\n    {line}")


@pytest.mark.parametrize("docstring", DOCSTRINGS)
def test_only_the_docstring_is_replaced(docstring: str) -> None:
    source = f"{docstring}\n\n{FORWARD}"
    saved = reward_bytes(source, Header("Title", {}))
    assert body_of(saved)[1:] == body_of(source)[1:]
    own = ast.get_docstring(ast.parse(source))
    assert own is not None
    assert own.split("\n")[0] in (ast.get_docstring(ast.parse(saved)) or "")
    assert saved.decode().endswith(FORWARD)


@pytest.mark.parametrize("source", [FORWARD, MEMORY, "# nothing but this\n" + FORWARD])
def test_without_a_header_the_source_is_saved_as_it_is(source: str) -> None:
    assert reward_bytes(source) == source.encode()
    assert reward_bytes(source.replace("\n", "\r\n")) == source.encode()
    assert reward_bytes(source.rstrip("\n")) == source.encode()


def test_comments_and_layout_are_kept() -> None:
    source = "# first\nimport numpy as np  # why\n\n\n# before\n" + FORWARD.removeprefix(
        "import numpy as np\n"
    )
    assert reward_bytes(source, Header("Title", {})).decode().endswith(source)


@given(st.text(max_size=40))
@settings(max_examples=60)
def test_a_docstring_of_the_candidates_own_is_kept_as_words(words: str) -> None:
    source = f"{words!r}\n{FORWARD}"
    saved = reward_bytes(source, Header("Title", {}))
    assert body_of(saved)[1:] == body_of(source)[1:]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("# -*- coding: utf-7 -*-\n# tidy+AAo-import os\n" + FORWARD, "line 1"),
        ("# -*- coding: latin-1 -*-\n'''é'''\n" + FORWARD, "line 1"),
        ("\ufeff" + FORWARD, ""),
        ("x = '\ud800'\n" + FORWARD, ""),
        ("def broken(:\n" + FORWARD, "line 1"),
        ("x = 'nul \x00'\n", ""),
    ],
)
def test_what_python_would_read_otherwise_is_not_written(source: str, line: str) -> None:
    """The writer looks for itself, whatever the rules have let through."""
    for header in (None, Header("Title", {})):
        with pytest.raises(RewardError, match="cannot be written as a file") as refused:
            reward_bytes(source, header)
        assert line in refused.value.what or header is not None
