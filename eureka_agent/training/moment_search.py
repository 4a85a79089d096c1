"""Looks for the moment from which a recorded failure could not be averted, in a separate process."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from eureka_agent.analysis.observation import Observation
from eureka_agent.analysis.unrecoverable import LostEpisode, observe_unrecoverable, point_of_no_return
from eureka_agent.errors import TrajectoryError
from eureka_agent.tasks.task import Task
from eureka_agent.training.apart import WALL_S, answer_apart, work_apart
from eureka_agent.training.continuing import Continuations, actors
from eureka_agent.training.policies import read_policy
from eureka_agent.training.population.policy_file import SavedPolicy, save_policy
from eureka_agent.trajectories.files import FILE, read_trajectories, write_trajectories
from eureka_agent.trajectories.trajectory import Trajectory

ENTRY = "eureka_agent.training.moment_search:main"
_OWN = "own.npz"


class Effort(NamedTuple):
    """How much may be spent on a search."""

    most_steps: int | None = None
    """Simulated steps; None for as many as it takes."""
    wall_s: float = WALL_S
    stop: threading.Event | None = None
    """Once set the search has a moment left."""


NO_LIMIT = Effort()


def find_moment(
    task: Task,
    trajectory: Trajectory,
    own: SavedPolicy,
    others: Mapping[str, SavedPolicy],
    episode: int = 0,
    effort: Effort = NO_LIMIT,
) -> tuple[Observation, ...]:
    """Return where a recorded episode was lost, or why nobody can say.

    `own` is the policy that played it, `others` are policies of the same task by the words for them. Raises
    TrajectoryError where the episode cannot be continued, or only with more steps than `effort`
    allows, TaskError where the environment does not let it or it takes too long.
    """
    if trajectory.fitness is None:
        raise TrajectoryError("This episode was not scored.", allowed="whole episodes with their fitness")
    with tempfile.TemporaryDirectory(prefix="eureka-moment-") as name:
        folder = Path(name)
        write_trajectories(folder / FILE, [trajectory])
        for file, policy in ((_OWN, own), *((f"{n}.npz", p) for n, p in enumerate(others.values()))):
            save_policy(folder / file, policy.network, policy.flat, policy.moments)
        payload = {"others": list(others), "episode": episode, "most_steps": effort.most_steps}
        found = work_apart(
            task, ENTRY, folder, payload,
            doing="Continuing episodes of", wall_s=effort.wall_s, stop=effort.stop,
        )  # fmt: skip
    return tuple(Observation.of_json(told) for told in found["observations"])


def main(payload: dict[str, Any], _fds: list[int]) -> None:
    """In the child: continue the episode from its states, and write what was found or the error."""
    answer_apart(payload, lambda task, folder: _search(task, payload, folder))


def _search(task: Task, payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    (trajectory,) = read_trajectories(folder / FILE)
    others = {name: read_policy(folder / f"{n}.npz") for n, name in enumerate(payload["others"])}
    takers = actors(task, read_policy(folder / _OWN), others)
    continuations = Continuations(task, trajectory, takers)
    seen = moment_of(continuations, trajectory, task, payload["episode"], most_steps=payload["most_steps"])
    return {"observations": [observation.to_json() for observation in seen]}


def moment_of(
    continuations: Continuations,
    trajectory: Trajectory,
    task: Task,
    episode: int = 0,
    *,
    most_steps: int | None = None,
) -> list[Observation]:
    """Return where an episode was lost, as an observation, or why nobody can say; closes the simulator.

    Raises TrajectoryError once more than `most_steps` steps were simulated.
    """
    assert trajectory.fitness is not None
    sign = task.fitness.sign

    def best(state: int) -> float | None:
        if most_steps is not None and continuations.env_steps > most_steps:
            raise TrajectoryError(
                f"It takes more than {most_steps:,} simulated steps.",
                allowed="shorter episodes, or a search without this limit",
                fix="Search without a limit: `eureka-agent film RUN CANDIDATE --episode worst --moments`.",
            )
        scores = continuations.scores(state).values()
        return max(scores, key=lambda score: sign * score) if scores else None

    def recoverable(state: int) -> bool:
        score = best(state)
        return score is not None and failure.averted_by(score)

    try:
        at_start = best(0)
        failure = LostEpisode(trajectory.fitness, trajectory.fitness if at_start is None else at_start, sign)
        point = point_of_no_return(recoverable, trajectory.length) if failure.clear else None
    finally:
        continuations.close()
    return list(
        observe_unrecoverable(
            point, failure,
            continuations=continuations.count, env_steps=continuations.env_steps, episode=episode,
        )
    )  # fmt: skip
