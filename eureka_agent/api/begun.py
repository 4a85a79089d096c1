"""What a run began with, for whoever goes on with it: its task, its recordings, its first policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eureka_agent.api.requesting import fitted
from eureka_agent.config import RunConfig
from eureka_agent.errors import StoreError
from eureka_agent.store.event_types import Event, RunStarted
from eureka_agent.store.layout import RunFolder
from eureka_agent.tasks.generic import AS_BEFORE
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluation_share import with_evaluation
from eureka_agent.training.inspecting import FirstLook
from eureka_agent.training.policies import digest_of
from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.files import read_trajectories
from eureka_agent.trajectories.scripted import by_behaviour
from eureka_agent.trajectories.trajectory import Trajectory


def as_begun(task: Task, config: RunConfig, events: Sequence[Event]) -> Task:
    """Return a task as its run began with it; those of earlier versions go on as they were."""
    begun = next((event for event in events if isinstance(event, RunStarted)), None)
    if begun is None:
        return fitted(task, config)
    if begun.evaluation is not None:
        return with_evaluation(task, begun.evaluation)
    if task.ref.kind == "folder":
        return task
    return load_task(replace(task.ref, options={**task.ref.options, AS_BEFORE: True}))


def kept_recording(folder: RunFolder, task: Task) -> tuple[Sequence[Trajectory], tuple[str, ...]]:
    """Return what a run recorded at its start; nothing if it lacks a signal that is shown since.

    Where it cannot be read there is nothing either, and a sentence for the log.
    """
    try:
        kept = read_trajectories(folder.recording)
    except StoreError as error:
        return (), (f"{error.what} Random play was recorded anew; the file was left as it is.",)
    names = {signal.name for signal in task.signals}
    return (kept if all(names <= set(trajectory.signals) for trajectory in kept) else ()), ()


def kept_look(folder: RunFolder, recording: Sequence[Trajectory]) -> FirstLook:
    """Return what a run recorded at its start; those of earlier versions played no scripted behaviours."""
    batch = TrajectoryBatch.of(recording)
    try:
        return FirstLook(batch, scripted=by_behaviour(read_trajectories(folder.scripted)))
    except StoreError as error:
        return FirstLook(
            batch, notices=(f"{error.what} No reward is asked what it pays scripted behaviours.",)
        )


def check_init_policy(config: RunConfig, folder: RunFolder) -> None:
    """Raise StoreError unless the run folder still contains the policy that its trainings start from."""
    if config.training.init_policy is None:
        return
    if not folder.init_policy.is_file() or digest_of(folder.init_policy) != config.training.init_policy:
        raise StoreError(
            f"{folder.init_policy} is not the policy that {folder.name} was started from.",
            allowed=f"the file whose SHA-256 is {config.training.init_policy}",
            fix="Put it back there, or start another run with `evolve --init-policy` or `--after`.",
        )
