"""How many trainings a run consists of, and how many of them are over: what progress is measured by."""

from __future__ import annotations

from collections.abc import Container

from eureka_agent.archive.candidate import Status
from eureka_agent.config import choosing_trainings
from eureka_agent.evolution.selection import second_seeds_of
from eureka_agent.store.checked import BASELINES
from eureka_agent.store.state import RunState

WITHOUT_POLICY = (Status.REFUSED, Status.FAILED, Status.TIMED_OUT)
AFTER = ("choose", "confirm")
"""Stages after the search."""


def expected_trainings(state: RunState) -> int:
    """Return the trainings of a run that has begun; of a search that is over those that it had."""
    config = state.config
    planned = config["restarts"] * config["generations"] * config["samples"] * config["search_seeds"]
    search, top = planned + again(state), config["confirm_top"]
    if state.finalists is not None:
        search, top = searched(state), len(state.finalists)
    choosing = choosing_trainings(top, config.get("choose_seeds", 0))
    confirmed = min(top, 1) if choosing else top
    known = 1 if config.get("fitness") == "human" else len(BASELINES)  # then there is no sparse one
    baselines = known if top else 0
    seeds = config["confirm_seeds"] + (config.get("choose_seeds", 0) if choosing else 0)
    before = len(config.get("after", ())) * seeds if top else 0
    return search + choosing + before + (confirmed + baselines) * config["confirm_seeds"]


def again(state: RunState) -> int:
    """Return the trainings on another seed that judgements asked for, and those that later ones will.

    How many duels there will be nobody knows; that of a last generation is mostly left out.
    """
    each = state.config["generations"]
    if state.config.get("selection") == "posterior":
        asked = sum(len(judgement.duel) for judgement in state.judgements.values())
        to_come = state.config["restarts"] * each - len(state.judgements)
        return asked + to_come * second_seeds_of(state.config["samples"])
    return sum(len(one.duel) for generation, one in state.judgements.items() if (generation + 1) % each)


def trainings_over(state: RunState) -> int:
    """Return how many are over, or will not run because their candidate was refused or failed."""
    after = sum(len(one.fitnesses(stage)) for one in state.candidates.values() for stage in AFTER)
    baselines = sum(map(len, state.baselines.values())) + len(state.baseline_failures)
    return searched(state) + after + baselines + len(state.before) + len(state.before_failures)


def searched(state: RunState) -> int:
    """Return those of the search; with more asked for than trained, another replaces a refused one."""
    seeds, lost = state.config["search_seeds"], not_replaced(state)
    return sum(
        seeds if candidate.status in lost else len(candidate.fitnesses())
        for candidate in state.candidates.values()
    )


def not_replaced(state: RunState) -> Container[Status]:
    """Return what a candidate may have become so that its training is over without one."""
    replaced = (Status.REFUSED,) if state.config.get("draft", 1) > 1 else ()
    return set(WITHOUT_POLICY).difference(replaced)


def steps_of_one(state: RunState) -> int:
    """Return the steps of one training; 0 where the log does not say."""
    return state.config.get("env_steps") or (state.facts.env_steps if state.facts else 0)
