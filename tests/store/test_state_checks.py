"""What a log says becomes a path, a name or a number only if this program could have written it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eureka_agent.errors import StoreError
from eureka_agent.files import read_own_text, refuse_links
from eureka_agent.store.event_types import parse_event
from eureka_agent.store.events import read_events, read_start
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.lock import run_lock
from eureka_agent.store.state import RunState

CANDIDATE: dict[str, Any] = {
    "generation": 0, "index": 0, "operator": "seed", "parents": [], "proposer": "p", "source": "x",
    "genome": None, "status": "proposed", "reason": "", "findings": [],
}  # fmt: skip
EVALUATION: dict[str, Any] = {
    "stage": "search", "replicate": 0, "seed": 1, "fitness": 1.0, "episode_fitness": [1.0], "env_steps": 10,
    "wall_s": 0.1, "best_checkpoint": 0, "curves": {"fitness": [0.0, 1.0]}, "warnings": [],
}  # fmt: skip
ROW: dict[str, Any] = {
    "name": "0-00", "fitness": 1.0, "low": None, "high": None, "seeds": [1.0], "human_normalized": None,
    "human_normalized_clipped": None, "undefined_because": "",
}  # fmt: skip
STARTED: dict[str, Any] = {"type": "run_started", "config": {}, "digest": "d"}
PROPOSED: dict[str, Any] = {"type": "candidate_proposed", "candidate": CANDIDATE}
TRAINED: dict[str, Any] = {
    "type": "training_finished", "name": "0-00", "stage": "search", "replicate": 0, "evaluation": EVALUATION,
}  # fmt: skip
FAILED: dict[str, Any] = {
    "type": "training_failed", "name": "0-00", "stage": "search", "replicate": 0, "status": "failed",
    "reason": "r",
}  # fmt: skip
JUDGED: dict[str, Any] = {
    "type": "generation_judged", "generation": 0, "incumbent": "0-00", "challenger": None, "reason": "r",
    "duel": [["0-00", 1]],
}  # fmt: skip
CONFIRMED: dict[str, Any] = {
    "type": "run_confirmed", "confirmation": {"winner": "0-00", "confirmed": ["0-00"], "table": [ROW]}
}  # fmt: skip
FACTS: dict[str, Any] = {
    "task": "t", "description": "d", "env_id": "e", "fitness": "f", "direction": "maximize", "env_steps": 5
}  # fmt: skip
LENGTH: dict[str, Any] = {
    "features": [{"statistic": "length", "signal": "", "element": None, "usual": 0.0}],
    "centre": [10.0], "scale": [2.0],
}  # fmt: skip
FITTED: dict[str, Any] = {
    "type": "preferences_fitted", "generation": 0, "features": LENGTH, "weights": [0.5],
    "covariance": [[0.1]], "log_ties": -0.5, "answers": 3, "v": 3,
    "measured": [{"name": "0-00", "replicate": 0, "rows": [[1.0], [2.0]]}],
    "scores": [{"name": "0-00", "replicate": 0, "episodes": [0.5, 1.0]}],
}  # fmt: skip
HONEST = [STARTED, PROPOSED, TRAINED, JUDGED, CONFIRMED]


def fold(*events: dict[str, Any]) -> RunState:
    return RunState.of(
        parse_event({"time": 0.0, "seq": n, "v": 1, **event}) for n, event in enumerate(events)
    )


def test_what_this_program_writes_is_taken() -> None:
    state = fold(STARTED | {"facts": FACTS, "run_id": "a" * 32}, *HONEST[1:])
    assert state.confirmation is not None
    assert (state.run_id, state.facts and state.facts.task) == ("a" * 32, "t")


ELSEWHERE = [
    "../0-00",
    "0-00/../../x",
    "/etc",
    "0-0",
    "0-000",
    "00-00",
    "-1-00",
    "0-٠٠",
    "0-00\n",
    "before-0",
    "before-1/../x",
    "",
    None,
    3,
    ["0-00"],
]


@pytest.mark.parametrize("name", ELSEWHERE, ids=repr)
def test_a_name_that_is_no_candidate_is_a_sentence(name: object) -> None:
    wrong = [
        [STARTED, PROPOSED | {"candidate": CANDIDATE | {"parents": [name]}}],
        [STARTED, PROPOSED, TRAINED | {"name": name}],
        [STARTED, PROPOSED, FAILED | {"name": name}],
        [STARTED, PROPOSED, JUDGED | {"duel": [[name, 1]]}],
        [STARTED, PROPOSED, CONFIRMED | {"confirmation": {"winner": None, "confirmed": [name], "table": []}}],
        [STARTED, {"type": "generation_planned", "generation": 0, "slots": [
            {"generation": 0, "index": 0, "operator": "o", "parents": [name]}]}],
    ]  # fmt: skip
    if name is not None:
        wrong += [
            [STARTED, PROPOSED, JUDGED | {"incumbent": name}],
            [STARTED, PROPOSED, JUDGED | {"challenger": name}],
            [STARTED, PROPOSED, CONFIRMED | {"confirmation": {"winner": name, "confirmed": [], "table": []}}],
        ]
    for events in wrong:
        with pytest.raises(StoreError, match=r"^Event \d \(\w+\) cannot be understood: .*"):
            fold(*events)


def test_trainings_with_rewards_before_are_those_that_the_run_says_that_it_goes_on_after() -> None:
    started = STARTED | {"config": {"after": [["x", 5]]}}
    state = fold(started, TRAINED | {"name": "before-1"}, FAILED | {"name": "before-1", "stage": "confirm"})
    assert list(state.before) == [("before-1", "search", 0)]
    assert state.before_failures == {("before-1", "confirm", 0): "r"}
    assert state.env_steps == 10
    for events in ([STARTED, TRAINED | {"name": "before-1"}], [started, FAILED | {"name": "before-2"}]):
        with pytest.raises(StoreError, match="cannot be understood"):
            fold(*events)


@pytest.mark.parametrize("number", [-1, 1_000_000, True, 1.0, "0", None], ids=repr)
def test_a_place_or_replicate_out_of_range_is_a_sentence(number: object) -> None:
    for events in (
        [PROPOSED | {"candidate": CANDIDATE | {"generation": number}}],
        [PROPOSED | {"candidate": CANDIDATE | {"index": number}}],
        [PROPOSED, TRAINED | {"replicate": number}],
        [PROPOSED, TRAINED | {"evaluation": EVALUATION | {"replicate": number}}],
        [PROPOSED, JUDGED | {"generation": number}],
        [PROPOSED, JUDGED | {"duel": [["0-00", number]]}],
        [{"type": "generation_planned", "generation": number, "slots": []}],
    ):
        with pytest.raises(StoreError, match="cannot be understood"):
            fold(STARTED, *events)


@pytest.mark.parametrize(
    "event",
    [
        TRAINED | {"stage": "../x"},
        TRAINED | {"name": "0-01"},
        TRAINED | {"evaluation": EVALUATION | {"fitness": 10**400}},
        TRAINED | {"evaluation": EVALUATION | {"fitness": float("nan")}},
        TRAINED | {"evaluation": EVALUATION | {"curves": {"fitness": ["0"]}}},
        TRAINED | {"evaluation": EVALUATION | {"stopped": {"checkpoint": 1}}},
        JUDGED | {"incumbent": "0-01"},
        CONFIRMED | {"confirmation": {"winner": None, "confirmed": [], "table": [ROW | {"name": "../x"}]}},
        CONFIRMED | {"confirmation": {"winner": None, "confirmed": [], "table": [ROW | {"fitness": "1"}]}},
        {"type": "notice", "text": 3},
        {"type": "search_stopped", "reason": []},
        STARTED,
    ],
    ids=lambda event: str(event)[:60],
)  # fmt: skip
def test_other_values_that_nobody_wrote_are_a_sentence(event: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="cannot be understood"):
        fold(STARTED, PROPOSED, event)


@pytest.mark.parametrize(
    "changed",
    [
        {"config": []},
        {"config": {"task": 3}},
        {"config": {"task": {"kind": 3}}},
        {"config": {"model": None}},
        {"run_id": "../../x"},
        {"run_id": 3},
        {"device": {"platform": "tpu"}},
        {"halving": {"first": "x"}},
        {"facts": {}},
        {"facts": FACTS | {"task": 3}},
        {"facts": FACTS | {"direction": "up"}},
        {"facts": FACTS | {"env_steps": -1}},
        {"facts": FACTS | {"more": 1}},
        {"facts": FACTS | {"own_progress": 1}},
        {"saved_steps_pay": "x"},
    ],
    ids=str,
)
def test_a_start_that_nobody_wrote_is_a_sentence(changed: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match=r"Event 0 \(run_started\) cannot be understood"):
        fold(STARTED | changed)


def test_a_sentence_shows_no_control_characters_and_has_a_bound() -> None:
    with pytest.raises(StoreError) as caught:
        fold(STARTED, {"type": "notice", "text": ["\x1b[31m" * 1000]})
    assert caught.value.what.isprintable()
    assert len(caught.value.what) < 300


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400])
def test_a_number_that_no_arithmetic_takes_is_an_error_that_names_the_line(
    tmp_path: Path, number: str
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(f'{{"v":1,"seq":0,"time":1,"type":"x","value":{number}}}\n')
    with pytest.raises(StoreError, match="line 1"):
        read_events(path)


def written(path: Path, *events: dict[str, Any]) -> Path:
    rows = [json.dumps({"v": 1, "seq": n, "time": 0.0, **event}) for n, event in enumerate(events)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row}\n" for row in rows))
    return path


def test_the_start_of_a_run_is_found_without_the_rest(tmp_path: Path) -> None:
    notice = {"type": "notice", "text": "n"}
    path = written(tmp_path / "events.jsonl", notice, STARTED)
    with path.open("a") as file:
        file.write("no JSON\n")
    start = read_start(path)
    assert start is not None
    assert start.seq == 1
    assert read_start(written(tmp_path / "other.jsonl", notice, PROPOSED, STARTED)) is None
    assert read_start(written(tmp_path / "empty.jsonl")) is None


@pytest.mark.parametrize("name", ["../x", "x", "", "0-00/../x", "0-0"])
def test_no_other_name_becomes_a_path(tmp_path: Path, name: str) -> None:
    folder = RunFolder(tmp_path)
    with pytest.raises(StoreError):
        folder.candidate(name)
    with pytest.raises(StoreError):
        folder.training("0-00", name, 0)
    assert folder.training("reference", "confirm", 3) == tmp_path / "candidates" / "reference" / "confirm-3"


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("kept")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="symbolic link"), run_lock(tmp_path / "run"):
        pass
    assert (tmp_path / "elsewhere").read_text() == "kept"


def test_links_and_pipes_are_refused_however_deep(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "file").write_text("")
    refuse_links(tmp_path)
    (deep / "link").symlink_to("/")
    with pytest.raises(StoreError, match="symbolic link"):
        refuse_links(tmp_path)
    (deep / "link").unlink()
    os.mkfifo(deep / "pipe")
    with pytest.raises(StoreError, match="neither a file nor a folder"):
        refuse_links(tmp_path)


def test_only_a_plain_file_is_read_for_a_person(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"words \xff")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    assert read_own_text(tmp_path / "file") == "words �"
    assert [read_own_text(tmp_path / name) for name in ("link", "pipe", "none", ".")] == [""] * 4


def test_what_is_no_log_is_no_run(tmp_path: Path) -> None:
    written(tmp_path / "run" / "events.jsonl", STARTED)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "events.jsonl")
    (tmp_path / "folder" / "events.jsonl").mkdir(parents=True)
    assert [run.name for run in list_runs(tmp_path)] == ["run"]


def test_a_model_of_preferences_scores_the_search_anew() -> None:
    state = fold(STARTED, PROPOSED, TRAINED, FITTED)
    assert state.candidates["0-00"].fitness == 0.75
    assert state.learned is not None
    assert (state.learned.generation, state.learned.posterior.answers) == (0, 3)
    assert state.learned.posterior.utility(np.array([2.0]))[0] == 1.0
    assert state.measured == {("0-00", 0): ((1.0,), (2.0,))}


@pytest.mark.parametrize(
    "changed",
    [
        {"weights": [0.5, 0.5]},
        {"weights": ["1"]},
        {"weights": [float("nan")]},
        {"covariance": []},
        {"covariance": [[0.1, 0.0]]},
        {"answers": -1},
        {"generation": 1e9},
        {"log_ties": None},
        {"features": {}},
        {"features": LENGTH | {"scale": [0.0]}},
        {"features": LENGTH | {"scale": []}},
        {"features": LENGTH | {"features": [{"statistic": "__import__"}]}},
        {"features": LENGTH | {"features": [{"statistic": "mean", "signal": "\x1b[2J"}]}},
        {"measured": [{"name": "../x", "replicate": 0, "rows": []}]},
        {"measured": [{"name": "0-07", "replicate": 0, "rows": []}]},
        {"measured": [{"name": "0-00", "replicate": 0, "rows": [[1.0, 2.0]]}]},
        {"scores": [{"name": "0-07", "replicate": 0, "episodes": [1.0]}]},
        {"scores": [{"name": "0-00", "replicate": 0, "episodes": []}]},
        {"scores": [{"name": "0-00", "replicate": 0, "episodes": [float("inf")]}]},
        {"more": 1},
    ],
    ids=str,
)
def test_a_model_of_preferences_that_nobody_wrote_is_a_sentence(changed: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match=r"Event 3 \(preferences_fitted\) cannot be understood"):
        fold(STARTED, PROPOSED, TRAINED, FITTED | changed)


def test_the_features_of_a_run_do_not_change() -> None:
    other = FITTED | {"generation": 1, "features": LENGTH | {"centre": [11.0]}}
    with pytest.raises(StoreError, match="do not change"):
        fold(STARTED, PROPOSED, TRAINED, FITTED, other)
