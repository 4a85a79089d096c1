from __future__ import annotations

import dataclasses
from typing import Any, cast

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.tasks.task import Behaviour, FitnessSpec, Signal, Task, TaskRef, TrainingBudget

SOURCE = '''import numpy as np


def compute_reward(position, action):
    """Come close, spend little."""
    near = np.exp(-np.square(position - 0.5))
    effort = -0.01 * np.sum(np.square(action), axis=-1)
    return near + effort, {"near": near, "effort": effort}
'''


def _no_environment() -> Any:
    raise AssertionError("the designer must not build environments")


def make_task(**changes: Any) -> Task:
    task = Task(
        name="cart",
        description="Bring the cart to the flag and stay there.",
        safety="",
        signals=(
            Signal("position", (), "m", "where the cart is", -1.0, 1.0),
            Signal("velocity", (), "m/s", "how fast it moves to the right"),
            Signal("wind", (3,), "N", "force of the wind", None, 20.0),
            Signal("action", (2,), "", "thrust left | right", -1.0, 1.0),
        ),
        fitness=FitnessSpec("steps spent within 0.1 m of the flag", "sum", solved=90.0, target=95.0),
        budget=TrainingBudget(env_steps=20_000),
        algorithm={},
        env_id="SecretCart-v0",
        max_episode_steps=100,
        make_env=_no_environment,
        behaviour=cast(Behaviour, None),
        reference="SECRET REFERENCE SOURCE",
        reference_origin="hand-written",
        hacks={"cheat": "SECRET HACK"},
        context="The episode ends when |position| > 1.",
        ref=TaskRef("gym", "SecretCart-v0"),
    )
    return dataclasses.replace(task, **changes)


def trained(generation: int, index: int, fitness: float, **changes: Any) -> Candidate:
    curves = {
        "fitness": (0.0, 0.5 * fitness, fitness),
        "episode_length": (100.0, 100.0, 100.0),
        "reward": (0.1, 0.4, 0.9),
        "component/near": (0.1, 0.4, 0.9),
        "component/effort": (-0.00123456, -0.002, -0.004),
    }
    evaluation = Evaluation("search", 0, 7, fitness, (fitness,), 20_000, 3.0, 2, curves)
    values: dict[str, Any] = {
        "operator": "seed",
        "source": SOURCE,
        "status": Status.TRAINED,
        "reason": "trained",
        "evaluations": (evaluation,),
    }
    return Candidate(generation, index, **(values | changes))


def failed(generation: int, index: int, reason: str, **changes: Any) -> Candidate:
    return Candidate(generation, index, "seed", status=Status.FAILED, reason=reason, **changes)


def archive_of(*candidates: Candidate, incumbent: str | None = None) -> Archive:
    return Archive.of(candidates, sign=1.0, incumbent_id=incumbent)
