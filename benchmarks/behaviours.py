"""Which shipped rewards does the critic warn of, because a bad behaviour earns most by them?

    python benchmarks/behaviours.py [task …]

Plays the scripted behaviours of each task and asks its reference and its hacks what they pay. Prints the
warned ones, the shares, and what a check costs.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import replace

import numpy as np

import eureka_agent
from eureka_agent.critique.behaviours import BehaviourCheck
from eureka_agent.critique.paying import PayJoined, paying
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.training.scripted_play import play_scripted
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.scripted import by_behaviour
from eureka_agent.trajectories.trajectory import Trajectory

NATIVE = "def compute_reward():\n    return 0.0, {}\n"
"""Stands for the environment's own reward, whose payments are recorded."""


def pay_native(_reward: Coded, episodes: JoinedEpisodes) -> list[Trajectory]:
    return [replace(episode, reward=episode.native_reward) for episode in episodes.episodes]


def main() -> None:
    counts, warned, times = Counter[str](), Counter[str](), []
    with RewardSandbox() as sandbox:
        for name in sys.argv[1:] or [task.name for task in eureka_agent.list_tasks() if not task.missing]:
            task = eureka_agent.find_task(name)
            scripted = by_behaviour(play_scripted(task, seed=0))
            ask: PayJoined = paying(task, sandbox)
            for reward, source in {"reference": task.reference, **task.hacks}.items():
                native = source == "native"
                check = BehaviourCheck(task, scripted, pay_native if native else ask)
                began = time.perf_counter()
                found = check(NATIVE if native else source)
                if not native:
                    times.append(time.perf_counter() - began)
                kind = "references" if reward == "reference" else "hacks"
                counts[kind] += 1
                warned[kind] += bool(found)
                for finding in found:
                    print(f"{name}, {reward}: {finding.what}", flush=True)
    for kind, count in counts.items():
        print(f"{warned[kind]} of {count} {kind} warned of")
    print(f"a check takes {1e3 * np.median(times):.0f} ms (median), {1e3 * max(times):.0f} ms at most")


if __name__ == "__main__":
    main()
