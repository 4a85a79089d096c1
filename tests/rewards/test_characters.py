"""What a person reads, what is checked and what Python runs are the same text."""

from __future__ import annotations

import pytest
from reward_texts import FORWARD

from eureka_agent.rewards.characters import check_characters, unix_newlines
from eureka_agent.rewards.rules import check_source

SEPARATORS = "\x00\x0b\x0c\x1c\x1d\x1e\x85\u00a0\u2028\u2029\u3000\u200b\u202e\ufeff\x1b"


@pytest.mark.parametrize("letter", SEPARATORS, ids=lambda letter: f"U+{ord(letter):04X}")
@pytest.mark.parametrize("form", ['"""Words{}."""\n{}', "# a comment{}\n{}", "{1}X = 'text{0}'\n"])
def test_characters_that_readers_take_differently_are_refused_with_their_line(letter: str, form: str) -> None:
    source = form.format(letter, FORWARD)
    finding = check_source(source)[0]
    assert finding.severity == "error"
    assert f"U+{ord(letter):04X}" in finding.what
    assert letter in source.split("\n")[(finding.line or 0) - 1]


def test_tabs_and_windows_line_endings_are_plain_enough() -> None:
    assert check_characters(FORWARD.replace("\n", "\r\n").replace("    ", "\t")) is None
    assert check_characters("# ümläut – “quotes” → ✓\n" + FORWARD) is None


def test_a_lone_carriage_return_is_refused() -> None:
    assert check_characters("# comment\rimport os\n" + FORWARD) is not None
    assert unix_newlines("a\r\nb\rc\n") == "a\nb\nc\n"


@pytest.mark.parametrize("spelling", ["utf-7", "latin-1", "UTF_16", "unicode_escape", "utf-8-sig", "rot13"])
@pytest.mark.parametrize(
    "form", ["# -*- coding: {} -*-\n", "#!/usr/bin/python\n# vim: set fileencoding={} :\n", "\n#coding={}\n"]
)
def test_another_encoding_is_refused(spelling: str, form: str) -> None:
    finding = check_source(form.format(spelling) + FORWARD)[0]
    assert finding.severity == "error"
    assert spelling in finding.what


@pytest.mark.parametrize("before", ["# -*- coding: utf-8 -*-\n", "#!x\n# coding=UTF8\n", "x\n", "\n\n"])
def test_what_python_takes_for_no_other_encoding_is_none(before: str) -> None:
    harmless = before + "# coding: utf-7\n" if before in ("x\n", "\n\n") else before
    assert check_characters(harmless + FORWARD) is None
