"""All views of a run together: everything that a report of it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from eureka_agent.analysis.whole import CandidateAnalysis
from eureka_agent.report.analyst_lines import analyst_lines
from eureka_agent.report.conclusion import Conclusion, best_of
from eureka_agent.report.sequence import WARM, sequence_words
from eureka_agent.report.views.answer import Answer, answer
from eureka_agent.report.views.cost import CostView, cost_view
from eureka_agent.report.views.curves import (
    ComponentsView,
    LearningCurves,
    components_view,
    learning_curves,
)
from eureka_agent.report.views.failures import FailuresView, failures_view
from eureka_agent.report.views.fitness import FitnessView, fitness_view
from eureka_agent.report.views.learned import LearnedView, learned_view
from eureka_agent.report.views.lineage import LineageView, lineage_view
from eureka_agent.report.views.pictures import PicturesView
from eureka_agent.report.views.preferences import PreferencesView, preferences_view
from eureka_agent.report.views.repeating import RepeatingView, repeating_view
from eureka_agent.report.words import cut
from eureka_agent.store.state import RunState

LONGEST_CODE = 64_000
MOST_NOTICES = 40


@dataclass(frozen=True)
class Source:
    """What a report is made from."""

    name: str
    """Of the run."""
    state: RunState
    conclusion: Conclusion
    running: str | None = None
    """Number of the process that works on the run, if one does."""
    versions: Mapping[str, str] | None = None
    """What was installed when it began; None where the log does not say."""
    analyses: Mapping[str, CandidateAnalysis] | None = None
    """Of trained candidates, by name."""
    pictures: PicturesView | None = None
    """Of the winner and the reference."""
    unread: tuple[str, ...] = ()
    """What could not be read or analysed, a sentence each."""


@dataclass(frozen=True)
class RunReport:
    """Everything that a report says of a run."""

    name: str
    task: str
    description: str
    model: str
    standing: str
    """Whether it is finished, running or was interrupted, in a sentence."""
    finished: bool
    answer: Answer
    best: str | None
    """The winner, or the leader until there is one."""
    code: str
    """Of the best reward."""
    sequence: str
    """The rewards that it was trained after, in a sentence or two; empty where after none."""
    fitness: FitnessView
    learning: tuple[LearningCurves, ...]
    components: ComponentsView | None
    lineage: LineageView
    failures: FailuresView
    cost: CostView
    repeating: RepeatingView
    notices: tuple[str, ...]
    """What else a person should know of it."""
    pictures: PicturesView | None = None
    """What it looks like; None where nobody drew it."""
    preferences: PreferencesView | None = None
    """What scores are made of, where people judge."""
    learned: LearnedView | None = None
    """The reward that is learned from labels, where one is."""


def run_report(source: Source) -> RunReport:
    """Return everything that a report says of a run."""
    state, analyses = source.state, source.analyses or {}
    best, _ = best_of(state)
    fitness, lineage = fitness_view(state), lineage_view(state, analyses, best)
    facts, components = state.facts, components_view(state, best)
    return RunReport(
        name=source.name,
        task=cut(facts.task, 100) if facts else "",
        description=cut(facts.description, 2_000) if facts else "",
        model=_model(str(state.config.get("model", ""))),
        standing=_standing(source),
        finished=state.finished,
        answer=answer(state, source.conclusion, fitness, lineage, components),
        best=best,
        code=cut((state.candidates[best].source or "") if best else "", LONGEST_CODE),
        sequence=_sequence(state),
        fitness=fitness,
        learning=learning_curves(state),
        components=components,
        lineage=lineage,
        failures=failures_view(state, analyses),
        cost=cost_view(state),
        repeating=repeating_view(state, source.versions or {}),
        notices=_notices(source),
        pictures=source.pictures,
        preferences=preferences_view(state),
        learned=learned_view(state),
    )


def _sequence(state: RunState) -> str:
    told = sequence_words(state, "reward.py")
    return f"It is the last of a sequence: {told}. {WARM}" if told else ""


_IN_WORDS = {
    "manual": "a person or a program that answered in files (manual)",
    "search": "the built-in search, without a language model",
}


def _model(name: str) -> str:
    """Return who proposed, of a recording the name of its file alone."""
    if name in _IN_WORDS:
        return _IN_WORDS[name]
    kind, _, file = name.partition(":")
    return cut(f"a recording ({PurePath(file).name})" if kind == "replay" else name, 200)


def _standing(source: Source) -> str:
    """Return whether there is more to come."""
    if source.state.finished:
        return "Finished."
    if source.running is not None:
        return f"Still running (process {source.running}): everything here is as of now."
    return (
        "Not finished: it was interrupted or killed, and no process works on it now. "
        f"`eureka-agent resume {source.name}` goes on where it stopped."
    )


def _notices(source: Source) -> tuple[str, ...]:
    state = source.state
    ended = [f"The search ended early: {state.stopped}"] if state.stopped else []
    told = [*source.unread, *ended, *dict.fromkeys(state.notices), *analyst_lines(state.reports)]
    more = len(told) - MOST_NOTICES
    rest = [f"And {more} more: the log holds them."] if more > 0 else []
    return (*(cut(notice, 1_000) for notice in told[:MOST_NOTICES]), *rest)
