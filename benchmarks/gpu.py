"""How fast generations train on a device: `python benchmarks/gpu.py --output gpu.json`, on one with a GPU.

For every task and number of candidates: environment steps a second of whole iterations (physics, rewards,
policies and updates; compiled before, the clock stops when the device has finished), and the time of one
generation through the trainer as it is used, with start-up, compilation, evaluation and files. Sizes are
options, so that it runs on a CPU: `--device cpu --tasks reacher --candidates 1 2 --worlds 8 --env-steps 256`.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import threading
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.rewards.reward import Coded
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.device.platform import configure_device
from eureka_agent.training.device.settings import WORLDS, device_settings
from eureka_agent.training.job import TrainingJob

SOURCE = """import numpy as np


def compute_reward({first}, action):
    signal = np.clip({first}{column}, -10.0, 10.0)
    effort = -{weight} * np.sum(np.square(action), axis=-1)
    return signal + effort, {{"signal": signal, "effort": effort}}
"""
LIBRARIES = ("jax", "jaxlib", "mujoco", "mujoco-mjx", "optax", "numpy")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu")
    parser.add_argument("--tasks", nargs="+", default=["ant", "humanoid"])
    parser.add_argument("--candidates", nargs="+", type=int, default=[1, 16])
    parser.add_argument("--worlds", type=int, default=WORLDS, help="worlds of each candidate")
    parser.add_argument("--iterations", type=int, default=20, help="timed iterations of each size")
    parser.add_argument("--env-steps", type=int, default=2_000_000, help="learning steps of each candidate")
    parser.add_argument("--no-generation", action="store_true", help="time iterations only")
    parser.add_argument("--unsafe-isolation", action="store_true")
    parser.add_argument("--output", type=Path, help="a JSON file; else it is printed")
    return parser.parse_args()


def source(task: Task, index: int) -> str:
    """Return a reward over the task's first signal; every candidate's is another program."""
    signal = task.signals[0]
    column = "[:, 0]" if signal.shape else ""
    return SOURCE.format(first=signal.name, column=column, weight=round(0.01 * (1 + index), 4))


def iteration_rate(task: Task, candidates: int, worlds: int, iterations: int) -> dict[str, Any]:
    """Return steps a second of whole iterations, and how many seconds the first one took."""
    import jax

    from eureka_agent.rewards.jax_export import SignalShape, export_reward
    from eureka_agent.rewards.jax_program import admit
    from eureka_agent.rewards.source import parse_reward
    from eureka_agent.training.device.iteration import Iteration
    from eureka_agent.training.device.reward_provider import TracedRewardProvider
    from eureka_agent.training.device.worlds import DeviceWorlds
    from eureka_agent.training.population.learner import Learner
    from eureka_agent.training.population.network import Network
    from eureka_agent.training.simulators.choosing import device_physics

    settings = device_settings(task, worlds)
    made = DeviceWorlds(task, device_physics(task))
    network = Network.of(made.policy_space.shape[0], made.actions.space, settings.hidden_sizes, sde=False)
    shapes = [SignalShape(s.name, s.shape, s.dtype) for s in task.readable_signals]
    providers = []
    for index in range(candidates):
        text = source(task, index)  # ours, so that it may be traced in this process
        traced = export_reward(text, shapes)
        providers.append(
            TracedRewardProvider(admit(traced.module, parse_reward(text), traced.components, shapes), task)
        )
    iteration = Iteration(made, Learner(network, settings), providers)
    begun = time.perf_counter()
    generation, _ = iteration(iteration.begin([0] * candidates))
    jax.block_until_ready(generation)
    compile_s = time.perf_counter() - begun
    begun = time.perf_counter()
    for _ in range(iterations):
        generation, _ = iteration(generation)
    jax.block_until_ready(generation)
    wall_s = time.perf_counter() - begun
    steps = iterations * settings.rollout * candidates
    return {
        "steps_a_second": steps / wall_s,
        "compile_s": compile_s,
        "wall_s": wall_s,
        "steps": steps,
        "alive": int(jax.device_get(generation.alive).sum()),
        "n_steps": settings.n_steps,
        "batch_size": settings.batch_size,
        "n_epochs": settings.n_epochs,
    }


def generation_time(task: Task, candidates: int, args: argparse.Namespace) -> dict[str, Any]:
    """Return how long one generation takes through the trainer, everything included."""
    from eureka_agent.training.device.backend import DeviceBackend
    from eureka_agent.training.trainers import drive

    with tempfile.TemporaryDirectory(prefix="eureka-gpu-") as name:
        root = Path(name)
        jobs = [
            TrainingJob(
                f"{k}",
                "bench",
                0,
                seed_for(0, "bench"),
                Coded(source(task, k)),
                root / f"{k}",
                args.env_steps,
            )
            for k in range(candidates)
        ]
        begun = time.perf_counter()
        backend = DeviceBackend(platform=args.device, worlds=args.worlds, unsafe=args.unsafe_isolation)
        trainer = drive(backend, scratch=root / "tmp", parallel=1, stop=threading.Event())
        try:
            outcomes = trainer.train(task, jobs, on_start=lambda _: None, on_outcome=lambda *_: None)
        finally:
            trainer.close()
        wall_s = time.perf_counter() - begun
    done = [outcome for outcome in outcomes if isinstance(outcome, Evaluation)]
    failed = [outcome for outcome in outcomes if not isinstance(outcome, Evaluation)]
    return {
        "wall_s": wall_s,
        "env_steps_each": args.env_steps,
        "env_steps": sum(outcome.env_steps for outcome in done),
        "fitness": [outcome.fitness for outcome in done],
        "failures": [str(outcome) for outcome in failed],
    }


def main() -> None:
    args = options()
    generations: dict[tuple[str, int], dict[str, Any]] = {}
    if not args.no_generation:  # first, in children: this process must not hold the GPU yet
        generations = {
            (name, count): generation_time(long_enough(find_task(name)), count, args)
            for name in args.tasks
            for count in args.candidates
        }
    configure_device(args.device, None)
    import jax

    rows = []
    for name in args.tasks:
        alone = None
        for count in args.candidates:
            row: dict[str, Any] = {"task": name, "candidates": count, "worlds": args.worlds}
            row |= iteration_rate(find_task(name), count, args.worlds, args.iterations)
            alone = alone or row["steps_a_second"]
            row["ratio_to_first"] = row["steps_a_second"] / alone
            if not args.no_generation:
                row["generation"] = generations[name, count]
            rows.append(row)
            print(json.dumps(row), flush=True)
    report = {
        "device": jax.devices()[0].device_kind,
        "platform": jax.devices()[0].platform,
        "machine": platform.machine(),
        "versions": {name: version(name) for name in LIBRARIES},
        "rows": rows,
    }
    text = json.dumps(report, indent=2)
    if args.output:
        args.output.write_text(text + "\n")
    else:
        print(text)


def long_enough(task: Task) -> Task:
    """Return the task with time to train: its wall limit is meant for a CPU's budget of steps."""
    return replace(task, budget=replace(task.budget, wall_s=24 * 3600.0))


if __name__ == "__main__":
    main()
