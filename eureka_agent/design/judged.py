"""What an annotator's labels say of what policies met, as the designer is told it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eureka_agent.escaping import cell, item
from eureka_agent.store.judged import JudgedCaptions, MetCaption

BEST, WORST = 10, 5
"""Captions that are told: what is paid most, and what is met most of what is paid nothing."""


def judged_words(judged: JudgedCaptions) -> dict[str, Any]:
    """Return the values of the template; `best` and `unpaid` are empty where nothing is known."""
    steps = sum(one.steps for one in judged.met)
    paid = [one for one in judged.met if one.pays > 0.0]
    best = sorted(paid, key=lambda one: (-one.pays, -one.steps, one.caption))[:BEST]
    unpaid = sorted((one for one in judged.met if one.pays <= 0.0), key=lambda one: -one.steps)[:WORST]
    return {
        "goal": item(judged.goal),
        "coefficient": f"{judged.coefficient:g}",
        "labels": judged.labels,
        "share": _percent(sum(one.steps for one in paid), steps),
        "best": _rows(best, steps, judged.said),
        "unpaid": _rows(unpaid, steps, judged.said),
    }


def _rows(met: Sequence[MetCaption], steps: int, said: Mapping[str, float]) -> list[dict[str, str]]:
    return [
        {
            "caption": cell(one.caption),
            "share": _percent(one.steps, steps),
            "said": _answer(said.get(one.caption)),
            "pays": f"{one.pays:.3g}",
        }
        for one in met
    ]


def _answer(label: float | None) -> str:
    if label is None:
        return "not asked by itself"
    return "helpful" if label > 0.5 else "unhelpful" if label < 0.5 else "unsure"


def _percent(part: int, whole: int) -> str:
    share = 100.0 * part / whole if whole else 0.0
    return "less than 0.1 %" if 0.0 < share < 0.1 else f"{share:.3g} %"
