"""What training showed of a reward, as numbers and notes for the next prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from eureka_agent.analysis.curves import component_shares
from eureka_agent.archive.candidate import Candidate, Evaluation
from eureka_agent.escaping import code_cell, item
from eureka_agent.rewards.residual import RESIDUAL
from eureka_agent.store.records import AnalystReport, Cause, PolicyStats

POINTS = 10
"""Most values shown of a curve."""

NOTHING_MET = PolicyStats()
NOTHING_KNOWN: Mapping[str, str] = {}

ALL_COMPONENTS = "reward (all components)"
WHOLE_REWARD = "reward"
"""Of which components are only a part: the rest is the residual."""

_CONSTANT = 0.02
"""A component whose values span less than this share of their size hardly changed."""
_DOMINATES = 0.85
_NEGLIGIBLE = 0.01
_OBSERVED = ("diverged", "never_changed", "dominates")
"""Notes that observations of recorded episodes say better."""
_FELL = 0.2
"""A loss of this share of the score's whole span since its best measurement is worth a word."""


@dataclass(frozen=True)
class Row:
    """One curve as text: some of its points, and its extremes over all of them."""

    name: str
    points: tuple[str, ...]
    maximum: str
    mean: str
    minimum: str


@dataclass(frozen=True)
class Note:
    """Something that stands out; the words for each `kind` are in `templates/designer/reflection.md.j2`."""

    kind: str
    name: str = ""
    share: str = ""
    at: int = 0
    of: int = 0


def reflect(
    candidate: Candidate,
    *,
    sign: float,
    detailed: bool = True,
    met: PolicyStats = NOTHING_MET,
    at_random: Mapping[str, str] = NOTHING_KNOWN,
    report: AnalystReport | None = None,
) -> dict[str, Any]:
    """Return the values of the reflection template for a trained candidate.

    The curves are those of its first search training; further trainings give `other_scores`. `sign` is +1
    where a larger fitness is better; `met` describes its kept policy, `at_random` has quantiles of signals
    under random actions, `report` is an analyst's. With `detailed=False` only the score is told (ablation).
    Raises ValueError if the candidate was never trained in the search.
    """
    trainings = sorted((e for e in candidate.evaluations if e.stage == "search"), key=lambda e: e.replicate)
    if not trainings:
        raise ValueError(f"candidate {candidate.id} was never trained")
    first = trainings[0]
    scores = [number(training.fitness) for training in trainings]
    stopped = None if first.stopped is None else asdict(first.stopped)
    if not detailed:
        return {"detailed": False, "score": number(fmean(t.fitness for t in trainings)), "stopped": stopped}
    found = [f"{f.what} {f.why} {f.fix}" for f in candidate.findings if f.severity == "warning"]
    warnings = [item(text) for text in (*found, *first.warnings)]
    return {
        "detailed": True,
        "rows": [asdict(row) for row in rows(first)],
        "score": scores[0],
        "episodes": len(first.episode_fitness),
        "lowest": number(min(first.episode_fitness)),
        "highest": number(max(first.episode_fitness)),
        "other_scores": scores[1:],
        "kept": first.best_checkpoint + 1,
        "of": len(first.curves.get("fitness", ())),
        "met": met.signals,
        "lengths": met.lengths,
        "ends": met.ends,
        "ended_by": item(met.ended_by),
        "at_random": at_random,
        "earned": earnings(met),
        "rewards_at_random": met.rewards_at_random is not None,
        "causes": [] if report is None else [_cause_words(cause) for cause in report.causes],
        "observations": [item(text) for text in met.observations],
        "notes": [asdict(note) for note in _unobserved(notes(first, sign=sign), met)],
        "stopped": stopped,
        "warnings": list(dict.fromkeys(warnings)),
    }


def _unobserved(found: Sequence[Note], met: PolicyStats) -> list[Note]:
    """Return the notes that no observation says better."""
    return [note for note in found if not (met.observations and note.kind in _OBSERVED)]


