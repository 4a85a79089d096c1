"""What went wrong in a run, by cause, with examples: refusals, failed trainings, and behaviour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eureka_agent.analysis.observation import ACCUSATIONS, ObservationKind
from eureka_agent.analysis.whole import CandidateAnalysis
from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.report.views.findings import Seen, first_of_each
from eureka_agent.report.views.fitness import in_order
from eureka_agent.report.words import cut
from eureka_agent.store.state import RunState

MOST_CAUSES = 12
MOST_EXAMPLES = 3
LONGEST = 600
"""Characters of an example."""

FAULTS = ACCUSATIONS | {
    ObservationKind.NO_PROGRESS, ObservationKind.WRONG_SIGN, ObservationKind.NEVER_FIRES,
    ObservationKind.FLOODS, ObservationKind.SATURATES, ObservationKind.ZERO_PART,
    ObservationKind.UNRECOVERABLE,
}  # fmt: skip
"""Kinds of findings that say what is wrong with a reward or with what it taught."""


@dataclass(frozen=True)
class Example:
    """One candidate that a cause concerns."""

    candidate: str
    text: str
    where: str = ""


@dataclass(frozen=True)
class Cause:
    """One thing that went wrong, and how often."""

    name: str
    count: int
    """Candidates that it concerns."""
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class FailuresView:
    """What went wrong in a run; every part is sorted by how often it did."""

    refused: tuple[Cause, ...]
    """By the critic, before any training: the rules that were broken."""
    failed: tuple[Cause, ...]
    """Trainings without a policy, those of the baselines among them."""
    not_finished: tuple[Cause, ...]
    """Candidates that were stopped early, or left out before training."""
    behaviour: tuple[Cause, ...]
    """What the analysis found wrong with trained rewards and with what they taught."""
    endings: tuple[tuple[str, int], ...]
    """How the recorded episodes of all candidates ended, and how many did so."""

    @property
    def nothing(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.refused or self.failed or self.not_finished or self.behaviour)


def failures_view(state: RunState, analyses: Mapping[str, CandidateAnalysis]) -> FailuresView:
    """Return what went wrong in a run; `analyses` are those of its trained candidates."""
    candidates = in_order(state)
    return FailuresView(
        refused=_causes(_refusals(candidates)),
        failed=_causes((*_with_status(candidates, Status.FAILED, Status.TIMED_OUT), *_others(state))),
        not_finished=_causes(_with_status(candidates, Status.STOPPED, Status.DRAFTED_OUT)),
        behaviour=_causes(_behaviour(analyses)),
        endings=_endings(analyses),
    )


def _causes(found: Iterable[tuple[str, Example]]) -> tuple[Cause, ...]:
    """Group examples by the cause that stands before each, the most frequent first."""
    groups: dict[str, list[Example]] = {}
    for name, example in found:
        groups.setdefault(name, []).append(example)
    causes = [Cause(name, len(each), tuple(each[:MOST_EXAMPLES])) for name, each in groups.items()]
    return tuple(sorted(causes, key=lambda cause: -cause.count)[:MOST_CAUSES])


def _refusals(candidates: Iterable[Candidate]) -> Iterable[tuple[str, Example]]:
    """Yield each refusal once, under the first rule that was broken."""
    for candidate in candidates:
        if candidate.status is Status.REFUSED:
            error = next((found for found in candidate.findings if found.severity == "error"), None)
            rule = "no rule is named" if error is None else cut(error.rule, 60)
            line = "" if error is None or error.line is None else f"line {error.line}"
            text = candidate.reason if error is None else f"{error.what} {error.why}"
            yield rule, Example(candidate.id, cut(text, LONGEST), line)


def _with_status(candidates: Iterable[Candidate], *wanted: Status) -> Iterable[tuple[str, Example]]:
    for candidate in candidates:
        if candidate.status in wanted:
            yield str(candidate.status), Example(candidate.id, cut(candidate.reason, LONGEST))


def _others(state: RunState) -> Iterable[tuple[str, Example]]:
    for (name, replicate), reason in state.baseline_failures.items():
        yield "a baseline failed", Example(name, cut(reason, LONGEST), f"fresh seed {replicate + 1}")
    for (name, stage, replicate), reason in state.before_failures.items():
        yield "a reward before failed", Example(name, cut(reason, LONGEST), f"{stage} seed {replicate + 1}")


def _behaviour(analyses: Mapping[str, CandidateAnalysis]) -> Iterable[tuple[str, Example]]:
    for name, analysis in analyses.items():
        for seen in first_of_each(analysis.findings):
            if seen.kind in FAULTS:
                told = Seen.of(seen)
                yield told.kind, Example(name, told.text, told.citation)


def _endings(analyses: Mapping[str, CandidateAnalysis]) -> tuple[tuple[str, int], ...]:
    names = Counter(cut(one.name, 60) for analysis in analyses.values() for one in analysis.outcomes)
    return tuple(names.most_common(MOST_CAUSES))
