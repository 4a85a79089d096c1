"""A saved reward and the learned reward beside it: both are paid, as they were when it was found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from eureka_agent.intrinsic.judgement import Judgement, rejudged
from eureka_agent.intrinsic.judgement_file import read_plan, with_judgement
from eureka_agent.intrinsic.plan import IntrinsicPlan
from eureka_agent.report.learned import learned_file
from eureka_agent.rewards.reward import Coded, Reward
from eureka_agent.tasks.task import Task
from eureka_agent.training.inspecting import FirstLook
from eureka_agent.trajectories.batch import TrajectoryBatch


def learned_beside(reward: Path | str) -> Path | None:
    """Return the file of the learned reward beside a saved one, if there is one."""
    file = Path(reward)
    return learned_file(file) if file.is_file() and learned_file(file).is_file() else None


def judged_for(task: Task, reward: Path | str) -> Task:
    """Return a task that measures what the learned reward beside a saved one pays, if there is one."""
    beside = learned_beside(reward)
    return task if beside is None else with_judgement(task, beside)


def plan_for(reward: Path | str, parsed: Reward) -> IntrinsicPlan | None:
    """Return how trainings are paid what lies beside a saved reward; None where nothing does.

    A reward that reads `intrinsic` is paid as it is written; to any other it is added as it was in its run.
    """
    beside = learned_beside(reward)
    if beside is None or not isinstance(parsed, Coded):
        return None
    return replace(read_plan(beside).beside(parsed.text), snapshot=str(beside.resolve()))


def judged_look(look: FirstLook, judgement: Judgement) -> FirstLook:
    """Return a first look with what a learned reward pays for what was played."""
    worlds = [tuple(rejudged(one, judgement) for one in world) for world in look.recording.worlds]
    scripted = [
        replace(one, episodes=tuple(rejudged(e, judgement) for e in one.episodes)) for one in look.scripted
    ]
    return look._replace(recording=TrajectoryBatch(tuple(worlds)), scripted=tuple(scripted))
