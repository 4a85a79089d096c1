"""What reports say of a reward that is learned from labels of captions."""

from __future__ import annotations

from typing import Any

import pytest

from eureka_agent.report.views.learned import MOST_ROWS, learned_view
from eureka_agent.store.event_types import CaptionsJudged, CaptionsPlanned
from eureka_agent.store.judged import CaptionLabel, MetCaption
from eureka_agent.store.state import RunState

PLAN: dict[str, Any] = {
    "kind": "retrieval", "goal": "stand", "coefficients": {"intrinsic": {"start": 0.1}},
}  # fmt: skip


def judged(generation: int, labels: int, *met: MetCaption) -> CaptionsJudged:
    given = tuple(CaptionLabel((f"{generation} {n}",), 1.0) for n in range(labels))
    return CaptionsJudged(generation=generation, annotator="rules:mine.toml", labels=given, met=met)


def test_the_newest_captions_and_the_labels_of_each_generation_are_shown() -> None:
    state = RunState.of(
        [
            CaptionsPlanned(plan=PLAN),
            judged(0, 3, MetCaption("old", 10, 1.0)),
            judged(
                1, 2, MetCaption("falls", 70, 0.0), MetCaption("stands", 20, 1.0), MetCaption("b", 10, 0.5)
            ),
        ]
    )
    view = learned_view(state)
    assert view is not None
    assert "5 labels of captions by rules:mine.toml" in view.sentence
    assert [(row.generation, row.labels, row.paid) for row in view.generations] == [
        (0, 3, 1.0),
        (1, 2, pytest.approx(0.3)),
    ]
    assert [(row.caption, row.share) for row in view.captions] == [
        ("stands", pytest.approx(0.2)),
        ("b", pytest.approx(0.1)),
        ("falls", pytest.approx(0.7)),
    ]


def test_of_many_captions_the_best_and_the_least_paid_are_shown() -> None:
    met = [MetCaption(f"c{n}", 1 + n, n / 100) for n in range(100)]
    view = learned_view(RunState.of([CaptionsPlanned(plan=PLAN), judged(0, 1, *met)]))
    assert view is not None
    shown = [row.caption for row in view.captions]
    assert len(shown) == MOST_ROWS
    assert shown[0] == "c99"
    assert shown[MOST_ROWS // 2] == "c0"


def test_a_run_without_labels_has_no_such_part() -> None:
    assert learned_view(RunState()) is None
    assert learned_view(RunState.of([CaptionsPlanned(plan=PLAN)])) is None


def test_a_plan_that_nobody_wrote_is_shown_without_an_error() -> None:
    state = RunState.of([CaptionsPlanned(plan={"coefficients": 3}), judged(0, 0)])
    view = learned_view(state)
    assert view is not None
    assert "times 0." in view.sentence
