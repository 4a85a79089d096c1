"""Events of earlier formats and of today's: what became of them, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_state_checks import CANDIDATE, CONFIRMED, JUDGED, PROPOSED, STARTED, TRAINED

from eureka_agent.errors import StoreError
from eureka_agent.store.event_types import (
    FORMAT_VERSION,
    KINDS,
    DuelResolved,
    Event,
    Notice,
    ReplyReceived,
    parse_event,
)
from eureka_agent.store.events import EventLog, read_events
from eureka_agent.store.records import Duel, DuelTraining, Judgement, Reply, RequestKey, Usage
from eureka_agent.store.state import RunState

SECOND = PROPOSED | {"candidate": CANDIDATE | {"index": 1}}
ASKED = JUDGED | {"challenger": "0-01", "duel": [["0-00", 1], ["0-01", 1]], "reason": "first"}
SETTLED = JUDGED | {"incumbent": "0-01", "duel": [], "settled": True, "reason": "0-01 beat 0-00"}


def parsed(version: int, *rows: dict[str, Any]) -> list[Event]:
    return [parse_event({"v": version, "seq": n, "time": 0.0, **row}) for n, row in enumerate(rows)]


def test_a_duel_that_overwrote_its_judgement_is_a_duel_beside_it() -> None:
    state = RunState.of(parsed(1, STARTED, PROPOSED, SECOND, ASKED, SETTLED))
    duel = (DuelTraining("0-00", 1), DuelTraining("0-01", 1))
    assert state.judgements == {0: Judgement("0-00", "0-01", "first", duel)}
    assert state.duels == {0: Duel("0-01", None, "0-01 beat 0-00")}
    assert state.leaders == {0: "0-01"}
    assert state.archive(sign=1.0).incumbent_id == "0-01"


def test_the_present_format_folds_to_the_same() -> None:
    judged = {"incumbent": "0-00", "challenger": "0-01", "reason": "first", "duel": ASKED["duel"]}
    rows = [
        {"type": "generation_judged", "generation": 0, "judgement": judged},
        {"type": "duel_resolved", "generation": 0, "duel": {"incumbent": "0-01", "reason": "0-01 beat 0-00"}},
    ]
    old, new = (
        parsed(1, STARTED, PROPOSED, SECOND, ASKED, SETTLED),
        parsed(2, STARTED, PROPOSED, SECOND, *rows),
    )
    assert RunState.of(old) == RunState.of(new)


def test_a_duel_that_nobody_asked_for_is_a_sentence() -> None:
    with pytest.raises(StoreError, match="has asked for no duel"):
        RunState.of(parsed(1, STARTED, PROPOSED, SECOND, SETTLED))


@pytest.mark.parametrize("version", [1, 2, FORMAT_VERSION])
@pytest.mark.parametrize("kind", ["generation_jugded", "", "__class__", "apply", "of_tomorrow"])
def test_an_unknown_kind_is_an_error(version: int, kind: str) -> None:
    with pytest.raises(StoreError, match="there is no such kind of event"):
        parsed(version, {"type": kind})


@pytest.mark.parametrize(
    "row", [STARTED, PROPOSED, TRAINED | {"seed": 1}, CONFIRMED], ids=lambda row: row["type"]
)
def test_a_misspelt_field_is_an_error_today_and_was_passed_over(row: dict[str, Any]) -> None:
    assert parsed(1, row | {"resaon": "x"}) == [parsed(1, row)[0]]
    with pytest.raises(StoreError, match="resaon"):
        parsed(FORMAT_VERSION, row | {"resaon": "x"})
    assert parsed(FORMAT_VERSION, row)[0].v == FORMAT_VERSION


def test_a_log_of_tomorrow_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    EventLog(path, clock=lambda: 1.0).append(Notice(text="today"))
    with path.open("a") as file:
        file.write(json.dumps({"v": FORMAT_VERSION + 1, "seq": 1, "time": 1.0, "type": "of_tomorrow"}) + "\n")
    with pytest.raises(StoreError, match="newer version") as caught:
        read_events(path)
    assert "Upgrade" in str(caught.value)


def test_a_log_may_hold_both_formats(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps({"v": 1, "seq": 0, "time": 1.0, **STARTED}) + "\n")
    EventLog(path, clock=lambda: 2.0).append(Notice(text="a person should know"))
    assert [(event.v, event.type) for event in read_events(path)] == [
        (1, "run_started"),
        (FORMAT_VERSION, "notice"),
    ]


def test_every_kind_is_known_by_the_name_that_it_is_written_under() -> None:
    assert len(KINDS) == 26
    assert KINDS["duel_resolved"] is DuelResolved


@pytest.mark.parametrize(
    "text",
    ["0-00/turn0", "12-103/turn4", "critic/0-00/turn0", "analyzer/3-01/turn2", "annotator/0-07/turn11"],
)
def test_a_request_key_survives_its_text(text: str) -> None:
    assert str(RequestKey.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "0-0/turn0", "0-00", "0-00/turn", "0-00/turn-1", "0-00/turn01", "designer/0-00/turn0",
        "0-00/turn٣", "../0-00/turn0", "owner/0-00/turn0", "critic/../turn0", "0-00/turn0\n",
        3, None, ["0-00/turn0"],
    ],
    ids=repr,
)  # fmt: skip
def test_no_other_text_is_a_request_key(text: object) -> None:
    with pytest.raises(ValueError, match="key cannot be"):
        RequestKey.parse(text)
    with pytest.raises(StoreError, match="key cannot be"):
        parsed(1, {"type": "request_failed", "key": text, "lost": 0, "reason": "r"})


def test_a_reply_comes_back_as_it_was_given(tmp_path: Path) -> None:
    """Whatever a model wrote: letters without a meaning, too."""
    reply = Reply("text \ud800 \u2028", Usage(1, None, None), "m", 0.25, "length", attempts=3, lost=1)
    log = EventLog(tmp_path / "events.jsonl", clock=lambda: 1.0)
    log.append(ReplyReceived(key=RequestKey("designer", "0-00", 1), reply=reply))
    assert read_events(log.path) == log.events


SLOT = {"generation": 1, "index": 0, "operator": "rewrite", "parents": ["0-00"]}


@pytest.mark.parametrize(
    "changed",
    [
        {"generation": 0}, {"index": 1}, {"operator": "../system"}, {"operator": ""}, {"operator": 3},
        {"parents": ["0-01"]}, {"parents": "0-00"}, {"genome": 3}, {"model": None}, {"seed": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_slot_that_nobody_planned_is_a_sentence(changed: dict[str, Any]) -> None:
    plan = {"type": "generation_planned", "generation": 1}
    fine = RunState.of(parsed(FORMAT_VERSION, STARTED, PROPOSED, plan | {"slots": [SLOT]}))
    assert [slot.id for slot in fine.slots[1]] == ["1-00"]
    with pytest.raises(StoreError, match=r"Event 2 \(generation_planned\) cannot be understood"):
        RunState.of(parsed(FORMAT_VERSION, STARTED, PROPOSED, plan | {"slots": [SLOT | changed]}))
