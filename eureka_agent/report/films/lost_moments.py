"""Where a recorded episode was lost: its policy and better ones continue it from its states."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.errors import EurekaError, StoreError
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.moment_search import NO_LIMIT, Effort, find_moment
from eureka_agent.training.policies import check_can_act, read_policy, saved_policy
from eureka_agent.training.population.policy_file import SavedPolicy
from eureka_agent.trajectories.trajectory import Trajectory

OTHERS = 3
"""Policies of other trainings, the run's best, that take over."""


def lost_moment(
    folder: RunFolder,
    state: RunState,
    task: Task,
    training: Path,
    episode: Trajectory,
    index: int,
    effort: Effort = NO_LIMIT,
) -> tuple[Observation, ...]:
    """Return where an episode of a training was lost, or why that is not known; loads and steps the task.

    `training` is the folder with the policy that played it.
    """
    try:
        own = _policy(training, task)
        others = _best_others(folder, state, task, training)
        return find_moment(task, episode, own, others, index, effort)
    except EurekaError as error:
        text = f"Where episode {index} was lost was not looked for."
        return (Observation(ObservationKind.UNKNOWN, text, episode=index, reason=error.what),)


def step_of(found: Iterable[Observation]) -> int | None:
    """Return the step with which an episode was lost; None where it was not, or nobody knows."""
    known = (one for one in found if one.kind is ObservationKind.UNRECOVERABLE)
    return next((one.steps[0] for one in known if one.steps), None)


def told(found: Iterable[Observation]) -> str:
    """Return what was found, in sentences."""
    return " ".join(f"{one.text} ({one.citation})" if one.citation else one.text for one in found)


def first_search_training(folder: RunFolder, state: RunState, name: str) -> Path:
    """Return the folder of a candidate's first search training, which analyses look at."""
    trained = state.candidates[name].evaluations
    replicates = [one.replicate for one in trained if one.stage == "search"]
    return folder.training(name, "search", min(replicates, default=0))


def _best_others(folder: RunFolder, state: RunState, task: Task, own: Path) -> dict[str, SavedPolicy]:
    """Return the kept policies of the best candidates' other trainings, by words for them."""
    found: dict[str, SavedPolicy] = {}
    for other in state.archive(sign=task.fitness.sign).ranked():
        training = first_search_training(folder, state, other.id)
        if training == own or len(found) == OTHERS:
            continue
        try:
            found[f"the policy of {other.id}"] = _policy(training, task)
        except EurekaError:  # one less takes over
            continue
    return found


def _policy(training: Path, task: Task) -> SavedPolicy:
    """Return the policy that a training kept; raises StoreError, ConfigError."""
    path = saved_policy(training)
    if path is None:
        raise StoreError(
            f"The training {training.parent.name}/{training.name} has no saved policy.",
            allowed="a training whose policy lies in its folder",
        )
    saved = read_policy(path)
    check_can_act(saved, task, path)
    return saved
