"""What a run will take, said before it is waited for."""

from __future__ import annotations

from collections import Counter

from eureka_agent.config import RunConfig
from eureka_agent.evolution.step_budget import (
    Trainings,
    candidate_steps,
    confirmation_trainings,
    steps_of,
    trainings_again,
)
from eureka_agent.tasks.task import Task


def expected_trainings(task: Task, config: RunConfig) -> Trainings:
    """Return the trainings that a run consists of at most: of candidates, on further seeds, to confirm.

    Where early stops pay for further seeds more are begun, of which some are short: never more steps.
    """
    search = config.search
    each = search.samples * search.seeds + trainings_again(task, config)
    searched = Counter({candidate_steps(task, config): search.restarts * search.generations * each})
    return searched + confirmation_trainings(task, config)


def expected_steps(task: Task, config: RunConfig) -> int:
    """Return how many environment steps those take at most, evaluation included."""
    return steps_of(expected_trainings(task, config), task)


def expected_time(task: Task, config: RunConfig, *, steps_a_second: float) -> str:
    """Return the time of a run at the pace of trainings on this machine, in a sentence."""
    steps, trainings = expected_steps(task, config), expected_trainings(task, config).total()
    return (
        f"Expected: about {in_words(steps / steps_a_second)} at most, for {trainings} trainings with the "
        f"confirmation, {steps:,} steps in all, at {_rounded(steps_a_second)} steps a second"
        f"{_further(task, config, steps_a_second)}."
    )


def further_steps(task: Task, config: RunConfig) -> int:
    """Return how many more steps it takes at most to confirm another finalist; 0 where none takes a place.

    That happens for each chosen one that fails in its confirmation, and is not among the expected trainings.
    """
    plan = config.confirmation
    again = Counter({candidate_steps(task, config): plan.seeds if plan.chooses else 0})
    return steps_of(again, task)


def _further(task: Task, config: RunConfig, steps_a_second: float) -> str:
    steps = further_steps(task, config)
    return (
        f"; a winner that fails in the confirmation adds {in_words(steps / steps_a_second)}" if steps else ""
    )


def expected_stepping_time(task: Task, config: RunConfig, *, steps_a_second: float, parallel: int) -> str:
    """Return the pace of an environment and the time of a run that steps it, in a sentence.

    `steps_a_second` is that of one process, of which `parallel` step at once.
    """
    steps = sum(steps * count for steps, count in expected_trainings(task, config).items())
    time = in_words(steps / (steps_a_second * parallel))
    return (
        f"The environment makes {_rounded(steps_a_second)} steps a second here. "
        f"Expected: {time} for up to {steps:,} training steps, learning and evaluation not counted."
    )


def in_words(seconds: float) -> str:
    """Return a length of time as a person would say it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def _rounded(number: float) -> str:
    """Return two digits of a number that is measured: 33, 390, 12,000."""
    return f"{float(f'{number:.2g}'):,.0f}" if number >= 10 else f"{number:.1g}"
