"""A learned reward that has learned enough, in one file: how steps are captioned, and what it pays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from eureka_agent.arrays import read_arrays, write_arrays
from eureka_agent.intrinsic.frozen import Frozen
from eureka_agent.intrinsic.judgement import Judgement, judged
from eureka_agent.intrinsic.models.model import IntrinsicReward
from eureka_agent.intrinsic.plan import SETTLED_SEED, IntrinsicPlan
from eureka_agent.intrinsic.saving import nested, packed, part_of, unpacked
from eureka_agent.tasks.task import Task


def write_judgement(path: Path, plan: IntrinsicPlan, model: IntrinsicReward) -> None:
    """Write a model that was learned by a plan; StoreError if the disk does not take it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    about = packed(replace(plan, snapshot="").to_json())
    write_arrays(path, {"plan": about} | nested("model", model.state_dict()))


def read_plan(path: Path) -> IntrinsicPlan:
    """Return the plan by which a file's model was learned; raises as `read_judgement` does."""
    return IntrinsicPlan.from_json(unpacked(read_arrays(path), "plan"))


def read_judgement(path: Path, task: Task) -> Judgement:
    """Return what a file pays for steps of a task.

    Raises StoreError where it is no such file, ConfigError where what it holds does not fit. Nothing in it is
    executed.
    """
    saved = read_arrays(path)
    plan = IntrinsicPlan.from_json(unpacked(saved, "plan"))
    model = plan.model(SETTLED_SEED)
    model.load_state_dict(part_of(saved, "model"))
    return Judgement(plan.captioning.captioner(task), Frozen(model))


def with_judgement(task: Task, path: Path | str) -> Task:
    """Return a task that measures the signal `intrinsic`: what the learned reward in a file pays for a step.

    A run with `--intrinsic` leaves such a file beside its reward, `best/reward.intrinsic.npz`. `task` is that
    of the run; raises as `read_judgement` does.
    """
    return judged(task, read_judgement(Path(path), task))
