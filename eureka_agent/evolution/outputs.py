"""The files of a run that a person opens. The log is the truth; these are written from it."""

from __future__ import annotations

from typing import Any

from eureka_agent._version import __version__
from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.config import RunConfig
from eureka_agent.design.proposer import Draft
from eureka_agent.evolution.summary import describe_fitness, render_summary
from eureka_agent.rewards.saved import with_header
from eureka_agent.store.files import write_atomic, write_json
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState, candidate_to_json
from eureka_agent.tasks.task import Task

candidate_json = candidate_to_json


def write_proposal(folder: RunFolder, candidate: Candidate, draft: Draft) -> None:
    """Write what was asked, answered and found for one candidate."""
    place = folder.candidate(candidate.id)
    if candidate.source is not None:
        write_atomic(place / "reward.py", candidate.source)
    write_json(place / "findings.json", [finding.to_json() for finding in candidate.findings])
    asked = [m for m in draft.conversation if m.role != "assistant"]
    answered = [m for m in draft.conversation if m.role == "assistant"]
    for name, messages in (("prompt.md", asked), ("reply.md", answered)):
        if messages:
            text = "\n\n".join(f"<!-- {m.role} -->\n\n{m.content.strip()}" for m in messages)
            write_atomic(place / name, text + "\n")


def write_training(folder: RunFolder, candidate: Candidate) -> None:
    """Write a candidate's status and every evaluation so far."""
    from dataclasses import asdict

    evaluations = [asdict(evaluation) for evaluation in candidate.evaluations]
    data: dict[str, Any] = {
        "status": candidate.status,
        "reason": candidate.reason,
        "evaluations": evaluations,
    }
    write_json(folder.candidate(candidate.id) / "training.json", data)


def write_results(folder: RunFolder, state: RunState, task: Task, config: RunConfig) -> None:
    """Write `summary.md`, `best/reward.py` if there is a winner, and what a killed process left unwritten."""
    for candidate in state.candidates.values():
        if candidate.status is not Status.REFUSED:
            write_training(folder, candidate)
    winner = (state.confirmation or {}).get("winner")
    if winner is not None:
        write_atomic(folder.best_reward, saved_reward(folder, state, task, config, winner))
    write_atomic(folder.summary, render_summary(folder, state, task, config))


def saved_reward(folder: RunFolder, state: RunState, task: Task, config: RunConfig, name: str) -> str:
    """Return a candidate's source under a header with its evidence; KeyError if there is no such one."""
    candidate = state.candidates[name]
    steps = config.env_steps or task.budget.env_steps
    made = f'gymnasium.make("{task.env_id}")'
    facts = {
        "Task": f"{task.name}: {task.description}",
        "Run": f"{folder.name}, candidate {candidate.id} ({candidate.operator} by {candidate.proposer})",
        "Fitness": describe_fitness(state, task, candidate),
        "Measured as": task.fitness.summary,
        "Training": f"{steps:,} environment steps of PPO, seed {config.seed}",
        "Versions": f"eureka-agent {__version__}",
        "Use": f'env = eureka_agent.RewardWrapper({made}, "reward.py", task="{task.name}")',
    }
    return with_header(candidate.source or "", f"Reward for {task.name}, found by eureka-agent.", facts)
