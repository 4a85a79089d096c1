"""Where a candidate's worst episode was lost: its policy and better ones continue it from its states."""

from __future__ import annotations

from pathlib import Path

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.archive.candidate import Candidate
from eureka_agent.errors import EurekaError, StoreError
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.moment_search import find_moment
from eureka_agent.training.policies import check_can_act, read_policy
from eureka_agent.training.population import policy_file
from eureka_agent.training.population.policy_file import SavedPolicy
from eureka_agent.training.sb3 import policy_file as sb3_file
from eureka_agent.trajectories.trajectory import Trajectory

OTHERS = 3
"""Policies of other candidates, the run's best, that take over."""


def lost_moment(
    folder: RunFolder, state: RunState, task: Task, candidate: Candidate, episode: Trajectory, index: int
) -> tuple[Observation, ...]:
    """Return where a recorded episode was lost, or why that is not known; loads and steps the task."""
    try:
        own = _policy(folder, task, candidate)
        others = _best_others(folder, state, task, candidate)
        return find_moment(task, episode, own, others, index)
    except EurekaError as error:
        text = f"Where episode {index} was lost was not looked for."
        return (Observation(ObservationKind.UNKNOWN, text, episode=index, reason=error.what),)


def _best_others(
    folder: RunFolder, state: RunState, task: Task, candidate: Candidate
) -> dict[str, SavedPolicy]:
    """Return the kept policies of the best other candidates, by words for them."""
    found: dict[str, SavedPolicy] = {}
    for other in state.archive(sign=task.fitness.sign).ranked():
        if other.id == candidate.id or len(found) == OTHERS:
            continue
        try:
            found[f"the policy of {other.id}"] = _policy(folder, task, other)
        except EurekaError:  # one less takes over
            continue
    return found


def _policy(folder: RunFolder, task: Task, candidate: Candidate) -> SavedPolicy:
    """Return the policy that a candidate's first search training kept; raises StoreError, ConfigError."""
    replicates = [e.replicate for e in candidate.evaluations if e.stage == "search"]
    path = _file(folder.training(candidate.id, "search", min(replicates, default=0)))
    if path is None:
        raise StoreError(
            f"Candidate {candidate.id} has no saved policy.",
            allowed=f"a training that left {policy_file.FILE} or {sb3_file.FILE}",
        )
    saved = read_policy(path)
    check_can_act(saved, task, path)
    return saved


def _file(training: Path) -> Path | None:
    paths = (training / name for name in (policy_file.FILE, sb3_file.FILE))
    return next((path for path in paths if path.is_file()), None)