def _cause_words(cause: Cause) -> dict[str, str]:
    seen = ", ".join(f"{e.candidate} episode {e.episode} step {e.step}" for e in cause.evidence)
    return {"claim": item(cause.claim), "seen": seen, "suggestion": item(cause.suggestion)}


def number(value: float) -> str:
    """Return `value` with four significant digits: small components must not become 0.00."""
    return f"{value:.4g}"


def rows(evaluation: Evaluation) -> list[Row]:
    """Return a row for each component, for what is in none, the reward, the score and the length."""
    shown = {name: evaluation.curves[f"component/{name}"] for name in evaluation.components}
    shown[RESIDUAL] = evaluation.residual
    others = {
        "reward": WHOLE_REWARD if evaluation.residual else ALL_COMPONENTS,
        "fitness": "task_score",
        "episode_length": "episode_length",
        "stage": "curriculum_stage",
    }
    shown |= {title: evaluation.curves[key] for key, title in others.items() if key in evaluation.curves}
    return [_row(name, values) for name, values in shown.items() if values]


def earnings(met: PolicyStats) -> list[tuple[str, ...]]:
    """Return what is paid for every component and for all, by name: to the kept policy, and at random."""
    if met.rewards is None:
        return []
    both = [met.rewards] if met.rewards_at_random is None else [met.rewards, met.rewards_at_random]
    rows = [
        (f"`{code_cell(name)}`", *(one.components.get(name, "") for one in both))
        for name in dict.fromkeys(name for one in both for name in one.components)
    ]
    whole = WHOLE_REWARD if any(RESIDUAL in one.components for one in both) else ALL_COMPONENTS
    return [*rows, (f"`{whole}`", *(one.reward for one in both))]


def notes(evaluation: Evaluation, *, sign: float) -> list[Note]:
    """Return what stands out in the curves: first about the score, then about components."""
    fitness = evaluation.curves.get("fitness", ())
    reward = evaluation.curves.get("reward", ())
    return _score_notes([sign * value for value in fitness], reward) + _component_notes(evaluation)


def _row(name: str, values: Sequence[float]) -> Row:
    points = tuple(number(values[i]) for i in _spread(len(values)))
    return Row(code_cell(name), points, number(max(values)), number(fmean(values)), number(min(values)))


def _spread(length: int) -> list[int]:
    """Return at most `POINTS` indices from first to last, evenly spread."""
    if length <= POINTS:
        return list(range(length))
    return [round(i * (length - 1) / (POINTS - 1)) for i in range(POINTS)]


def _score_notes(score: Sequence[float], reward: Sequence[float]) -> list[Note]:
    if len(score) < 2:
        return []
    span = max(score) - min(score)
    if span == 0:
        return [Note("score_flat")]
    found = []
    best = max(range(len(score)), key=lambda i: score[i])
    if score[best] - score[-1] > _FELL * span:
        found.append(Note("score_fell", at=best + 1, of=len(score)))
    if len(reward) == len(score) and reward[-1] > reward[0] and score[0] - score[-1] > _FELL * span:
        found.append(Note("diverged"))
    return found


def _component_notes(evaluation: Evaluation) -> list[Note]:
    curves = {name: evaluation.curves[f"component/{name}"] for name in evaluation.components}
    shares = component_shares(curves)
    found = []
    for name, values in curves.items():
        if len(values) > 1:
            span, size = max(values) - min(values), max(abs(value) for value in values)
            if span == 0:
                found.append(Note("never_changed", code_cell(name)))
            elif span < _CONSTANT * size:
                found.append(Note("nearly_constant", code_cell(name)))
        share = shares.get(name)
        if share is not None and len(curves) > 1 and share > _DOMINATES:
            found.append(Note("dominates", code_cell(name), share=f"{share:.0%}"))
        elif share is not None and len(curves) > 1 and share < _NEGLIGIBLE:
            found.append(Note("negligible", code_cell(name), share=f"{share:.1%}"))
    return found
