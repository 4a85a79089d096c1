"""The first screen: is it better, why, and what did it cost, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eureka_agent.report.conclusion import Conclusion, Kind
from eureka_agent.report.sequence import is_trained_on, reference_words
from eureka_agent.report.views.curves import RESIDUAL, ComponentCurve, ComponentsView
from eureka_agent.report.views.failures import failures_view
from eureka_agent.report.views.findings import Seen
from eureka_agent.report.views.fitness import Direction, FitnessView, Level
from eureka_agent.report.views.lineage import LineageView, Step
from eureka_agent.report.words import counted, figure, percent, signed
from eureka_agent.store.records import PairedDifference
from eureka_agent.store.state import RunState

SHORT: dict[Kind, str] = {
    "better": "Yes",
    "worse": "No, it is worse",
    "same": "Not shown to be better",
    "different": "It differs",
    "alone": "Nothing to compare with",
    "unlearned": "No: nothing was learned",
    "failed": "No reward was found",
    "open": "Not known yet",
}
"""The answer to "is it better than the reference?"."""


MOST_NAMED = 4
"""Components that are named as what a reward pays and charges most for."""
_OF_THE_STEP = ("moved", "sibling")
"""Kinds of findings that compare with kin: what the last step changed is told in other words here."""


@dataclass(frozen=True)
class Answer:
    """What a reader must know who reads nothing else."""

    kind: Kind
    short: str
    sentence: str
    """The conclusion as the summary and the command line say it."""
    meaning: tuple[str, ...]
    """What the difference to the reference means, in words."""
    why: tuple[str, ...]
    """What the best reward pays for, where it came from, and what its last step changed and gained. Where
    there is none: what went wrong."""
    said: str
    """The proposer's own words on it; empty where no language model was asked."""
    said_by: str
    seen: tuple[Seen, ...]
    """What the analysis found in the best reward's training."""
    claims: tuple[str, ...]
    """What a language model saw in its recorded episodes."""


def answer(
    state: RunState,
    conclusion: Conclusion,
    fitness: FitnessView,
    lineage: LineageView,
    components: ComponentsView | None = None,
) -> Answer:
    """Return the first screen of a run."""
    best = lineage.winner
    return Answer(
        kind=conclusion.kind,
        short=SHORT[conclusion.kind],
        sentence=conclusion.sentence,
        meaning=tuple(_meaning(state, conclusion.kind, fitness)),
        why=why(state, conclusion.kind, lineage, components),
        said="" if best is None else best.reasoning,
        said_by="" if best is None else best.proposer,
        seen=() if best is None else tuple(one for one in best.findings if one.kind not in _OF_THE_STEP),
        claims=() if best is None else tuple(cause.claim for cause in best.causes),
    )


def _meaning(state: RunState, kind: Kind, fitness: FitnessView) -> list[str]:
    difference = state.confirmation.paired_difference if state.confirmation else None
    levels = {level.name: level for level in fitness.fresh}
    winner, reference = levels.get(fitness.winner or ""), levels.get("reference")
    if winner is None or reference is None or difference is None:
        return [_OTHERWISE[kind]] if kind in _OTHERWISE else []
    if is_trained_on(state, winner.name):
        return [_NO_FURTHER]
    other = reference_words(state)
    said = [_difference(difference, other)] if kind == "unlearned" else []  # else the sentence says it
    said.append(_chance(difference))
    told = fitness.direction is not None and len(winner.seeds) == len(reference.seeds)
    if told and winner.seeds != reference.seeds:
        said.append(_pairs(winner, reference, fitness.direction or "maximize", other))
    return said


_OTHERWISE: dict[Kind, str] = {
    "same": "It was compared on one fresh seed, which cannot tell luck from skill.",
    "alone": "Without the reference's scores on the same seeds there is no difference to look at.",
    "failed": "What went wrong stands below, with examples.",
    "open": "Whether the leader is better is decided on fresh seeds, at the end. Scores of the search "
    "flatter: the best of many is partly luck.",
}


_NO_FURTHER = (
    "It is that reward itself, trained on for as long: a new one would have had to do better on fresh seeds."
)


def _difference(difference: PairedDifference, other: str) -> str:
    low, high = signed(difference.low), signed(difference.high)
    return (
        f"Difference to {other}, seed by seed: {signed(difference.mean)} on average, "
        f"95 % interval {low} to {high}."
    )


