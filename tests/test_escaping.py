from __future__ import annotations

import re
from datetime import UTC

import pytest
from hostile import STRINGS
from markdown_it import MarkdownIt

from eureka_agent.escaping import cell, code_cell, fence, item, markdown, moment, one_line, visible


@pytest.mark.parametrize("text", STRINGS)
def test_markdown_means_nothing_but_its_letters(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown(text))
    words = one_line(text).strip()
    for letter, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        words = words.replace(letter, name)
    assert html == f"<p>{words}</p>\n"


@pytest.mark.parametrize("text", STRINGS)
def test_a_paragraph_stays_one(text: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(f"- {item(text)}\n")
    blocks = {token.type for token in tokens if token.block and token.nesting >= 0}
    assert blocks == {"bullet_list_open", "list_item_open", "paragraph_open", "inline"}


@pytest.mark.parametrize("text", STRINGS)
def test_a_cell_stays_one(text: str) -> None:
    for shown in (cell(text), code_cell(text)):
        assert "\n" not in shown
        assert not re.search(r"(?<!\\)\|", shown)
    assert "`" not in code_cell(text)


@pytest.mark.parametrize("text", [*STRINGS, "````", "a ````` b"])
def test_a_fence_holds_whatever_is_in_it(text: str) -> None:
    inside = visible(text)
    ticks = fence(inside)
    (token,) = MarkdownIt().parse(f"{ticks}python\n{inside}\n{ticks}\n")
    assert token.content == f"{inside}\n"


def test_ordinary_words_are_left_alone() -> None:
    words = "half_cheetah: 3 of 4, x > 0 (95 % t-interval); it's 0-01's."
    assert markdown(words) == words == item(words) == cell(words) == one_line(words)


def test_a_time_that_no_calendar_has_is_not_told() -> None:
    assert moment(0.0, "%d %b %H:%M UTC", UTC) == "01 Jan 00:00 UTC"
    assert [moment(time, "%d", UTC) for time in (1e18, 1e300, -1e18, float("nan"), float("inf"))] == [""] * 5
