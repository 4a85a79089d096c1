"""Does a learned reward keep its memory and its pace over a long training? Ten million captioned steps.

    nice python benchmarks/intrinsic_soak.py [--steps 10000000] [--kinds retrieval,classification]

Messages are drawn from a heavy tail, as a game writes them: a few all the time, and new ones for ever. They
go through the captioner of messages, the pending set, an annotator that answers at once, the model, and the
counts of episodes; every bound is its default. A line each time the steps have doubled says how much memory
is resident and how long a step took in the mean. Each kind has a process of its own.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is imported

import argparse
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from eureka_agent.intrinsic.annotation.asking import SynchronousAnnotation
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.rules import Predicate
from eureka_agent.intrinsic.captioning.captioners import Messages
from eureka_agent.intrinsic.learned import LearnedReward
from eureka_agent.intrinsic.models.kinds import make_model

LENGTH, WORLDS, EPISODE = 256, 32, 500
TAIL = 1.2
"""Power of Zipf's law: ten million draws are some hundred thousand distinct messages."""
MARKS = 2**24
"""Places where met messages are marked; a few share one."""
WIDTH = 64
BATCH = 1_024
"""Questions answered after each rollout, so that every bound is reached."""
DEEDS = ("You see here", "You find", "You hear", "You kill", "You are hit by", "You drop", "You fall past")
THINGS = ("a scroll", "a key", "a door", "an orc", "some gold", "a wall", "stairs", "a boulder", "a fountain")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=10_000_000)
    parser.add_argument("--kinds", default="retrieval,classification")
    options = parser.parse_args()
    kinds = options.kinds.split(",")
    if len(kinds) == 1:
        soak(kinds[0], options.steps)
        return
    for kind in kinds:
        command = [sys.executable, __file__, "--steps", str(options.steps), "--kinds", kind]
        subprocess.run(command, check=True)


def soak(kind: str, steps: int) -> None:
    """Pay so many steps, and tell what they took."""
    rng, captioner = np.random.default_rng(0), Messages("message")
    backlog = Backlog()
    asking = SynchronousAnnotation(
        Predicate("likes gold", lambda text: float("gold" in text)), backlog, batch=BATCH
    )
    learned = LearnedReward(make_model(kind, seed=0), asking, num_envs=WORLDS)
    met = np.zeros(MARKS, bool)
    met[:] = False  # touched, so that it is resident from the start
    done = paying = 0.0
    began, next_line = resident(), 1_000_000
    while done < steps:
        numbers = rng.zipf(TAIL, (LENGTH, WORLDS))
        met[numbers % MARKS] = True
        signals = {"message": messages(numbers)}
        first = rng.random(numbers.shape) < 1.0 / EPISODE
        before = time.process_time()
        learned.pay(captioner(signals, first), first)
        paying += time.process_time() - before
        done += numbers.size
        if done >= next_line or done >= steps:
            print(
                f"{kind}: {done / 1e6:5.1f} M steps, {met.sum():9,} messages met, "
                f"{asking.statistics().answered:8,} answered; {resident():4.0f} MB resident, {began:.0f} at "
                f"first; {1e6 * paying / done:.2f} µs of processor time a step",
                flush=True,
            )
            next_line = min(2 * next_line, steps)


def messages(numbers: np.ndarray) -> np.ndarray:
    """Return messages by their numbers `(T, N)` as codes, uint8 `(T, N, WIDTH)`."""
    unique, inverse = np.unique(numbers, return_inverse=True)
    rows = b"".join(message(number).ljust(WIDTH, b"\0") for number in unique.tolist())
    return np.frombuffer(rows, np.uint8).reshape(-1, WIDTH)[inverse].reshape(*numbers.shape, WIDTH)


def message(number: int) -> bytes:
    deed, thing = DEEDS[number % len(DEEDS)], THINGS[number // len(DEEDS) % len(THINGS)]
    return f"{deed} {thing}. ({number:x})".encode()[:WIDTH]


def resident() -> float:
    """Return the memory of this process that is resident, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
