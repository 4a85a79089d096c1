"""The drawing of captions by what is paid for them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eureka_agent.intrinsic.captioning.captions import LONGEST, tidied
from eureka_agent.intrinsic.captioning.paid_captions import PaidCaption
from eureka_agent.report.html.caption_chart import EACH, LINES, WIDTH, captions_picture, wrapped

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "<script>alert('x')</script>", "]]></text><image href=x onerror=alert(1)>", '" onload="alert(1)',
    "&lt;b&gt;", "\u202eevil\x1b[31m", "W" * LONGEST,
    "短い説明、鍵。" * 60, "🔑 key", "e\u0301a\u0300", "مرحبا",
)  # fmt: skip


def row(caption: str, now: float = 1.0, steps: int = 10) -> PaidCaption:
    return PaidCaption(caption, steps, now, now)


def drawn(rows: list[PaidCaption], steps: int = 1_000) -> ET.Element:
    return ET.fromstring(captions_picture(rows, steps, "A title").svg())


def words(svg: ET.Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{SVG}text")]


def test_the_best_are_on_top_and_the_least_paid_below_with_their_share_of_steps() -> None:
    rows = [row(f"caption {n}", now=1.0 - n / 40, steps=40 - n) for n in range(40)]
    said = words(drawn(rows))
    shown = [word for word in said if word.startswith("caption ")]
    assert shown == [f"caption {n}" for n in (*range(EACH), *range(40 - EACH, 40))]
    assert "24 captions between these are not shown" in said
    assert said.count("4.0 %") == 1
    assert "0.975" in said


def test_all_are_drawn_where_there_are_no_more_than_both_ends_show() -> None:
    said = words(drawn([row(f"caption {n}", now=float(n < 3)) for n in range(2 * EACH)]))
    assert sum(word.startswith("caption ") for word in said) == 2 * EACH
    assert not [word for word in said if "not shown" in word]


def test_of_captions_that_are_paid_nothing_the_frequent_ones_are_told() -> None:
    rows = [row(f"rare {n}", now=0.0, steps=1) for n in range(50)]
    often = [row(f"often {n}", now=0.0, steps=100) for n in range(EACH)]
    best = [row(f"best {n}", now=1.0) for n in range(EACH)]
    said = words(drawn([*best, *often, *rows]))
    assert [word for word in said if word.startswith("rare")] == []


@pytest.mark.parametrize("caption", HOSTILE)
def test_no_caption_is_more_than_words(caption: str) -> None:
    svg = drawn([row(tidied(caption))])
    assert {one.tag.removeprefix(SVG) for one in svg.iter()} == {"svg", "title", "rect", "line", "text", "g"}
    assert not [name for one in svg.iter() for name in one.attrib if name.startswith(("on", "href"))]
    told = [word for word in words(svg) if word]
    assert all(letter.isprintable() for word in told for letter in word)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=600), st.floats(-1e6, 1e6), st.integers(1, 10**9)), max_size=30))
def test_whatever_is_paid_is_drawn_within_the_picture(found: list[tuple[str, float, int]]) -> None:
    rows = [row(tidied(text) or "nothing", now, steps) for text, now, steps in found]
    svg = drawn(sorted(rows, key=lambda one: -one.now), steps=sum(one.steps for one in rows))
    height = float(svg.attrib["height"])
    for box in svg.iter(f"{SVG}rect"):
        x, y, wide, high = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and wide >= 0 and high >= 0  # noqa: PT018 - one place
        assert x + wide <= WIDTH + 0.1
        assert y + high <= height + 0.1


@given(st.text(max_size=LONGEST))
def test_a_caption_takes_few_lines_and_loses_no_letter_before_the_last(text: str) -> None:
    lines = wrapped(text)
    assert 1 <= len(lines) <= LINES
    if tidied(text) and not lines[-1].endswith("…"):
        assert "".join(lines).replace(" ", "") == "".join(
            letter if letter.isprintable() else "�" for letter in "".join(text.split())
        )


def test_an_empty_table_says_so() -> None:
    assert "No step had a caption." in words(drawn([], steps=0))