def _chance(difference: PairedDifference) -> str:
    if difference.low == difference.high == 0:
        return "Both scored the same on every seed: this fitness does not tell them apart."
    if difference.low <= 0 <= difference.high:
        return (
            "The interval of the difference includes 0, so luck with the seeds may explain it. That does not "
            "show the two rewards to be equally good: more fresh seeds (--confirm-seeds) narrow it."
        )
    side = "above" if difference.low > 0 else "below"
    return f"The whole interval of the difference lies {side} 0: luck with the seeds does not explain it."


def _pairs(winner: Level, reference: Level, direction: Direction, other: str) -> str:
    sign = 1.0 if direction == "maximize" else -1.0
    pairs = [sign * (mine - theirs) for mine, theirs in zip(winner.seeds, reference.seeds, strict=True)]
    ahead, equal = sum(gap > 0 for gap in pairs), sum(gap == 0 for gap in pairs)
    tied = f", and equal on {equal}" if equal else ""
    return f"Seed by seed, it scored better than {other} on {ahead} of {counted(len(pairs), 'seed')}{tied}."


def why(
    state: RunState, kind: Kind, lineage: LineageView, components: ComponentsView | None
) -> tuple[str, ...]:
    """Return what the best reward pays for and where it came from.

    Of a run without one: what went wrong, or that it is early.
    """
    best = lineage.winner
    if kind == "failed":
        return (_NOTHING_TO_EXPLAIN, *_wrong(state))
    if best is None:
        return (_NOBODY_LEADS,)
    return (*_pays(components), *_came_from(best, lineage))


_NOTHING_TO_EXPLAIN = "There is no best reward to explain."
_NOBODY_LEADS = "No reward leads yet: that is decided at the end of a generation."
_CAUSES = 2
"""What went wrong most often is told first, and no more than that many."""


def _wrong(state: RunState) -> Iterator[str]:
    """Yield what went wrong most often, with an example each."""
    failures = failures_view(state, {})
    found = sorted((*failures.refused, *failures.failed), key=lambda cause: -cause.count)
    for cause in found[:_CAUSES]:
        example = cause.examples[0]
        told = f"refused by the critic: {cause.name}" if cause in failures.refused else cause.name
        yield f"{told[0].upper()}{told[1:]} ({cause.count}), e.g. {example.candidate}: {example.text}"


def _pays(components: ComponentsView | None) -> Iterator[str]:
    """Yield what the best reward pays and charges most for, in a sentence."""
    known = () if components is None else components.components
    named = [one for one in known if one.name != RESIDUAL and one.mean_share > 0]
    most = sorted(named, key=lambda one: -one.mean_share)[:MOST_NAMED]
    paid, charged = ([one for one in most if (_mean(one) < 0) is negative] for negative in (False, True))
    told = [
        f"{verb} for {', '.join(f'{one.name} ({percent(one.mean_share)})' for one in found)}"
        for verb, found in (("pays", paid), ("charges", charged)) if found
    ]  # fmt: skip
    if told:
        yield f"By size, it {' and '.join(told)}."


def _mean(component: ComponentCurve) -> float:
    return sum(component.raw) / max(len(component.raw), 1)


def _came_from(best: Step, lineage: LineageView) -> list[str]:
    """Return where the best reward came from, and what its last step changed and gained."""
    if not best.parents:
        first = sum(not step.parents for step in lineage.tree)
        return [
            f"{_named(best.candidate)} is one of {counted(first, 'first reward')}, proposed without a "
            "parent: no later one took its place."
        ]
    number = len(lineage.line) - 1
    said = [
        f"{_named(best.candidate)} was made from {best.parents[0]} ({best.operator}); the line began "
        f"{counted(number, 'step')} before, with {lineage.line[0].candidate}."
    ]
    what = best.changed or f"changed the code in {counted(best.lines, 'line')}"
    said.append(f"Its last step {what}{_moved(best)}.")
    return said


def _moved(best: Step) -> str:
    if best.gained is None or best.fitness is None:
        return ""
    before = figure(best.fitness - best.gained)
    return f". In the search, where scores flatter, that moved it from {before} to {figure(best.fitness)}"


def _named(candidate: str) -> str:
    """Return a candidate's name with what its two numbers are."""
    generation, _, place = candidate.partition("-")
    return f"{candidate} (generation {int(generation)}, candidate {int(place)})"
