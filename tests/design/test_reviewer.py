from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from design_fakes import SOURCE, make_task

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.design.reviewer import ModelReviewer
from eureka_agent.design.untrained import as_if_measured
from eureka_agent.errors import ModelError
from eureka_agent.llm.scripted import ScriptedModel
from eureka_agent.rewards.findings import Finding

BARE = SOURCE.replace('    """Come close, spend little."""\n', "")
REMARK = {
    "category": "farming",
    "severity": "error",
    "line": 6,
    "what": "Standing still pays.",
    "why": "It does.",
}
SLOW = Finding("slow", "warning", None, "It takes 9 ms.", "", "")


def verdict(word: str, *remarks: dict[str, Any]) -> str:
    return f"```json\n{json.dumps({'verdict': word, 'remarks': remarks})}\n```"


REVISE, ACCEPT = verdict("revise", REMARK), verdict("accept")


def reviewed(*replies: str, source: str = SOURCE, turn: int = 0) -> tuple[list[Finding], ScriptedModel]:
    model = ScriptedModel(list(replies))
    reviewer = ModelReviewer(make_task(), model, untrained=as_if_measured(make_task()))
    return reviewer("1-02", turn, source, [SLOW], Briefing()), model


def test_remarks_are_findings_where_both_readings_agree() -> None:
    found, model = reviewed(REVISE, verdict("revise", REMARK | {"line": 1}))
    assert [(f.rule, f.severity, f.line, f.what) for f in found] == [
        ("review-farming", "error", 6, "Standing still pays.")
    ]
    assert [key for key, _ in model.requests] == ["critic/1-02/turn0", "critic/1-02/turn1"]


def test_later_answers_have_keys_of_their_own() -> None:
    _, model = reviewed(ACCEPT, ACCEPT, turn=2)
    assert [key for key, _ in model.requests] == ["critic/1-02/turn4", "critic/1-02/turn5"]


def test_a_verdict_that_flips_without_comments_is_a_flag_and_refuses_nothing() -> None:
    found, _ = reviewed(REVISE, ACCEPT)
    assert [(f.rule, f.severity) for f in found] == [
        ("review-farming", "warning"), ("review-flipped", "warning"),
    ]  # fmt: skip
    found, _ = reviewed(ACCEPT, REVISE)
    assert [f.rule for f in found] == ["review-flipped"]


def test_a_reward_without_comments_is_read_once() -> None:
    found, model = reviewed(REVISE, source=BARE)
    assert len(model.requests) == 1
    assert found[0].severity == "error"


def test_an_unreadable_review_is_a_warning_and_asks_no_more() -> None:
    found, model = reviewed("I reject it: error error revise")
    assert [(f.rule, f.severity) for f in found] == [("review-unreadable", "warning")]
    assert len(model.requests) == 1
    found, _ = reviewed(REVISE, "no verdict")
    assert found[0].severity == "error", "the reading with comments stands"


def test_the_model_sees_task_code_and_findings_and_nothing_secret() -> None:
    _, model = reviewed(ACCEPT, ACCEPT)
    (_, (system, request)), (_, (_, bare)) = model.requests
    assert '"farming"' in system.content
    for word in (
        "Bring the cart to the flag",
        "| `wind` |",
        "at random",
        "  5 ",
        "near = np.exp",
        "It takes 9 ms.",
    ):
        assert word in request.content
    assert "Come close" in request.content
    assert "Come close" not in bare.content
    for message in (system, request):
        assert "SECRET" not in message.content.upper()
        assert "{{" not in message.content


def test_the_reading_without_comments_differs_in_comments_only() -> None:
    slow = replace(SLOW, line=3)
    model = ScriptedModel([ACCEPT, ACCEPT])
    reviewer = ModelReviewer(make_task(), model, paid=lambda source: ["no action: 9 steps; -0.3 a step"])
    reviewer("1-02", 0, SOURCE, [slow], Briefing())
    (_, (_, request)), (_, (_, bare)) = model.requests
    for message in (request, bare):
        assert "It takes 9 ms." in message.content
        assert "- no action: 9 steps; -0.3 a step" in message.content
    assert "line 3" in request.content
    assert "line 3" not in bare.content


def test_a_reward_that_fails_on_behaviours_is_reviewed_without_them() -> None:
    model = ScriptedModel([ACCEPT, ACCEPT])
    ModelReviewer(make_task(), model, paid=lambda source: [])("1-02", 0, SOURCE, (), Briefing())
    assert "before any training" not in model.requests[0][1][1].content


def test_a_model_that_cannot_answer_is_an_error() -> None:
    with pytest.raises(ModelError):
        reviewed()
