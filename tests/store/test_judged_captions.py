"""Labels of captions in a log that somebody else may have written."""

from __future__ import annotations

from typing import Any

import pytest

from eureka_agent.errors import StoreError
from eureka_agent.store.event_types import CaptionsJudged, parse_event
from eureka_agent.store.state import RunState

JUDGED: dict[str, Any] = {
    "type": "captions_judged", "v": 3, "seq": 0, "time": 0.0, "generation": 1, "annotator": "rules:mine.toml",
    "labels": [{"captions": ["a"], "value": 1.0}, {"captions": ["a", "b"], "value": 0.5}],
    "met": [{"caption": "a", "steps": 5, "pays": 1.0}],
}  # fmt: skip


def test_what_this_program_writes_is_taken() -> None:
    event = parse_event(JUDGED)
    assert isinstance(event, CaptionsJudged)
    assert RunState.of([event]).captions == {1: event}


@pytest.mark.parametrize(
    "changed",
    [
        {"generation": -1},
        {"labels": [{"captions": [], "value": 1.0}]},
        {"labels": [{"captions": ["a", "b", "c"], "value": 1.0}]},
        {"labels": [{"captions": [""], "value": 1.0}]},
        {"labels": [{"captions": ["a" * 513], "value": 1.0}]},
        {"labels": [{"captions": [3], "value": 1.0}]},
        {"labels": [{"captions": ["a"], "value": 1.5}]},
        {"labels": [{"captions": ["a"], "value": float("nan")}]},
        {"labels": [{"captions": ["a"], "value": 1.0, "more": 1}]},
        {"met": [{"caption": "a", "steps": -1, "pays": 0.0}]},
        {"met": [{"caption": "a", "steps": 1, "pays": float("inf")}]},
        {"met": [{"caption": None, "steps": 1, "pays": 0.0}]},
        {"annotator": 3},
        {"more": 1},
    ],
    ids=str,
)
def test_labels_that_nobody_wrote_are_a_sentence(changed: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match=r"Event 0 \(captions_judged\) cannot be understood"):
        parse_event(JUDGED | changed)
