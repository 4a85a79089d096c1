"""The first screen of the report as three lines: is it better, why, and what did it cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eureka_agent.report.conclusion import Conclusion, Kind, best_of
from eureka_agent.report.views.answer import SHORT, why
from eureka_agent.report.views.cost import CostView, cost_view
from eureka_agent.report.views.curves import components_view
from eureka_agent.report.views.lineage import LineageView, lineage_view
from eureka_agent.report.words import cut
from eureka_agent.store.state import RunState

LONGEST = 240
"""Characters of the proposer's words: how they begin."""


@dataclass(frozen=True)
class InShort:
    """What the summary and the command line say first; the report says it with drawings and evidence."""

    kind: Kind
    better: str
    """The answer to "is it better than the reference?", and the conclusion."""
    why: str
    """What the best reward pays for, where it came from and what its last step gained; or what went wrong."""
    cost: str
    """Time, training and money."""

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The three answers, each after its name."""
        return (("Better", self.better), ("Why", self.why), ("Cost", self.cost))


def in_short(state: RunState, conclusion: Conclusion) -> InShort:
    """Return a run's three answers; its log alone decides them, and none of its recordings is read."""
    best, _ = best_of(state)
    lineage = lineage_view(state, {}, best, only_line=True)
    components = components_view(state, best)
    return InShort(
        conclusion.kind,
        better=_better(conclusion),
        why=" ".join((*why(state, conclusion.kind, lineage, components), *_said(conclusion, lineage))),
        cost=_cost(cost_view(state)),
    )


def _better(conclusion: Conclusion) -> str:
    short = SHORT[conclusion.kind]
    told = conclusion.sentence.startswith(short)
    return conclusion.sentence if told else f"{short}. {conclusion.sentence}"


def _said(conclusion: Conclusion, lineage: LineageView) -> Iterator[str]:
    """Yield how the words begin that the best reward was proposed with, where a language model had any."""
    best = lineage.winner
    if best is not None and best.reasoning and conclusion.kind != "failed":
        begins = cut(" ".join(best.reasoning.split()), LONGEST)
        yield f"In the words of {best.proposer}, who proposed it: “{begins}”"


def _cost(cost: CostView) -> str:
    return f"{cost.time}; {cost.trained}; {cost.money}"
