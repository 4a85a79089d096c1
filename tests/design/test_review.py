from __future__ import annotations

import json
from typing import Any

import pytest

from eureka_agent.design.review import MOST_REMARKS, Review, Unreadable, read_review

ERROR = {
    "category": "semantics",
    "severity": "error",
    "line": 3,
    "what": "It pays to fall.",
    "fix": "Turn it.",
}
WARNING = {"category": "scale", "severity": "warning", "what": "`near` is small."}


def fenced(data: Any) -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return f"I have thought.\n```json\n{text}\n```\n"


def test_a_verdict_is_read_with_its_remarks() -> None:
    read = read_review(fenced({"verdict": "revise", "remarks": [ERROR, WARNING]}))
    assert isinstance(read, Review)
    first, second = (remark.finding(10) for remark in read.remarks)
    assert (first.rule, first.severity, first.line, first.what, first.why, first.fix) == (
        "review-semantics", "error", 3, "It pays to fall.", "", "Turn it.",
    )  # fmt: skip
    assert (second.rule, second.severity, second.line) == ("review-scale", "warning", None)


def test_the_last_block_counts_and_thinking_does_not() -> None:
    revise = fenced({"verdict": "revise", "remarks": [ERROR]})
    accept = fenced({"verdict": "accept"})
    for text in (revise + accept, accept + f"<think>{revise}</think>"):
        read = read_review(text)
        assert isinstance(read, Review)
        assert read.verdict == "accept"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I accept this reward. No errors.", "no fenced json block"),
        ("", "no fenced json block"),
        (fenced("{'verdict': 'accept'}"), "cannot be read"),
        (fenced("[" * 100_000), "cannot be read"),
        (fenced('{"verdict": NaN}'), "verdict"),
        (fenced({"verdict": "reject"}), "verdict"),
        (fenced({"verdict": "revise", "remarks": []}), "revise without an error"),
        (fenced({"verdict": "revise", "remarks": [WARNING]}), "revise without an error"),
        (fenced({"verdict": "accept", "remarks": [ERROR]}), "accept beside an error"),
        (fenced({"verdict": "accept", "remarks": [WARNING] * (MOST_REMARKS + 1)}), "remarks"),
        (fenced({"verdict": "accept", "remarks": [WARNING | {"category": "style"}]}), "category"),
        (fenced({"verdict": "accept", "remarks": [WARNING | {"line": -1}]}), "line"),
        (fenced({"verdict": "accept", "remarks": [WARNING | {"line": "3"}]}), "line"),
        (fenced({"verdict": "accept", "remarks": [WARNING | {"what": ""}]}), "what"),
        (fenced({"verdict": "accept", "score": 3}), "score"),
        (fenced(["accept"]), "verdict"),
    ],
)
def test_what_is_no_verdict_says_why(text: str, why: str) -> None:
    read = read_review(text)
    assert isinstance(read, Unreadable)
    assert why in read.why
    assert len(read.why) <= 700


def test_a_line_that_does_not_exist_is_left_out_and_long_words_are_cut() -> None:
    long = WARNING | {"line": 99, "what": "x" * 9_999, "why": "one\ntwo"}
    read = read_review(fenced({"verdict": "accept", "remarks": [long]}))
    assert isinstance(read, Review)
    found = read.remarks[0].finding(10)
    assert found.line is None
    assert len(found.what) == 600
    assert found.why == "one two"
