"""`evolve --after RUN`: what a finished run leaves to the search that goes on from its winner."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eureka_agent.api.runs import exportable, how_to_go_on
from eureka_agent.archive.candidate import of_median_fitness
from eureka_agent.config import Earlier
from eureka_agent.errors import ConfigError, RewardError, StoreError
from eureka_agent.rewards.loader import check_reward
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, find_run, list_runs
from eureka_agent.store.lock import holder_of
from eureka_agent.store.state import RunState
from eureka_agent.tasks.identity import is_same_task, task_digest
from eureka_agent.tasks.task import Task
from eureka_agent.training.policies import fitting_policy, saved_policy

_INSTEAD = {
    "init_policy": "trainings of the search start from the policy that the run's winner left",
    "seed_reward": "the first candidate is the run's own reward, trained on",
    "human_reward": "the winner is compared with the run's own reward, trained on for as long",
}
"""What `--after` says already, by the option that would contradict it."""


class Left(NamedTuple):
    """What a run leaves to the search after it."""

    rewards: tuple[Earlier, ...]
    """The sequence so far, the run's own reward last."""
    policy: Path
    """Where trainings of the search start."""
    words: str
    """Which policy that is, in a sentence for the log."""


def check_alone(**given: Any) -> None:
    """Raise ConfigError where an option is given beside `--after` that it decides itself."""
    for name, why in _INSTEAD.items():
        if given[name] is not None:
            option = f"--{name.replace('_', '-')}"
            raise ConfigError(
                f"{option} cannot be given together with --after: {why}.",
                allowed="one of the two",
                fix=f"Leave {option} out, or --after.",
            )


def left_by(run: str, runs: Path, task: Task) -> Left:
    """Return what the run called `run` leaves to a search for the same task; nothing in it is executed.

    Raises StoreError where the run has no winner, is of another task, or started from a policy of which
    nobody knows how it was trained; ConfigError where its policy does not fit.
    """
    folder = _run_before(run, runs, task)
    state = RunState.of(read_events(folder.events))
    if state.config.get("fitness") == "human":
        raise StoreError(
            f"The fitness of {folder.name} was what people prefer (--fitness human), which no other run has.",
            allowed="a finished run by the task's own fitness",
            fix="Begin a search with its reward instead: --seed-reward best/reward.py of that run.",
        )
    if state.config.get("intrinsic") is not None:
        raise StoreError(
            f"The rewards of {folder.name} were paid beside one that was learned from labels (--intrinsic), "
            "which no other run has.",
            allowed="a finished run without a learned reward",
            fix="Begin a search with its reward and its policy instead: --seed-reward or --init-policy.",
        )
    winner = _winner_of(folder, state)
    _check_same_task(folder, state, task)
    rewards = (*state.rewards_before.values(), _own_reward(state, winner, task))
    if state.config.get("init_policy") is not None and len(rewards) == 1:
        raise StoreError(
            f"Run {folder.name} started from a saved policy (--init-policy), so that nobody knows which "
            "rewards lead to its winner from random weights.",
            allowed="a run that began with random weights, or one that was itself made with --after",
            fix="Repeat that search without --init-policy, or go on from its policy with --init-policy.",
        )
    _check_rewards(folder, rewards, task)
    return _left(folder, state, winner, rewards, task)


def _run_before(run: str, runs: Path, task: Task) -> RunFolder:
    """Return the run of a name; `latest` is the newest of the task that has a winner.

    So a command with `latest` that was killed goes on with the run that it began.
    """
    for folder in reversed(list_runs(runs)) if run == "latest" else ():
        try:
            state = RunState.of(read_events(folder.events))
        except StoreError:
            continue
        won = state.confirmation is not None and state.confirmation.winner is not None
        if won and is_same_task(str(state.config.get("task_digest", "")), task_digest(task)):
            return folder
    return find_run(runs, run)


def _winner_of(folder: RunFolder, state: RunState) -> str:
    if state.confirmation is None or state.confirmation.winner is None:
        ended = "ended without a reward" if state.finished else "is not at its end"
        raise StoreError(
            f"Run {folder.name} {ended}: there is no winner to go on from.",
            allowed="a finished run with a confirmed reward",
            fix="Search again from the start, with more steps or generations."
            if state.finished
            else how_to_go_on(folder.name, holder_of(folder.root)),
        )
    return exportable(folder, state, None)


def _check_same_task(folder: RunFolder, state: RunState, task: Task) -> None:
    if is_same_task(str(state.config.get("task_digest", "")), task_digest(task)):
        return
    known = None if state.facts is None else state.facts.task
    if known not in (None, task.name):
        raise StoreError(
            f"Run {folder.name} is of the task {known}, and you named {task.name}.",
            allowed="a run of the same task: rewards of a sequence are compared by one score",
            fix="Name a run of this task; `eureka-agent runs` lists them.",
        )
    raise StoreError(
        f"The task {task.name} is not the one that run {folder.name} was started with: its files or options "
        "differ.",
        allowed="exactly the same task: rewards of a sequence are compared by one score",
        fix="Undo the edit, give the options that the run was given, or start without --after.",
    )


def _own_reward(state: RunState, winner: str, task: Task) -> Earlier:
    told = state.facts.env_steps if state.facts is not None else state.config.get("env_steps")
    return Earlier(state.candidates[winner].source or "", told or task.budget.env_steps)


def _check_rewards(folder: RunFolder, rewards: Sequence[Earlier], task: Task) -> None:
    """Raise StoreError where a log that anybody may have written holds a reward that cannot be trained."""
    for one in rewards:
        try:
            check_reward(one.source, [signal.name for signal in task.readable_signals])
        except RewardError as error:
            raise StoreError(
                f"A reward of run {folder.name} cannot be trained any more: {error.what}",
                allowed="rewards that pass the static rules of this version",
                fix="Look at its log, which may have been edited; or start without --after.",
            ) from error


def _left(folder: RunFolder, state: RunState, winner: str, rewards: tuple[Earlier, ...], task: Task) -> Left:
    confirmed = [one for one in state.candidates[winner].evaluations if one.stage == "confirm"]
    if not confirmed:
        raise StoreError(
            f"The log of run {folder.name} holds no training of its winner {winner} on fresh seeds.",
            fix="The log was damaged or edited. Restore it from a copy.",
        )
    chosen = of_median_fitness(confirmed, sign=task.fitness.sign)
    training = folder.training(winner, chosen.stage, chosen.replicate)
    policy = saved_policy(training)
    if policy is None:
        raise StoreError(
            f"{training} holds no policy of {winner}, the winner of run {folder.name}.",
            allowed="the policy.npz or policy.zip that its confirmation left there",
            fix="Put it back there, or train the reward again and give --init-policy and --seed-reward.",
        )
    words = (
        f"The search goes on after run {folder.name}: its trainings start from the policy that {winner} left "
        f"on confirmation seed {chosen.replicate}, whose score of {chosen.fitness:.4g} is the median of "
        f"{len(confirmed)}."
    )
    return Left(rewards, fitting_policy(policy, task), words)
