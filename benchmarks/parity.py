"""Is learning sold for speed? Population PPO against Stable-Baselines3's on the environments' own rewards.

    python benchmarks/parity.py run --output benchmarks/data/parity.json [--population 30] [--sb3 10]
        [--only hopper]
    python benchmarks/parity.py report benchmarks/data/parity.json [--plot docs/figures/parity.png]

`run` trains so many seeds of either trainer on each of four environments, those that the file does not hold
yet, at equal steps, with equal hyperparameters, scored by the native return on episodes that chose nothing.
`report` pools the four: each difference of means is divided by what Stable-Baselines3 gained over a random
policy, and seeds are resampled within environment and trainer (10,000 times) for a one-sided 95 % bound.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Native
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import TrainingJob
from eureka_agent.training.trainers import make_trainer

CASES = {
    "cartpole": "CartPole-v1",
    "pendulum": "Pendulum-v1",
    "half_cheetah": "HalfCheetah-v5",
    "hopper": "Hopper-v5",
}
"""Folder task whose hyperparameters and budget are taken, and the environment whose return is compared."""
RANDOM_EPISODES = 50
SEEDS_A_TURN = 10
"""What an interrupted run loses at most."""
RESAMPLES = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run")
    run.add_argument("--output", type=Path, required=True)
    run.add_argument("--population", type=int, default=30, help="seeds of the population trainer")
    run.add_argument("--sb3", type=int, default=10, help="seeds of Stable-Baselines3")
    run.add_argument("--parallel", type=int)
    run.add_argument("--only", choices=CASES, help="one of the four (seeds may differ between them)")
    report = commands.add_parser("report")
    report.add_argument("data", type=Path)
    report.add_argument("--plot", type=Path)
    given = parser.parse_args()
    if given.command == "run":
        cases = {given.only: CASES[given.only]} if given.only else CASES
        record(given.output, cases, {"population": given.population, "sb3": given.sb3}, given.parallel)
        return
    data = json.loads(given.data.read_text())
    print_report(data)
    if given.plot is not None:
        draw(data, given.plot)


def record(output: Path, cases: dict[str, str], seeds: dict[str, int], parallel: int | None) -> None:
    data: dict[str, Any] = json.loads(output.read_text()) if output.exists() else {}
    for name, env_id in cases.items():
        task = comparable_task(name, env_id)
        row = data.setdefault(env_id, {"env_steps": task.budget.env_steps, "random": random_return(env_id)})
        for trainer, wanted in seeds.items():
            known = row.setdefault(trainer, [])
            while len(known) < wanted:
                seeds_of_turn = range(len(known), min(len(known) + SEEDS_A_TURN, wanted))
                known += train(task, trainer, seeds_of_turn, parallel)
                output.write_text(json.dumps(data, indent=1))
                print(env_id, trainer, [round(r["return"], 1) for r in known], flush=True)


def comparable_task(name: str, env_id: str) -> Task:
    """The plain environment, scored by its own return, with a folder task's hyperparameters and budget."""
    folder = find_task(name)
    return replace(find_task(f"gym:{env_id}"), algorithm=folder.algorithm, budget=folder.budget)


def random_return(env_id: str) -> float:
    env = gym.make(env_id)
    env.action_space.seed(0)
    returns = []
    for episode in range(RANDOM_EPISODES):
        env.reset(seed=episode)
        total, done = 0.0, False
        while not done:
            _, reward, terminated, truncated, _ = env.step(env.action_space.sample())
            total, done = total + float(reward), terminated or truncated
        returns.append(total)
    return float(np.mean(returns))


def train(task: Task, trainer: str, seeds: range, parallel: int | None) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as name, RewardSandbox() as sandbox:
        root = Path(name)
        jobs = [
            TrainingJob("native", "parity", k, seed_for(0, "parity", k), Native(), root / f"{k}",
                        task.budget.env_steps)
            for k in seeds
        ]  # fmt: skip
        chosen = make_trainer(
            trainer, sandbox, scratch=root / "tmp", parallel=parallel, stop=threading.Event()
        )
        try:
            outcomes = chosen.train(task, jobs, on_start=lambda _: None, on_outcome=lambda *_: None)
        finally:
            chosen.close()
    done = [outcome for outcome in outcomes if isinstance(outcome, Evaluation)]
    if len(done) < len(seeds):
        raise SystemExit(f"{len(seeds) - len(done)} of {len(seeds)} trainings failed: {outcomes}")
    return [{"return": e.fitness, "curve": list(e.curves["fitness"])} for e in done]


def returns(row: dict[str, Any], trainer: str) -> np.ndarray:
    return np.asarray([run["return"] for run in row[trainer]])


def print_report(data: dict[str, Any]) -> None:
    print("| environment | steps | random | Stable-Baselines3 | population | normalised difference |")
    print("| --- | --- | --- | --- | --- | --- |")
    for env_id, row in data.items():
        sb3, population = returns(row, "sb3"), returns(row, "population")
        difference = (population.mean() - sb3.mean()) / (sb3.mean() - row["random"])
        shown = [
            f"`{env_id}`",
            f"{row['env_steps']:,}",
            f"{row['random']:.0f}",
            spread(sb3),
            spread(population),
        ]
        print(f"| {' | '.join(shown)} | {difference:+.1%} |")
    pooled, low = pooled_difference(data)
    print(f"\nPooled: {pooled:+.1%}, one-sided 95 % bound {low:+.1%}")


def spread(values: np.ndarray) -> str:
    return f"{values.mean():.1f} ± {values.std(ddof=1):.1f} ({len(values)} seeds)"


def pooled_difference(data: dict[str, Any]) -> tuple[float, float]:
    """Mean over environments of the normalised difference, and its lower bound by bootstrap over seeds."""
    generator = np.random.default_rng(0)

    def resampled(values: np.ndarray) -> np.ndarray:
        return values[generator.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)

    means, draws = [], []
    for row in data.values():
        sb3, population = returns(row, "sb3"), returns(row, "population")
        gained = sb3.mean() - row["random"]
        means.append((population.mean() - sb3.mean()) / gained)
        draws.append((resampled(population) - resampled(sb3)) / gained)
    return float(np.mean(means)), float(np.quantile(np.mean(draws, axis=0), 0.05))


def draw(data: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(data), figsize=(3.4 * len(data), 3.0), layout="constrained")
    for axis, (env_id, row) in zip(axes, data.items(), strict=True):
        for trainer, label, colour in (
            ("sb3", "Stable-Baselines3", "#d95f02"),
            ("population", "population", "#1b6ca8"),
        ):
            curves = np.asarray([run["curve"] for run in row[trainer]])
            steps = np.linspace(0, row["env_steps"], curves.shape[1] + 1)[1:]
            low, middle, high = np.quantile(curves, (0.25, 0.5, 0.75), axis=0)
            axis.plot(steps / 1000, middle, color=colour, label=f"{label}, {len(curves)} seeds")
            axis.fill_between(steps / 1000, low, high, color=colour, alpha=0.2, linewidth=0)
        axis.axhline(row["random"], color="grey", linewidth=0.8, linestyle=":")
        axis.set_title(env_id, fontsize=9)
        axis.set_xlabel("thousand steps")
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(fontsize=6, loc="lower right", framealpha=1, edgecolor="none")
    axes[0].set_ylabel("return of evaluation episodes\n(median, quartiles)")
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
