"""The files of a run that a person opens. The log is the truth; these are written from it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from eureka_agent._version import __version__
from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.config import RunConfig
from eureka_agent.design.proposer import Draft
from eureka_agent.errors import RewardError, StoreError
from eureka_agent.files import write_atomic, write_json
from eureka_agent.report.best import fresh_training
from eureka_agent.report.learned import copy_learned, learned_file, learned_words, reads_learned
from eureka_agent.report.sequence import before_files, sequence_commands, sequence_words
from eureka_agent.report.summary import describe_fitness, render_summary
from eureka_agent.report.usage import steps_to_count, usage
from eureka_agent.rewards.saved import Header
from eureka_agent.store.facts import TaskFacts
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.reward_file import write_reward
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.policies import saved_policy


def write_proposal(folder: RunFolder, candidate: Candidate, draft: Draft) -> None:
    """Write what was asked, answered and found for one candidate."""
    place = folder.candidate(candidate.id)
    if candidate.source is not None:
        _write_source(place, candidate.source)
    if draft.source is not None and draft.source != candidate.source:
        write_atomic(place / "original.txt", draft.source)
    write_json(place / "findings.json", [finding.to_json() for finding in candidate.findings])
    asked = [m for m in draft.conversation if m.role != "assistant"]
    answered = [m for m in draft.conversation if m.role == "assistant"]
    for name, messages in (("prompt.md", asked), ("reply.md", answered)):
        if messages:
            text = "\n\n".join(f"<!-- {m.role} -->\n\n{m.content.strip()}" for m in messages)
            write_atomic(place / name, text + "\n")


def _write_source(place: Path, source: str) -> None:
    """Write a source as a module only where the static rules let it through, whoever decides to train it."""
    try:
        write_reward(place / "reward.py", source)
    except RewardError:
        write_atomic(place / "refused.txt", source)


def write_training(folder: RunFolder, candidate: Candidate) -> None:
    """Write a candidate's status and every evaluation so far."""
    evaluations = [asdict(evaluation) for evaluation in candidate.evaluations]
    told = {"status": candidate.status, "reason": candidate.reason, "evaluations": evaluations}
    write_json(folder.candidate(candidate.id) / "training.json", told)


def write_results(folder: RunFolder, state: RunState, task: Task, config: RunConfig) -> None:
    """Write `summary.md`, the winner in `best/` if there is one, and what a killed process left unwritten."""
    for candidate in state.candidates.values():
        if candidate.status is not Status.REFUSED:
            write_training(folder, candidate)
    winner = state.confirmation.winner if state.confirmation else None
    if winner is not None:
        write_saved_reward(folder.best_reward, folder.name, state, winner)
        copy_learned(folder, state, winner, folder.best_reward)
        _write_best_policy(folder, state, winner, sign=task.fitness.sign)
    write_summary(folder, state, task, config)


def write_summary(folder: RunFolder, state: RunState, task: Task, config: RunConfig) -> None:
    """Write `summary.md`, of what the log and the folder hold by now."""
    write_atomic(folder.summary, render_summary(folder, state, task, config))


def _write_best_policy(folder: RunFolder, state: RunState, winner: str, *, sign: float) -> None:
    """Put the policy of the winner's training of median score beside its reward, if that left one."""
    chosen = fresh_training(state, winner, sign=sign)
    if chosen is None:
        return
    policy = saved_policy(folder.training(winner, chosen.stage, chosen.replicate))
    if policy is not None:
        write_atomic(folder.best_reward.with_name(policy.name), policy.read_bytes())


def write_saved_reward(path: Path, run: str, state: RunState, name: str) -> None:
    """Write a candidate's reward with its evidence to `path`, and beside it those before it in a sequence.

    Raises StoreError if one of them may not be written.
    """
    source, header = saved_reward(run, state, name, file=path.name)
    try:
        for before, beside in before_files(path, state).items():
            write_reward(beside, *_saved_before(run, state, before, name))
        write_reward(path, source, header)
    except RewardError as error:
        raise StoreError(
            f"The reward of candidate {name} in run {run} was not written to {path}: {error.what}",
            allowed="a reward that passes the static rules: whoever imports the file runs it",
            fix=f"Look at its log, {name} may have been edited there; or take another candidate.",
        ) from error


def saved_reward(run: str, state: RunState, name: str, *, file: str = "reward.py") -> tuple[str, Header]:
    """Return a candidate's source and the header with its evidence; KeyError if there is no such one.

    `file` is what the file will be called.

    Only what the log says goes in: of a run that does not say what its task is, the header has less.
    """
    candidate, told = state.candidates[name], state.facts
    title = f"Reward for {told.task}, found by eureka-agent." if told else "Reward found by eureka-agent."
    facts = {
        "Run": f"{run}, candidate {candidate.id} ({candidate.operator} by {candidate.proposer})",
        "Fitness": describe_fitness(state, candidate),
        **(_of_the_task(state, told) if told else {}),
        "Versions": f"eureka-agent {__version__}",
    }
    if sequence := sequence_words(state, file):
        commands = "; then ".join(f"`{line}`" for line in sequence_commands(state, file))
        facts["Sequence"] = f"{sequence}{f'. Train it with {commands}' if commands else ''}"
    steps = steps_to_count(state, name)
    if steps is not None:
        facts["Progress"] = (
            f"the signal `progress` is the share of the training that is done, from 0 to 1; it was trained "
            f"over {steps:,} steps"
        )
    if learned := learned_words(state, name, Path(file)):
        facts["Learned"] = learned
    reads = learned_file(Path(file)).name if reads_learned(state, name) else None
    lines = usage(state.config.get("task", {}), file, steps, learned=reads) if told else []
    return candidate.source or "", Header(title, facts, tuple(lines))


def _saved_before(run: str, state: RunState, name: str, winner: str) -> tuple[str, Header]:
    """Return the source and the header of a reward before; its fitness is in the log of its own run."""
    rewards = state.rewards_before
    number, title = list(rewards).index(name) + 1, "A reward of a sequence, found by eureka-agent."
    facts = {
        "Sequence": f"number {number} of {len(rewards) + 1}, before candidate {winner} of run {run}",
        "Training": f"{rewards[name].env_steps:,} environment steps of PPO",
        "Versions": f"eureka-agent {__version__}",
    }
    return rewards[name].source, Header(title, facts)


def _of_the_task(state: RunState, told: TaskFacts) -> dict[str, str]:
    return {
        "Task": f"{told.task}: {told.description}",
        "Environment": told.env_id,
        "Measured as": f"{told.fitness} ({told.direction})",
        "Training": f"{told.env_steps:,} environment steps of PPO, seed {state.config.get('seed', 0)}",
    }
