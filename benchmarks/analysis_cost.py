"""What the analysis of a generation costs beside its training.

    python benchmarks/analysis_cost.py [--candidates 16] [--episodes 32] [--most-steps N] [task …]

Trains a generation of the task's reference by the population trainer, each candidate with a seed of its own,
then analyses every candidate as by `analyze --with-rewards`: its reward pays its recorded episodes, random
play and the best of the others, and all findings are made, those of checkpoints too. Three episodes of a
training are recorded; they are repeated to as many as are asked for. Prints the seconds of both, and the
share: with fewer steps than a task's budget it is an upper bound, because only the training gets shorter.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from analysis_hacks import Training, judged, known_of, payer, read_training

import eureka_agent
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.seeds import seed_for
from eureka_agent.training.inspecting import record_transitions

TASKS = ("cartpole", "hopper")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--candidates", type=int, default=16)
    parser.add_argument("--episodes", type=int, default=32)
    parser.add_argument("--most-steps", type=int, default=10**9, help="no training is longer")
    arguments = parser.parse_args()
    print("| task | steps of each | training (s) | analysis (s) | share |\n| --- | --- | --- | --- | --- |")
    for name in arguments.tasks or TASKS:
        with tempfile.TemporaryDirectory() as folder:
            print(measured(name, arguments, Path(folder)), flush=True)
    print(f"\n{arguments.candidates} candidates, {arguments.episodes} episodes each; {os.cpu_count()} cores")


def measured(name: str, arguments: argparse.Namespace, folder: Path) -> str:
    task = eureka_agent.find_task(name)
    steps = min(task.budget.env_steps, arguments.most_steps)
    began = time.monotonic()
    eureka_agent.train(name, "reference", seeds=arguments.candidates, env_steps=steps, output=folder)
    training = time.monotonic() - began
    random_play = record_transitions(task, seed=seed_for(0, "transitions")).trajectories
    trained = [_repeated(folder / f"seed-{k}", arguments.episodes) for k in range(arguments.candidates)]
    with RewardSandbox() as sandbox:  # a run has one anyway
        began = time.monotonic()
        known = known_of(task, trained, random_play)
        rows = max(
            sum(episode.length for episode in one) for one in (random_play, *(o.episodes for o in trained))
        )
        for one in trained:
            judged(task, one, trained, known, payer(task, "reference", sandbox, rows))
        analysis = time.monotonic() - began
    cells = (name, f"{steps:,}", f"{training:.1f}", f"{analysis:.1f}", f"{analysis / training:.1%}")
    return "| " + " | ".join(cells) + " |"


def _repeated(folder: Path, episodes: int) -> Training:
    one = read_training(folder, "reference", 0)
    assert one is not None
    times = -(-episodes // len(one.episodes))
    return replace(one, episodes=(list(one.episodes) * times)[:episodes])


if __name__ == "__main__":
    main()
