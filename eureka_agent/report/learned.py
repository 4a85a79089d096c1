"""What reports and saved files say of a reward that was learned from labels beside a candidate's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eureka_agent.escaping import one_line
from eureka_agent.files import write_atomic
from eureka_agent.intrinsic.judgement import reads_judgement
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState

_LARGEST = 2**26
"""Bytes of a model that are copied; what a run writes is far below."""


def learned_file(path: Path) -> Path:
    """Return where the learned reward lies beside the saved reward `path`."""
    return path.with_suffix(".intrinsic.npz")


def reads_learned(state: RunState, name: str) -> bool:
    """Tell whether a candidate of a run that learns a reward from labels reads it by name."""
    candidate = state.candidates.get(name)
    if state.caption_plan is None or candidate is None:
        return False
    return reads_judgement(candidate.source or "")


def learned_sentence(state: RunState) -> str:
    """Return what a run learned from labels, and how; empty where it learned nothing so."""
    plan, events = state.caption_plan, state.captions
    if plan is None:
        return ""
    labels = sum(len(event.labels) for event in events.values())
    who = ", ".join(dict.fromkeys(one_line(event.annotator) for event in events.values())) or "nobody"
    return (
        f"A reward ({plan.get('kind')}) was learned from {labels} labels of captions by {who}, for the goal "
        f"“{one_line(str(plan.get('goal')))}”. Captions were labelled between generations: all candidates "
        "of a generation were paid by the same model, and no answer came while they trained. Candidates "
        f"that do not read `intrinsic` themselves were paid it beside their own reward, times "
        f"{_coefficient(plan):g}."
    )


def learned_words(state: RunState, name: str, path: Path) -> str:
    """Return what the header of the saved reward `path` says of it; empty where there is none."""
    if state.caption_plan is None:
        return ""
    file = learned_file(path).name
    if reads_learned(state, name):
        return f"the signal `intrinsic` is what the learned reward in {file} pays for a step"
    return (
        f"trained with the learned reward in {file} beside it, times {_coefficient(state.caption_plan):g}, "
        "which this file does not pay"
    )


def copy_learned(folder: RunFolder, state: RunState, name: str, path: Path) -> None:
    """Put the learned reward of a candidate's generation beside its saved reward, where there is one."""
    candidate = state.candidates.get(name)
    if state.caption_plan is None or candidate is None:
        return
    model = folder.snapshot(candidate.generation)
    if model.is_file() and model.stat().st_size <= _LARGEST:
        write_atomic(learned_file(path), model.read_bytes())


def _coefficient(plan: Any) -> float:
    try:
        return float(plan["coefficients"]["intrinsic"]["start"])
    except (TypeError, LookupError, ValueError):
        return 0.0
