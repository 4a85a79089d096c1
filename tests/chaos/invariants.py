"""What must be true of a run however often it was disturbed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eureka_agent.archive.candidate import Status
from eureka_agent.errors import EurekaError
from eureka_agent.store.event_types import (
    CandidateProposed,
    CandidateRefused,
    Event,
    ReplyReceived,
    TrainingFailed,
    TrainingFinished,
)
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState

ENDED = (Status.REFUSED, Status.FAILED, Status.TIMED_OUT, Status.TRAINED, Status.CONFIRMED)


def violations_of(log: Path, *, wall_s: float, delivered: int | None = None) -> list[str]:
    """Return what is wrong with a finished run.

    `wall_s` are the seconds that all attempts took together; `delivered` is how many whole replies the
    service of language models gave, where one was asked.
    """
    try:
        events = read_events(log)
        state = RunState.of(events)
    except EurekaError as error:
        return [f"the log cannot be read: {error}"]
    found = [*_unfinished(state), *_repeated(events), *_missing_files(RunFolder(log.parent), state)]
    if state.active_s > wall_s + 1.0:
        found.append(f"{state.active_s:.0f} s of work are counted, and only {wall_s:.0f} s passed")
    if delivered is not None and delivered - len(state.replies) > state.maybe_billed:
        kept, counted = len(state.replies), state.maybe_billed
        found.append(f"{delivered} replies were delivered, {kept} kept, and only {counted} counted as lost")
    return found


def end_of(log: Path) -> dict[str, Any]:
    """Return everything that a run found, without times and the order in which it was found."""
    state = RunState.of(read_events(log))
    return {
        "candidates": {name: _candidate(state, name) for name in sorted(state.candidates)},
        "baselines": {n: sorted(map(_score, rows)) for n, rows in sorted(state.baselines.items())},
        "judgements": [asdict(judgement) for _, judgement in sorted(state.judgements.items())],
        "duels": [asdict(duel) for _, duel in sorted(state.duels.items())],
        "confirmation": state.confirmation and state.confirmation.to_json(),
        "stopped": state.stopped,
        "env_steps": state.env_steps,
    }


def differences(found: Any, expected: Any, place: str = "") -> Iterator[str]:
    """Yield the innermost values that differ."""
    if isinstance(found, dict) and isinstance(expected, dict) and found.keys() == expected.keys():
        for name in found:
            yield from differences(found[name], expected[name], f"{place}/{name}")
    elif found != expected:
        yield f"{place}: {found} instead of {expected}"


def _candidate(state: RunState, name: str) -> dict[str, Any]:
    candidate = state.candidates[name]
    values = asdict(candidate)
    values["evaluations"] = sorted(map(_score, candidate.evaluations))
    return values


def _score(evaluation: Any) -> tuple[Any, ...]:
    return evaluation.stage, evaluation.replicate, evaluation.fitness, evaluation.episode_fitness


def _unfinished(state: RunState) -> Iterator[str]:
    if not state.finished:
        yield "the run is not finished"
    slots = {slot.id for plan in state.slots.values() for slot in plan}
    if lost := slots - state.candidates.keys():
        yield f"planned and never proposed: {sorted(lost)}"
    for candidate in state.candidates.values():
        if candidate.status not in ENDED:
            yield f"{candidate.id} is left {candidate.status}"


def _repeated(events: list[Event]) -> Iterator[str]:
    trainings = Counter(
        (e.name, e.stage, e.replicate) for e in events if isinstance(e, TrainingFinished | TrainingFailed)
    )
    replies = Counter(e.key for e in events if isinstance(e, ReplyReceived))
    proposals = Counter(e.candidate.id for e in events if isinstance(e, CandidateProposed | CandidateRefused))
    for what, counts in (("trained", trainings), ("answered", replies), ("proposed", proposals)):
        for name, times in counts.items():
            if times > 1:
                yield f"{name} was {what} {times} times"


def _missing_files(folder: RunFolder, state: RunState) -> Iterator[str]:
    if not folder.summary.exists():
        yield "there is no summary"
    if state.confirmation and state.confirmation.winner and not folder.best_reward.exists():
        yield "there is a winner and no best/reward.py"
    for candidate in state.candidates.values():
        place = folder.candidate(candidate.id)
        if candidate.source is not None and _text(place / "reward.py") != candidate.source:
            yield f"{candidate.id}: reward.py is not the journalled source"
        if candidate.status is not Status.REFUSED:
            told = json.loads(_text(place / "training.json") or "{}")
            if told.get("status") != candidate.status or told.get("reason") != candidate.reason:
                yield f"{candidate.id}: training.json says {told.get('status')}, not {candidate.status}"
            if len(told.get("evaluations", [])) != len(candidate.evaluations):
                yield f"{candidate.id}: training.json lacks evaluations"
    if halves := [path.name for path in folder.root.rglob(".*.tmp")]:
        yield f"half-written files were left: {halves}"


def _text(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
