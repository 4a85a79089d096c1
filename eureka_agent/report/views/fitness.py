"""The fitness of every candidate by generation, who led, and what the fresh seeds said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eureka_agent.analysis.safety import safety_words
from eureka_agent.archive.candidate import Candidate, Status, mean_safety
from eureka_agent.report.sequence import TRAINED_ON
from eureka_agent.report.words import cut
from eureka_agent.store.records import ConfirmationRow
from eureka_agent.store.state import RunState

How = Literal[
    "winner", "confirmed", "trained", "stopped early", "failed", "timed out", "refused", "drafted out",
    "proposed",
]  # fmt: skip
"""What became of a candidate, in one word."""

LONGEST = 1_000
"""Characters of what the fitness measures."""

Direction = Literal["maximize", "minimize"]


@dataclass(frozen=True)
class Mark:
    """One candidate in the search."""

    candidate: str
    generation: int
    index: int
    how: How
    fitness: float | None
    """Mean over its seeds of the search; None where it has no score."""


@dataclass(frozen=True)
class Leader:
    """Who led after a generation."""

    generation: int
    candidate: str
    fitness: float
    """Its mean in the search, as it is known now: another seed may have changed it since."""


@dataclass(frozen=True)
class Level:
    """What a reward scored on fresh seeds."""

    name: str
    """A candidate's id, `reference` or `sparse`."""
    mean: float
    low: float | None
    """Ends of the 95 % interval of the mean; None of a single seed."""
    high: float | None
    seeds: tuple[float, ...]
    human_normalized: float | None
    undefined_because: str
    safety: str = ""
    """What the task's safety signals reached, in words; empty where that was not measured."""

    @classmethod
    def of(cls, row: ConfirmationRow, safety: str = "") -> Level:
        """Return a row of the confirmation."""
        return cls(
            row.name, row.fitness, row.low, row.high, row.seeds, row.human_normalized, row.undefined_because,
            safety,
        )  # fmt: skip


@dataclass(frozen=True)
class FitnessView:
    """All scores of a run."""

    measured_as: str
    """What the fitness measures, in the task's words; empty where the log does not say."""
    direction: Direction | None
    marks: tuple[Mark, ...]
    leaders: tuple[Leader, ...]
    fresh: tuple[Level, ...]
    """The winner first, then other finalists, then reference and sparse; empty before the confirmation."""
    winner: str | None
    restarts: tuple[int, ...]
    """The first generation of each independent search."""
    reference: str = "the task's own reward"
    """What the reference is, in words."""
    normalised: str = "human-normalised"
    """What scores are called in units of the distance between sparse and the reference."""


def fitness_view(state: RunState) -> FitnessView:
    """Return all scores of a run."""
    confirmation = state.confirmation
    winner = confirmation.winner if confirmation else None
    rows = confirmation.table if confirmation else ()
    leaders = [
        Leader(generation, name, known)
        for generation, name in state.leaders.items()
        if name is not None and (known := state.candidates[name].fitness) is not None
    ]
    levels = [Level.of(row, safety_words(fresh_safety(state, row.name))) for row in rows]
    return FitnessView(
        measured_as=cut(state.facts.fitness, LONGEST) if state.facts else "",
        direction=direction_of(state),
        marks=tuple(_mark(candidate, winner) for candidate in in_order(state)),
        leaders=tuple(leaders),
        fresh=tuple(sorted(levels, key=lambda level: _place(level.name, winner))),
        winner=winner,
        restarts=_restarts(state),
        **_words(state),
    )


def _words(state: RunState) -> dict[str, str]:
    """Return what the reference is called where it is not the task's own."""
    if state.rewards_before:
        return {"reference": TRAINED_ON, "normalised": "normalised by the reward before"}
    return {"reference": "given with --human-reward"} if state.config.get("human_reward") else {}


def how(candidate: Candidate, winner: str | None) -> How:
    """Return what became of a candidate; of a winner, that it won."""
    return "winner" if candidate.id == winner else _HOW[candidate.status]


def fresh_safety(state: RunState, name: str) -> dict[str, float]:
    """Return what safety signals reached on fresh seeds with a candidate's or a baseline's reward."""
    if name in state.candidates:
        return state.candidates[name].safety("confirm")
    return mean_safety([one for one in state.baselines.get(name, ()) if one.stage == "confirm"])


def in_order(state: RunState) -> list[Candidate]:
    """Return the candidates by generation and place in it."""
    return sorted(state.candidates.values(), key=lambda c: (c.generation, c.index))


def direction_of(state: RunState) -> Direction | None:
    """Return which way is better; None where the log does not say."""
    if state.facts is None:
        return None
    return "maximize" if state.facts.direction == "maximize" else "minimize"


_HOW: dict[Status, How] = {
    Status.PROPOSED: "proposed",
    Status.REFUSED: "refused",
    Status.DRAFTED_OUT: "drafted out",
    Status.FAILED: "failed",
    Status.TIMED_OUT: "timed out",
    Status.STOPPED: "stopped early",
    Status.TRAINED: "trained",
    Status.CONFIRMED: "confirmed",
}


def _mark(candidate: Candidate, winner: str | None) -> Mark:
    place = (candidate.id, candidate.generation, candidate.index)
    return Mark(*place, how(candidate, winner), candidate.fitness)


def _place(name: str, winner: str | None) -> int:
    return {winner: 0, "reference": 2, "sparse": 3}.get(name, 1)


def _restarts(state: RunState) -> tuple[int, ...]:
    number, each = (state.config.get(name) for name in ("restarts", "generations"))
    if not (isinstance(number, int) and isinstance(each, int)) or each < 1:
        return (0,)
    seen = max((candidate.generation for candidate in state.candidates.values()), default=0)
    return tuple(range(0, min(number * each, seen + 1), each)) or (0,)
