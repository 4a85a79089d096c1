"""What is likely still to come of a run, judged by what it was like so far."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eureka_agent.cli.counting import (
    AFTER,
    again,
    expected_trainings,
    not_replaced,
    searched,
    trainings_over,
)
from eureka_agent.evolution.selection import second_seeds_of
from eureka_agent.store.state import RunState

_RESERVED = 3
"""Trainings that a generation may lead to: a duel's two, and another of a leader at the target."""


@dataclass(frozen=True)
class ToCome:
    """What is likely left of a run, by what it was like so far: averages, so that parts of things count."""

    trainings: float
    """Whole ones: of two that are stopped early half-way, one."""
    batches: float
    """Trainings that are begun together count once; of one in progress what is left of it."""
    generations: float
    """Those that are not planned yet."""


def to_come(state: RunState, running: Mapping[str, int], each: int) -> ToCome:
    """Return what is likely left of a run; `running` are the steps of trainings in progress, by their keys.

    A whole training takes `each` steps. A key is that of `TrainingJob.key`.
    """
    seen = [share for generation in state.judgements for share in _shares(state, generation, each)]
    rests = {key: _rest(state, key, steps / each, seen) for key, steps in running.items()}
    confirming = _confirming(state, running)
    if state.finalists is not None:
        search = ToCome(0.0, 0.0, 0.0)
    else:
        search = _search(state, running, each, confirming.trainings)
    return ToCome(
        sum(rests.values()) + search.trainings + confirming.trainings,
        max(rests.values(), default=0.0) + search.batches + confirming.batches,
        search.generations,
    )


def _search(state: RunState, running: Mapping[str, int], each: int, reserved: float) -> ToCome:
    """Return what of the search has not begun; `reserved` trainings have to be paid from its budget, too."""
    config = state.config
    own, more = _own(state, each), _again_each(state)
    future = 0 if state.stopped else config["restarts"] * config["generations"] - len(state.slots)
    future = min(future, _affordable(state, each, own + more, reserved))
    now = max(state.slots, default=-1)
    open_now = now in state.slots and now not in state.judgements
    share = _pending(state, running, now) / (config["samples"] * config["search_seeds"]) if open_now else 0.0
    waits = (
        not state.stopped or config.get("selection") == "posterior"
    )  # else a duel decides nothing any more
    asked = _asked(state, running) if waits else 0
    return ToCome(
        (future + share) * own + asked + (future + open_now) * more,
        future + (1 if share or (asked and not running) else 0) + _last_duels(state),
        future,
    )


def _last_duels(state: RunState) -> int:
    """Return how many restarts have yet to train what their last judgement asks for, a batch each."""
    config = state.config
    decides = config.get("selection") == "posterior" or config["confirm_top"] <= config["restarts"]
    asked = any(judgement.duel for judgement in state.judgements.values())
    return max(0, config["restarts"] - len(state.duels)) if decides and asked else 0


def _confirming(state: RunState, running: Mapping[str, int]) -> ToCome:
    """Return what of choosing and confirming has not begun."""
    begun = sum(_stage(key) in AFTER for key in running)
    over = trainings_over(state) - searched(state)
    trainings = max(0, expected_trainings(state) - _searching(state) - over - begun)
    if not trainings:
        return ToCome(0.0, 0.0, 0.0)
    config = state.config
    top = config["confirm_top"] if state.finalists is None else len(state.finalists)
    rounds = config.get("choose_seeds", 0) if top > 1 else 0
    chosen = max((len(c.fitnesses("choose")) for c in state.candidates.values()), default=0)
    chosen += any(_stage(key) == "choose" for key in running)
    return ToCome(trainings, max(0, rounds - chosen) + 1, 0.0)


def _stage(key: str) -> str:
    return key.partition("/")[2].rpartition("-")[0]


def _searching(state: RunState) -> int:
    """Return those of `expected_trainings` that are of the search."""
    if state.finalists is not None:
        return searched(state)
    config = state.config
    planned = config["restarts"] * config["generations"] * config["samples"] * config["search_seeds"]
    return planned + again(state)


def _own(state: RunState, each: int) -> float:
    """Return how many whole trainings a generation's own make: less for refusals, failures, early stops."""
    seen = [_shares(state, generation, each) for generation in state.judgements]
    planned = state.config["samples"] * state.config["search_seeds"]
    return sum(map(sum, seen)) / len(seen) if seen else planned


def _shares(state: RunState, generation: int, each: int) -> list[float]:
    """Return what share of its steps each training took that raced in a generation."""
    return [
        one.stopped.env_steps / each if one.stopped else 1.0
        for candidate in state.candidates.values()
        for one in candidate.evaluations
        if candidate.generation == generation
        and one.stage == "search"
        and one.replicate < state.config["search_seeds"]
    ]


def _again_each(state: RunState) -> float:
    """Return how many trainings on another seed a judgement asks for, on average."""
    if state.judgements:
        return sum(len(one.duel) for one in state.judgements.values()) / len(state.judgements)
    posterior = state.config.get("selection") == "posterior"
    return second_seeds_of(state.config["samples"]) if posterior else 0.0


def _asked(state: RunState, running: Mapping[str, int]) -> int:
    """Return how many trainings on another seed the last judgement asked for that have not begun."""
    last = state.judgements[max(state.judgements)].duel if state.judgements else ()
    known = {
        (one.name, e.replicate)
        for one in last
        for e in state.candidates[one.name].evaluations
        if e.stage == "search"
    }
    return sum(
        (one.name, one.replicate) not in known and f"{one.name}/search-{one.replicate}" not in running
        for one in last
    )


def _pending(state: RunState, running: Mapping[str, int], generation: int) -> int:
    """Return how many of a generation's own trainings have not begun and may."""
    seeds, samples = state.config["search_seeds"], state.config["samples"]
    own = {c.id: c for c in state.candidates.values() if c.generation == generation}
    lost = not_replaced(state)
    over = sum(seeds if c.status in lost else len(c.evaluations) for c in own.values())
    begun = sum(_stage(key) == "search" and key.partition("-")[0] == f"{generation}" for key in running)
    return max(0, samples * seeds - over - begun)


def _rest(state: RunState, key: str, share: float, seen: Sequence[float]) -> float:
    """Return what is left of a training that has taken a share of its steps.

    One that races is likely to take as long as those that did before it and came that far: `seen`, as shares.
    """
    name, replicate = key.partition("/")[0], int(key.rpartition("-")[2])
    races = _stage(key) == "search" and replicate < state.config["search_seeds"]
    longer = [one - share for one in seen if one > share] if races and name in state.candidates else []
    return sum(longer) / len(longer) if longer else max(0.0, 1.0 - share)


def _affordable(state: RunState, each: int, generation: float, reserved: float) -> float:
    """Return how many generations of so many trainings the budget of steps pays for; infinite without one.

    What is reserved counts as the longest training that was seen, evaluation included.
    """
    budget = state.config.get("budget_steps")
    whole = [e.env_steps for c in state.candidates.values() for e in c.evaluations if not e.stopped]
    if budget is None or not whole or not generation:
        return math.inf
    rest = budget - state.env_steps - (reserved + _RESERVED) * max(whole)
    return max(0.0, rest) / (generation * sum(whole) / len(whole))
