"""The candidates of a run as a table, and why some were refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.report.tables.table import Table
from eureka_agent.report.views.fitness import in_order
from eureka_agent.store.state import RunState

CANDIDATES = (
    "candidate", "generation", "index", "operator", "parents", "proposer", "status", "winner",
    "search_fitness", "search_seeds", "fresh_mean", "fresh_low", "fresh_high", "fresh_seeds",
    "env_steps", "wall_s", "stopped_at", "failure",
)  # fmt: skip
REFUSALS = ("candidate", "generation", "operator", "proposer", "rule", "line", "what", "why", "fix")


def candidates_table(state: RunState) -> Table:
    """Return a row a candidate, by generation and place in it.

    `search_fitness` is the mean over its `search_seeds` seeds of the search; `fresh_mean` is that on fresh
    seeds, with the ends of its 95 % interval. `env_steps` and `wall_s` are of all its trainings that gave a
    policy, evaluation included. `stopped_at` is the step of learning at which it was stopped early, and
    `failure` why it was refused, failed, or was left out. A task's safety signals follow, each as
    `safety/<signal>`: what 99 % of the recorded steps' absolute values stay below, mean over the search.
    """
    winner = state.confirmation.winner if state.confirmation else None
    candidates = in_order(state)
    names = dict.fromkeys(f"safety/{name}" for one in candidates for name in one.safety())
    rows = [_row(state, one, winner) | _safety(one, names) for one in candidates]
    return Table.of((*CANDIDATES, *names), rows)


def _safety(one: Candidate, names: Iterable[str]) -> dict[str, float | None]:
    reached = {f"safety/{name}": value for name, value in one.safety().items()}
    return {name: reached.get(name) for name in names}


def _row(state: RunState, one: Candidate, winner: str | None) -> dict[str, Any]:
    fresh = state.confirmation.row(one.id) if state.confirmation else None
    return {
        "candidate": one.id,
        "generation": one.generation,
        "index": one.index,
        "operator": one.operator,
        "parents": one.parents,
        "proposer": one.proposer,
        "status": str(one.status),
        "winner": one.id == winner,
        "search_fitness": one.fitness,
        "search_seeds": len(one.fitnesses()),
        "fresh_mean": None if fresh is None else fresh.fitness,
        "fresh_low": None if fresh is None else fresh.low,
        "fresh_high": None if fresh is None else fresh.high,
        "fresh_seeds": 0 if fresh is None else len(fresh.seeds),
        "env_steps": sum(evaluation.env_steps for evaluation in one.evaluations),
        "wall_s": sum(evaluation.wall_s for evaluation in one.evaluations),
        "stopped_at": None if one.stopped is None else one.stopped.env_steps,
        "failure": "" if one.status in _WENT_WELL else one.reason,
    }


_WENT_WELL = (Status.PROPOSED, Status.TRAINED, Status.CONFIRMED, Status.STOPPED)


def refusals_table(state: RunState) -> Table:
    """Return a row for each error that the critic found in a candidate that it refused for good."""
    refused = (one for one in in_order(state) if one.status is Status.REFUSED)
    return Table.of(REFUSALS, [row for one in refused for row in _refusals(one)])


def _refusals(one: Candidate) -> Iterator[dict[str, Any]]:
    about = {
        "candidate": one.id,
        "generation": one.generation,
        "operator": one.operator,
        "proposer": one.proposer,
    }
    errors = [found for found in one.findings if found.severity == "error"]
    for found in errors:
        told = {"rule": found.rule, "line": found.line, "what": found.what, "why": found.why}
        yield about | told | {"fix": found.fix}
    if not errors:
        yield about | {"rule": "", "line": None, "what": one.reason, "why": "", "fix": ""}
