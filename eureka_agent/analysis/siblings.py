"""Children of one parent side by side: what each changed, and what that did to behaviour and score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eureka_agent.analysis.code_changes import changed_words, code_difference
from eureka_agent.analysis.moves import largest_moves
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.archive.candidate import Candidate

if TYPE_CHECKING:
    from eureka_agent.analysis.whole import Played

MOST_SIBLINGS = 3
"""Siblings that are told of a candidate: those whose scores lie farthest from its own."""
MOST_MOVES = 2
"""Moved numbers in a line."""


@dataclass(frozen=True)
class ChildLine:
    """One child: what it changed against its parent, and what came of it."""

    id: str
    changed: str
    moved: str
    fitness: float | None
    gained: float | None
    """Fitness minus the parent's; None where one of them has none."""


@dataclass(frozen=True)
class Family:
    """Two or more children of one parent in one generation."""

    parent: str
    generation: int
    fitness: float | None
    """Of the parent."""
    children: tuple[ChildLine, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {**vars(self), "children": [vars(child) for child in self.children]}


def siblings_of(candidate: Candidate, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the other children of a candidate's first parent in its generation."""
    return [
        other
        for other in candidates
        if other.id != candidate.id and other.generation == candidate.generation
        and other.parents[:1] == candidate.parents[:1] != ()
    ]  # fmt: skip


def families(candidates: Sequence[Candidate], played: Callable[[Candidate], Played]) -> list[Family]:
    """Return all families of a run in order of generation; `played` gives a candidate with its episodes."""
    by_id = {candidate.id: candidate for candidate in candidates}
    groups: dict[tuple[int, str], list[Candidate]] = {}
    for child in candidates:
        if child.parents and child.parents[0] in by_id:
            groups.setdefault((child.generation, child.parents[0]), []).append(child)
    return [
        Family(parent, generation, by_id[parent].fitness, tuple(
            child_line(played(child), played(by_id[parent]))
            for child in sorted(children, key=lambda child: child.index)
        ))
        for (generation, parent), children in sorted(groups.items())
        if len(children) > 1
    ]  # fmt: skip


def child_line(child: Played, parent: Played) -> ChildLine:
    """Return what a child changed against its parent, and what came of it."""
    score, before = child.candidate.fitness, parent.candidate.fitness
    moves = largest_moves(parent.episodes, child.episodes)[:MOST_MOVES]
    return ChildLine(
        id=child.candidate.id,
        changed=_changed(parent.candidate.source or "", child.candidate.source or ""),
        moved="; ".join(move.words for move in moves),
        fitness=score,
        gained=None if score is None or before is None else score - before,
    )


def observe_siblings(played: Played, siblings: Sequence[Played], parent: Played) -> Iterator[Observation]:
    """Yield what siblings changed instead, and how they score and behave against this one."""
    score = played.candidate.fitness
    if score is None:
        return
    own = _changed(parent.candidate.source or "", played.candidate.source or "")
    scored = [(abs(s.candidate.fitness - score), s) for s in siblings if s.candidate.fitness is not None]
    for _, sibling in sorted(scored, key=lambda one: -one[0])[:MOST_SIBLINGS]:
        theirs = sibling.candidate.fitness or 0.0
        changed = _changed(parent.candidate.source or "", sibling.candidate.source or "")
        moves = largest_moves(played.episodes, sibling.episodes)[:MOST_MOVES]
        behaved = f" From here to there: {'; '.join(move.words for move in moves)}." if moves else ""
        text = (
            f"{sibling.candidate.id}, also of {parent.candidate.id}, {changed} and scored {theirs:.4g}; this "
            f"one {own} and scored {score:.4g}.{behaved}"
        )
        values = {"fitness": score, "sibling": theirs}
        reason = f"code, scores and recorded episodes of it and {sibling.candidate.id}"
        yield Observation(ObservationKind.SIBLING, text, reason=reason, values=values)


def _changed(parent: str, child: str) -> str:
    """Return what a child changed against its parent, as the end of a sentence about it."""
    if words := changed_words(parent, child):
        return words
    return (
        "changed the code under the same components" if code_difference(parent, child) else "changed nothing"
    )
