"""How fast NetHack is stepped and trained, and how many different messages random play meets.

    python benchmarks/nethack_speed.py [--task nethack_score] [--worlds 8 16] [--train-steps 60000]
    python benchmarks/nethack_speed.py --messages 200000

Steps are counted a second and a CPU second: the machine may have other work. Trainings are paid by the native
reward, and are told with the steps of their evaluations. The share of messages that would have a label counts
a budget of requests in the order in which new messages are met, as many in a request as the annotator takes.
Needs the extra `nethack`.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import eureka_agent
from eureka_agent.resources import usable_cores
from eureka_agent.tasks import GymWorlds, Task, find_task
from eureka_agent.training.simulators.env_processes import EnvServer

REQUESTS, IN_A_REQUEST = 3000, 64
"""What `oni` asks a language model at most, and of how many captions in one request."""
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--task", default="nethack_score")
    parser.add_argument("--worlds", type=int, nargs="*", default=[1, 8, 16])
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--train-steps", type=int, default=0, help="train for so many, too")
    parser.add_argument("--messages", type=int, default=0, help="count messages over so many steps, too")
    given = parser.parse_args()
    task = find_task(given.task)
    print(f"{task.name}: {usable_cores()} cores, load {os.getloadavg()[0]:.1f}")
    for worlds in given.worlds:
        stepping(task, worlds, given.seconds)
    if given.train_steps:
        training(task, given.train_steps)
    if given.messages:
        messages(task, given.messages)


def stepping(task: Task, count: int, seconds: float) -> None:
    """Print how fast worlds are stepped with random actions, in this process and in two."""
    seeds = list(range(count))
    env = task.make_env()
    server = EnvServer(task, env)
    env.close()
    ways = {"this process": GymWorlds(task, count, seeds)}
    if count > 1:
        ways["2 processes"] = GymWorlds(task, count, seeds, envs=server.make(seeds, 2))
    paces: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for worlds in ways.values():
        worlds.reset()
    for _ in range(ROUNDS):  # in turn, so that the load of the machine falls on all alike
        for way, worlds in ways.items():
            paces[way].append(pace_of(worlds, seconds))
    for way, found in paces.items():
        wall, cpu = (median(column) for column in zip(*found, strict=True))
        told = f", {cpu:,.0f} a CPU second" if way == "this process" else ""
        print(f"{count} worlds in {way}: {wall:,.0f} steps a second{told}")
    for worlds in ways.values():
        worlds.close()


def pace_of(worlds: GymWorlds, seconds: float) -> tuple[float, float]:
    """Step for so long; return the steps of all worlds a second, and a CPU second of this process."""
    worlds.action_space.seed(0)
    began, cpu, steps = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds:
        worlds.step(np.array([worlds.action_space.sample() for _ in range(worlds.num_envs)]), measure=False)
        steps += worlds.num_envs
    return steps / (time.perf_counter() - began), steps / (time.process_time() - cpu)


def training(task: Task, steps: int) -> None:
    """Print how fast a policy is trained."""
    began, cpu = time.perf_counter(), children_cpu_s()
    with tempfile.TemporaryDirectory() as folder:
        report = eureka_agent.train(task.name, "native", env_steps=steps, output=Path(folder))
    taken = sum(one.env_steps for one in report.trainings)
    wall, cpu = time.perf_counter() - began, children_cpu_s() - cpu
    print(
        f"training: {taken:,} steps, evaluations among them, in {wall:.0f} s and {cpu:.0f} CPU seconds: "
        f"{taken / wall:,.0f} a second, {taken / cpu:,.0f} a CPU second"
    )


def children_cpu_s() -> float:
    """Return the CPU seconds of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def messages(task: Task, steps: int) -> None:
    """Print how many messages random play meets, and which share of steps a budget of requests labels."""
    seeds = list(range(8))
    met: Counter[bytes] = Counter()
    labelled: dict[bytes, int] = {}
    with GymWorlds(task, len(seeds), seeds) as worlds:
        worlds.reset()
        generator = np.random.default_rng(0)
        actions = worlds.action_space.n  # pyright: ignore[reportAttributeAccessIssue] - Discrete
        for _ in range(steps // len(seeds)):
            worlds.step(generator.integers(actions, size=len(seeds)), measure=False)
            for row in worlds.final_state["message"].astype(np.uint8):
                text = row.tobytes().split(b"\0", 1)[0]
                met[text] += 1
                if text and len(labelled) < REQUESTS * IN_A_REQUEST:
                    labelled.setdefault(text, len(labelled))
    total, silent = sum(met.values()), met[b""]
    said = {text: count for text, count in met.items() if text}
    known = sum(count for text, count in said.items() if text in labelled)
    common = sum(count for _, count in Counter(said).most_common(100))
    print(
        f"{total:,} random steps: {len(said):,} distinct messages, none in {silent / total:.0%} of steps; "
        f"{sum(count == 1 for count in said.values()):,} were met once; the 100 most common are "
        f"{common / (total - silent):.0%} of those said; {REQUESTS:,} requests of {IN_A_REQUEST} would label "
        f"{min(len(labelled), len(said)):,} of them, {known / (total - silent):.0%} of the steps with one"
    )


if __name__ == "__main__":
    main()
