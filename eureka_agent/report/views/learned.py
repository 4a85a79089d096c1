"""What a run has learned from labels of captions, where a reward is learned beside candidates' own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eureka_agent.report.learned import learned_sentence
from eureka_agent.report.words import cut
from eureka_agent.store.judged import MetCaption
from eureka_agent.store.state import RunState

MOST_ROWS = 12
"""Captions that are shown, half of them of what is paid least."""


@dataclass(frozen=True)
class CaptionRow:
    """One caption that policies met."""

    caption: str
    pays: float
    """What is paid for a step with it, before any coefficient."""
    share: float
    """Of the steps of the last generation that was looked at, from 0 to 1."""


@dataclass(frozen=True)
class GenerationRow:
    """The labels before one generation."""

    generation: int
    labels: int
    """That were new."""
    paid: float
    """Share of the steps before it, from 0 to 1, that are paid by what was learned then."""


@dataclass(frozen=True)
class LearnedView:
    """The reward that is learned from labels."""

    sentence: str
    generations: tuple[GenerationRow, ...]
    captions: tuple[CaptionRow, ...]
    """Of the newest generation: the best paid first, then the most frequent of the least paid."""


def learned_view(state: RunState) -> LearnedView | None:
    """Return what was learned from labels; None in a run that learns nothing so, or has no labels yet."""
    events = [state.captions[generation] for generation in sorted(state.captions)]
    if state.caption_plan is None or not events:
        return None
    rows = [GenerationRow(event.generation, len(event.labels), _paid_share(event.met)) for event in events]
    met = events[-1].met
    whole = max(1, sum(one.steps for one in met))
    best = sorted(met, key=lambda one: (-one.pays, -one.steps))[: MOST_ROWS // 2]
    others = sorted((one for one in met if one not in best), key=lambda one: (one.pays, -one.steps))
    captions = [
        CaptionRow(cut(one.caption, 120), one.pays, one.steps / whole)
        for one in [*best, *others[: MOST_ROWS // 2]]
    ]
    return LearnedView(learned_sentence(state), tuple(rows), tuple(captions))


def _paid_share(met: Sequence[MetCaption]) -> float:
    whole = sum(one.steps for one in met)
    return sum(one.steps for one in met if one.pays > 0.0) / whole if whole else 0.0
