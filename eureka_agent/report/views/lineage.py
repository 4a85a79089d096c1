"""Where every reward came from: a tree of steps, with what each changed in the code and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from eureka_agent.analysis.code_changes import changed_words, code_difference
from eureka_agent.analysis.whole import CandidateAnalysis
from eureka_agent.archive.candidate import Candidate
from eureka_agent.design.blocks import prose
from eureka_agent.report.views.findings import Seen, telling
from eureka_agent.report.views.fitness import How, how, in_order
from eureka_agent.report.words import cut, weight
from eureka_agent.rewards.tree import MAX_BYTES
from eureka_agent.store.records import Cause, RequestKey
from eureka_agent.store.state import RunState

LONGEST_REPLY = 8_000
"""Characters of a reply in which reasons are looked for."""
LONGEST_REASON = 2_500
LONGEST_SENTENCE = 600
LONGEST_NAME = 100
MOST_CAUSES = 6
LONGEST_DIFFERENCE = 6_000
MOST_WORDS = 800_000
"""Bytes of code and reasons in all: a report stays a file that can be mailed. The winner's line goes first,
then generation by generation."""
MOST_STEPS = 1_000
FINDINGS = 2
"""Findings that stand in a step."""


@dataclass(frozen=True)
class Step:
    """One candidate, and how it differs from its first parent."""

    candidate: str
    how: How
    operator: str
    proposer: str
    parents: tuple[str, ...]
    fitness: float | None
    """In the search."""
    gained: float | None
    """Fitness above the first parent's; None where one of them has none."""
    reason: str
    """Why it became what it did, where the log says."""
    changed: str = ""
    """What became of the parent's components, in words; empty where none changed, or there is no parent."""
    difference: str = ""
    """Unified diff against the parent's code, without comments; a first reward's whole code."""
    reasoning: str = ""
    """The proposer's own words; empty where no language model was asked."""
    repairs: int = 0
    """How often the proposer mended it after the critic refused it."""
    findings: tuple[Seen, ...] = ()
    """What the analysis found most telling."""
    causes: tuple[Cause, ...] = ()
    """What a language model saw in its recorded episodes."""
    depth: int = 0
    """Steps between it and a first reward."""
    winning: bool = False
    """Whether it is the winner or one of its forebears."""
    cut: bool = False
    """Whether code and reasons were left out, because the report would be too long."""

    @property
    def lines(self) -> int:
        """Lines that were added or removed against its first parent."""
        body = self.difference.split("\n")[2:] if self.parents else ()
        return sum(line.startswith(("+", "-")) for line in body)

    @property
    def words(self) -> int:
        """About how many bytes are told of it."""
        found = [*(seen.text + seen.citation for seen in self.findings), *(one.claim for one in self.causes)]
        return sum(map(weight, (self.difference, self.reasoning, self.changed, *found)))


@dataclass(frozen=True)
class LineageView:
    """All candidates as a tree, and the line that led to the winner."""

    tree: tuple[Step, ...]
    """Each followed by its children and theirs."""
    line: tuple[Step, ...]
    """From a first reward to the winner, or to the leader where there is none yet."""
    left_out: int
    """Candidates that are not shown, because there are too many."""

    @property
    def winner(self) -> Step | None:
        """The last step of the line."""
        return self.line[-1] if self.line else None


def lineage_view(
    state: RunState,
    analyses: Mapping[str, CandidateAnalysis],
    best: str | None,
    *,
    only_line: bool = False,
) -> LineageView:
    """Return where the rewards of a run came from; `best` is its winner, or its leader until then.

    With `only_line` the code of other candidates is left out, as if there were no room for it.
    """
    candidates = {candidate.id: candidate for candidate in in_order(state)[:MOST_STEPS]}
    line, tree = _line(candidates, best), _tree(candidates)
    steps: dict[str, Step] = {}
    words = 0
    for name in dict.fromkeys((*line, *candidates)):
        told = words < MOST_WORDS and (name in line or not only_line)
        step = _step(state, analyses, candidates[name], told=told)
        steps[name] = replace(step, depth=tree[name], winning=name in line, cut=not told)
        words += step.words
    return LineageView(
        tree=tuple(steps[name] for name in tree),
        line=tuple(steps[name] for name in line),
        left_out=len(state.candidates) - len(candidates),
    )


