"""Hidden thinking in replies."""

from __future__ import annotations

import pytest

from eureka_agent.llm.thinking import without_thinking


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no tags", "no tags"),
        ("a<think>b</think>c<Reasoning>d</reasoning>e", "ace"),
        ("a<think>b<think>c</think>d", "ad"),
        ("a</think>b</thought>c", "c"),
        ("a<think>b", "a"),
        ("a<think>b</think>c<thought>d", "ac"),
        ("a<think>b<reasoning>c</reasoning>d", "a"),
        ("a<think>b</reasoning>c", "c"),
        ("a</think>b<think>c</think>d<think>e", "bd"),
        ("a<other>b</other>", "a<other>b</other>"),
    ],
)
def test_what_a_model_writes_for_itself_is_left_out(text: str, left: str) -> None:
    assert without_thinking(text) == left


@pytest.mark.parametrize("unit", ["<think>", "</think>", "<think></reasoning>", "<think></think>", "<thi"])
def test_tags_by_the_hundred_thousand_take_time_that_grows_with_their_number(unit: str) -> None:
    assert without_thinking(100_000 * unit + "<think>x</think>") in ("", 100_000 * unit)
