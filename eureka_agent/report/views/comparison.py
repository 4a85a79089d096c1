"""Rewards beside each other, as data: what `compare` prints, writes and draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any

from eureka_agent.analysis.agreement import Agreement
from eureka_agent.analysis.contributions import Contribution
from eureka_agent.analysis.statistics import Interval
from eureka_agent.report.views.curves import LearningCurves
from eureka_agent.report.views.fitness import Direction
from eureka_agent.report.words import figure


@dataclass(frozen=True)
class ComparedReward:
    """One reward and what came of its trainings."""

    letter: str
    """What it is called in tables and drawings: A, B, …"""
    name: str
    """As it was given: a file, or one of the task's own."""
    fitness: tuple[float, ...]
    """One a seed, in order; empty where a training failed."""
    failure: str = ""
    level: Interval | None = None
    difference: Interval | None = None
    """Fitness less that of the first, paired by seed; positive is better in either direction."""
    sentence: str = ""
    """Who is better, it or the first, and whether that is beyond doubt; empty for the first."""
    curves: LearningCurves | None = None
    contributions: tuple[Contribution, ...] = ()
    """Over the recorded episodes of its own kept policies."""
    with_fitness: float | None = None
    """Kendall's tau of what it pays for whole episodes with their fitness."""
    paid: tuple[float | None, ...] = ()
    """What it pays an episode of each of `ComparisonView.players`, mean; None where it was not asked."""
    code: str = ""
    """Its text; empty for what the task itself pays."""
    code_change: str = ""
    """Unified difference to the first's code, without comments and layout; empty where it has none."""
    about: str = ""
    """What its file says of it first: the first paragraph of the docstring."""
    film: str = ""
    """Name of the file beside the page; empty where there is none."""
    sheet: str = ""
    """Name of a contact sheet of that film beside the page; empty where there is none."""
    shows: str = ""
    """What the contact sheet shows, in words."""


@dataclass(frozen=True)
class Player:
    """Whose episodes were recorded."""

    name: str
    episodes: int
    steps: int
    fitness: float | None
    """Mean of the episodes that ended."""


@dataclass(frozen=True)
class ComparisonView:
    """Two rewards or more, trained side by side."""

    task: str
    description: str
    measured_as: str
    direction: Direction
    env_steps: int
    seeds: int
    device: str
    rewards: tuple[ComparedReward, ...]
    players: tuple[Player, ...]
    agreements: tuple[Agreement, ...]
    """Of every two, by letter."""
    verdict: str
    notes: tuple[str, ...] = ()
    """What was left out and why, each a sentence."""
    command: str = ""
    """What repeats it; empty where the environment was a constructor in memory."""

    def agreement(self, one: str, other: str) -> Agreement | None:
        """Return how two rewards agree, by letter, in either order; None where that was not asked."""
        return next((a for a in self.agreements if {a.one, a.other} == {one, other}), None)

    def to_json(self) -> dict[str, Any]:
        """Return plain values; curves as lists by seed, intervals with their bounds or null."""
        return {**asdict(self), "rewards": [_reward_json(one) for one in self.rewards],
                "agreements": [_agreement_json(one) for one in self.agreements]}  # fmt: skip


def differing(one: ComparedReward, first: ComparedReward) -> str:
    """Return in a sentence who is better, a reward or the first, and whether that is beyond doubt."""
    if one.difference is None:
        return f"{one.letter} cannot be compared with {first.letter}: a training failed."
    found = one.difference
    if found.n < 2:
        return f"{one.letter} against {first.letter}: one seed tells nothing of others. Use 3 at least."
    if found.low > 0:
        return f"{one.letter} is better than {first.letter} beyond doubt: by {_told(found)}."
    if found.high < 0:
        turned = Interval(-found.mean, -found.high, -found.low, found.n)
        return f"{first.letter} is better than {one.letter} beyond doubt: by {_told(turned)}."
    if found.low == found.high:
        return f"{one.letter} and {first.letter} score the same on every seed."
    return (
        f"{one.letter} and {first.letter} cannot be told apart: the difference is {_told(found)}, "
        f"positive where {one.letter} is better."
    )


def verdict_of(rewards: Sequence[ComparedReward]) -> str:
    """Return in a sentence what came of a comparison."""
    first, *others = rewards
    if first.failure:
        return f"{first.letter} could not be trained, so that nothing is compared with it. {first.failure}"
    known = [one for one in others if one.difference is not None and one.difference.n > 1]
    if not known:
        alone = any(one.difference is not None for one in others)
        return "One seed decides nothing." if alone else "No other reward could be trained."
    better = [one.letter for one in known if one.difference is not None and one.difference.low > 0]
    worse = [one.letter for one in known if one.difference is not None and one.difference.high < 0]
    open_ = [one.letter for one in known if one.letter not in (*better, *worse)]
    parts = [
        (f"{_listed(better)} {_verb(better)} better than {first.letter}", better),
        (f"{_listed(worse)} {_verb(worse)} worse than {first.letter}", worse),
        (f"{_listed(open_)} cannot be told from {first.letter}", open_),
    ]
    return "; ".join(words for words, who in parts if who) + "."


def best_first(view: ComparisonView) -> str:
    """Return in a sentence what each reward came to, the best first; nothing where none could be trained."""
    up = view.direction == "maximize"
    scored = [(one.level.mean, one) for one in view.rewards if one.level is not None]
    ranked = sorted(scored, key=lambda pair: pair[0], reverse=up)
    if not ranked:
        return ""
    told = ", ".join(f"{PurePath(one.name).name} ({one.letter}) {figure(mean)}" for mean, one in ranked)
    seeds = "1 seed" if view.seeds == 1 else f"{view.seeds} seeds, mean"
    return f"Fitness after {view.env_steps:,} steps ({seeds}), best first: {told}."


def _told(found: Interval) -> str:
    return f"{found} (95 % interval, {found.n} seeds)"


def _listed(letters: Sequence[str]) -> str:
    return (
        letters[0] if len(letters) == 1 else f"{', '.join(letters[:-1])} and {letters[-1]}" if letters else ""
    )


def _verb(letters: Sequence[str]) -> str:
    return "is" if len(letters) == 1 else "are"


def _reward_json(one: ComparedReward) -> dict[str, Any]:
    return {
        **asdict(one),
        "level": _interval_json(one.level),
        "difference": _interval_json(one.difference),
        "curves": [] if one.curves is None else [list(seed) for seed in one.curves.seeds],
        "contributions": [part._asdict() for part in one.contributions],
    }


def _interval_json(found: Interval | None) -> dict[str, Any] | None:
    """Return an interval; one seed's has no bounds, which JSON cannot say otherwise."""
    if found is None:
        return None
    return {**found._asdict(), **({} if found.n > 1 else {"low": None, "high": None})}


def _agreement_json(found: Agreement) -> dict[str, Any]:
    return {**asdict(found), "apart": [one._asdict() for one in found.apart]}
