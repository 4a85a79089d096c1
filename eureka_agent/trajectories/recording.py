"""From the steps of a world to a trajectory: scored by the task's fitness, its ending named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from eureka_agent.tasks.fitness import Fitness, TaskFitness
from eureka_agent.tasks.task import Array, Task
from eureka_agent.trajectories.ending import ending_of
from eureka_agent.trajectories.trajectory import Simulator, Trajectory


def record(
    task: Task,
    signals: Mapping[str, Array],
    *,
    action: Array,
    native_reward: Array,
    terminated: bool,
    truncated: bool,
    seed: int,
    earlier: int = 0,
    simulator: Simulator = "cpu",
    fitness_steps: Array | None = None,
) -> Trajectory:
    """Return the trajectory of one world's steps, all arrays `(T, ...)`.

    `fitness_steps` is the task's per-step fitness `(T,)` if already measured. Raises TaskError if the task's
    fitness or events return a wrong shape, TrajectoryError if the parts are inconsistent.
    """
    scored = TaskFitness(task)
    steps = scored.steps(signals) if scored.by_step and fitness_steps is None else fitness_steps
    fitness: float | None = None
    if terminated or truncated:
        native_return = float(native_reward.sum())
        fitness = (
            scored.of_signals(signals, native_return)
            if scored.by_episode
            else scored.of_steps(steps, native_return)
        )
    return Trajectory(
        signals=dict(signals),
        terminated=terminated,
        truncated=truncated,
        ending=ending_of(task, signals, terminated=terminated, truncated=truncated),
        action=action,
        native_reward=native_reward,
        fitness=fitness,
        fitness_so_far=scored.so_far(steps, native_reward),
        fitness_version=scored.version,
        seed=seed,
        earlier=earlier,
        simulator=simulator,
    )


def rescored(trajectory: Trajectory, fitness: Fitness) -> Trajectory:
    """Return a whole episode scored by another fitness; raises what that raises.

    The per-step fitness belongs to the former one and is dropped.
    """
    value = float(fitness(trajectory))
    return replace(trajectory, fitness=value, fitness_version=fitness.version, fitness_so_far=None)
