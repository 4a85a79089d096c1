"""Fuzzing of what lies on the disk: the event log, results of trainings, recordings of replies."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import strategies as st
from mutations import anything, damaged
from scratch import scratch

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import ModelError, StoreError
from eureka_agent.llm.recording import read_recording
from eureka_agent.store.event_types import FORMAT_VERSION, KINDS, Notice, TrainingFinished
from eureka_agent.store.events import EventLog, read_events
from eureka_agent.store.state import RunState
from eureka_agent.training.job import TrainingFailure
from eureka_agent.training.results import read_result

_KINDS = (
    "run_started", "run_resumed", "generation_planned", "request_sent", "request_failed", "reply_received",
    "candidate_proposed", "candidate_refused", "training_finished", "training_failed", "generation_judged",
    "duel_resolved", "search_stopped",
    "notice", "training_started", "run_confirmed", "run_finished", "of_tomorrow", "apply", "", "__class__",
)  # fmt: skip
_CANDIDATE = {
    "generation": 0, "index": 0, "operator": "seed", "parents": [], "proposer": "p", "source": "x",
    "genome": None, "status": "proposed", "reason": "", "findings": [],
}  # fmt: skip
_EVALUATION = {
    "stage": "search", "replicate": 0, "seed": 1, "fitness": 1.0, "episode_fitness": [1.0], "env_steps": 10,
    "wall_s": 0.1, "best_checkpoint": 0, "curves": {"fitness": [0.0, 1.0]}, "warnings": [],
}  # fmt: skip
_USAGE = {
    "input_tokens": 1,
    "output_tokens": 1,
    "cost_usd": 0.1,
    "cached_tokens": None,
    "thinking_tokens": None,
}
_FIELDS: dict[str, Any] = {
    "config": {}, "digest": "d", "generation": 0, "slots": [], "key": "0-00/turn0", "lost": 0, "reason": "r",
    "reserved_usd": 0.1, "reply": {"text": "t", "usage": _USAGE, "model": "m", "latency_s": 0.1, "lost": 0},
    "candidate": _CANDIDATE,
    "name": "0-00", "stage": "search", "replicate": 0, "evaluation": _EVALUATION, "status": "failed",
    "incumbent": "0-00", "judgement": {"incumbent": "0-00"}, "duel": {"incumbent": None}, "text": "t",
    "model": "m", "seed": 1, "confirmation": {"confirmed": ["0-00"], "table": []},
}  # fmt: skip


_names = st.sampled_from(sorted(_FIELDS))
_versions = st.sampled_from((1, 1, 1, 2, 2, 2, 0, 3, "1", None))


def _event(kind: str, version: object, dropped: set[str], changed: dict[str, object]) -> dict[str, object]:
    """Return an event with every field that it needs, but for some that lack or hold something else."""
    fields = {name: value for name, value in _FIELDS.items() if name not in dropped}
    if version == FORMAT_VERSION and kind in KINDS:  # which has no place for fields of other kinds
        fields = {name: value for name, value in fields.items() if name in KINDS[kind].model_fields}
    return {"v": version, "time": 1.0, "type": kind, **fields, **changed}


_events = st.builds(
    _event,
    st.sampled_from(_KINDS),
    _versions,
    st.sets(_names, max_size=1),
    st.dictionaries(_names, anything(), max_size=1),
)


def _lines(events: list[dict[str, object]]) -> bytes:
    return _encode([{"seq": number, **event} for number, event in enumerate(events)])


logs = damaged(st.lists(_events, max_size=4).map(_lines))
deep = st.sampled_from((b"[", b'{"a":')).map(lambda opening: opening * 100_000 + b"\n")


def check_log(content: bytes) -> None:
    """A log is read as far as it was acknowledged, or a StoreError says that it cannot be trusted."""
    with scratch() as folder:
        path = folder / "events.jsonl"
        path.write_bytes(content)
        try:
            events = read_events(path)
            RunState.of(events)
        except StoreError:
            return
        assert len(events) == content.count(b"\n")
        log = EventLog(path, clock=lambda: 1.0)
        assert content.startswith(path.read_bytes())
        log.append(Notice(text="more"))
        assert read_events(path)[:-1] == events


_RESULT = st.fixed_dictionaries(
    {"job": st.sampled_from(("x", "x", "other"))},
    optional={
        "evaluation": st.just(_EVALUATION) | anything() | st.builds(
            lambda name, value: _EVALUATION | {name: value}, st.sampled_from(sorted(_EVALUATION)), anything()
        ),
        "failure": anything() | st.fixed_dictionaries(
            {"status": st.just("failed") | anything(), "reason": st.text(max_size=5) | anything()}
        ),
    },
)  # fmt: skip
results = damaged(_RESULT.map(lambda value: json.dumps(value).encode())) | st.binary(max_size=60) | deep


def check_result(content: bytes) -> None:
    """A result is a whole, finite evaluation that can be journalled, or a failure in words."""
    with scratch() as folder:
        path = folder / "result.json"
        path.write_bytes(content)
        outcome = read_result(path, "x", 0)
        log = EventLog(folder / "events.jsonl", clock=lambda: 1.0)
        if isinstance(outcome, TrainingFailure):
            assert outcome.status in ("failed", "timed out")
            assert isinstance(outcome.reason, str)
            return
        assert isinstance(outcome, Evaluation)
        log.append(TrainingFinished(name="0-00", stage="search", replicate=0, seed=0, evaluation=outcome))


_LINE = st.fixed_dictionaries(
    {"key": st.just("0-00/turn0") | anything(), "reply": st.text(max_size=10) | anything()},
    optional={"usage": anything(), "finish": anything(), "model": anything(), "recording": anything()},
)


def _encode(rows: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


recordings = damaged(st.lists(_LINE, max_size=3).map(_encode)) | deep


def check_recording(content: bytes) -> None:
    """A recording is read, or a ModelError names the line."""
    with scratch() as folder:
        path = folder / "replies.jsonl"
        path.write_bytes(content)
        with contextlib.suppress(ModelError):
            _, replies = read_recording(path)
            assert all(isinstance(reply.reply, str) for reply in replies.values())