def _line(candidates: Mapping[str, Candidate], best: str | None) -> tuple[str, ...]:
    """Return the first parents of the best, the oldest first."""
    found: list[str] = []
    while best is not None and best in candidates and best not in found:
        found.append(best)
        parents = candidates[best].parents
        best = parents[0] if parents else None
    return tuple(reversed(found))


def _tree(candidates: Mapping[str, Candidate]) -> dict[str, int]:
    """Return the depth of each candidate, every one followed by its children.

    A parent counts only if it stands before its child: no log can tie a knot into the tree.
    """
    below: dict[str | None, list[str]] = {None: []}
    for name, candidate in candidates.items():
        parent = candidate.parents[0] if candidate.parents else None
        below[parent if parent in below else None].append(name)
        below[name] = []
    depths: dict[str, int] = {}
    waiting = [(name, 0) for name in reversed(below[None])]
    while waiting:
        name, depth = waiting.pop()
        depths[name] = depth
        waiting += [(child, depth + 1) for child in reversed(below[name])]
    return depths


def _step(
    state: RunState, analyses: Mapping[str, CandidateAnalysis], candidate: Candidate, *, told: bool
) -> Step:
    """Return a step, with code and reasons where they are to be told."""
    parent = state.candidates.get(candidate.parents[0]) if candidate.parents else None
    before, after = (parent.source or "" if parent else ""), candidate.source or ""
    analysis, report = analyses.get(candidate.id), state.reports.get(candidate.id)
    step = Step(
        candidate.id,
        how(candidate, state.confirmation.winner if state.confirmation else None),
        candidate.operator,
        cut(candidate.proposer, LONGEST_NAME),
        candidate.parents,
        fitness=candidate.fitness,
        gained=_gained(candidate, parent),
        reason=cut(candidate.reason, LONGEST_SENTENCE),
        repairs=sum(key.slot == candidate.id for key in _repairs(state)),
    )
    if not told:
        return step
    return replace(
        step,
        changed=cut(_changed(before, after), LONGEST_SENTENCE),
        difference=cut(_difference(before, after), LONGEST_DIFFERENCE),
        reasoning=cut(reasoning(state, candidate.id), LONGEST_REASON),
        findings=_findings(analysis) if analysis else (),
        causes=tuple(
            replace(one, claim=cut(one.claim, LONGEST_SENTENCE), suggestion="")
            for one in report.causes[:MOST_CAUSES]
        )
        if report
        else (),
    )


def _findings(analysis: CandidateAnalysis) -> tuple[Seen, ...]:
    """Return what says more than that the code was changed, which stands beside it."""
    return tuple(seen for seen in telling(analysis) if seen.kind != "changed code")[:FINDINGS]


def reasoning(state: RunState, candidate: str) -> str:
    """Return what a language model said of its reward beside the code; empty where none was asked."""
    reply = state.replies.get(RequestKey("designer", candidate, 0))
    return "" if reply is None else prose(reply.text[:LONGEST_REPLY])


def _repairs(state: RunState) -> list[RequestKey]:
    return [key for key in state.replies if key.role == "designer" and key.turn > 0]


def _gained(candidate: Candidate, parent: Candidate | None) -> float | None:
    if parent is None or parent.fitness is None or candidate.fitness is None:
        return None
    return candidate.fitness - parent.fitness


def _changed(before: str, after: str) -> str:
    return changed_words(before, after) if _comparable(before, after) else ""


def _difference(before: str, after: str) -> str:
    if not before or not after:
        return after
    return code_difference(before, after) if _comparable(before, after) else ""


def _comparable(before: str, after: str) -> bool:
    """Tell whether both are rewards that may be parsed: longer texts are refused before they are read."""
    return bool(before and after) and max(len(before), len(after)) <= MAX_BYTES
