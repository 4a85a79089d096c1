"""One candidate: what became of it, where it came from, how it scored and learned."""

from __future__ import annotations

from dataclasses import dataclass

from eureka_agent.analysis.safety import safety_words
from eureka_agent.analysis.whole import CandidateAnalysis
from eureka_agent.archive.candidate import Candidate
from eureka_agent.report.conclusion import best_of
from eureka_agent.report.views.curves import ComponentsView, LearningCurves, components_view
from eureka_agent.report.views.fitness import Direction, direction_of
from eureka_agent.report.views.lineage import Step, lineage_view
from eureka_agent.report.words import cut
from eureka_agent.store.state import RunState

LONGEST_CODE = 64_000
LONGEST = 600
MOST_FINDINGS = 12
MOST_CHILDREN = 40
IN_WORDS = {
    "search": "in the search",
    "choose": "while a finalist was chosen",
    "confirm": "on fresh seeds",
}


@dataclass(frozen=True)
class Score:
    """One training and what it scored."""

    where: str
    """In which phase, in words."""
    stage: str
    replicate: int
    fitness: float
    episodes: tuple[float, ...]
    """Of each scoring episode."""
    stopped: bool
    safety: str
    """What the task's safety signals reached, in words; empty where that was not measured."""


@dataclass(frozen=True)
class Objection:
    """What the critic found."""

    severity: str
    text: str
    fix: str


@dataclass(frozen=True)
class CandidateView:
    """Everything that the log says of one candidate."""

    step: Step
    """What became of it, and how it differs from its first parent."""
    children: tuple[str, ...]
    leads: bool
    """Whether it is the winner, or the leader until there is one."""
    scores: tuple[Score, ...]
    direction: Direction | None
    objections: tuple[Objection, ...]
    learning: LearningCurves | None
    """In the search; None where it was not trained there, or its curves are gone."""
    components: ComponentsView | None
    component_names: tuple[str, ...]
    code: str


def candidate_view(state: RunState, name: str, analysis: CandidateAnalysis | None = None) -> CandidateView:
    """Return what the log says of a candidate; LookupError where there is none of that name."""
    candidate = state.candidates[name]
    found = {} if analysis is None else {name: analysis}
    line = lineage_view(state, found, name, only_line=True).line
    return CandidateView(
        step=line[-1],
        children=tuple(one.id for one in state.candidates.values() if name in one.parents)[:MOST_CHILDREN],
        leads=best_of(state)[0] == name,
        scores=_scores(candidate),
        direction=direction_of(state),
        objections=tuple(
            Objection(one.severity, cut(f"{one.what} {one.why}".strip(), LONGEST), cut(one.fix, LONGEST))
            for one in candidate.findings[:MOST_FINDINGS]
        ),
        learning=_learning(candidate),
        components=components_view(state, name),
        component_names=candidate.evaluations[0].components if candidate.evaluations else (),
        code=cut(candidate.source or "", LONGEST_CODE),
    )


def _scores(candidate: Candidate) -> tuple[Score, ...]:
    return tuple(
        Score(
            IN_WORDS.get(one.stage, one.stage), one.stage, one.replicate, one.fitness, one.episode_fitness,
            one.stopped is not None, safety_words(one.safety),
        )
        for one in candidate.evaluations
    )  # fmt: skip


def _learning(candidate: Candidate) -> LearningCurves | None:
    curves = [tuple(e.curves.get("fitness", ())) for e in candidate.evaluations if e.stage == "search"]
    longest = max(map(len, curves), default=0)
    found = tuple(curve for curve in curves if len(curve) == longest and longest > 1)
    return LearningCurves(candidate.id, found) if found else None
