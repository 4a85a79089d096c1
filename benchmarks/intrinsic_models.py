"""What a rollout costs with each learned reward, of 4,096 steps with about 500 captions.

    python benchmarks/intrinsic_models.py [--rounds 15] [--kinds retrieval,classification,ranking]

Each line is the processor time of one call, the median of the rounds and the least of them: on a busy machine
the least is nearer to what an idle one takes. NumPy has one thread, as it has where policies are trained.
`observe` makes up to 8 updates.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is imported

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.models.counting import EpisodicCounts
from eureka_agent.intrinsic.models.encoding import DIMENSION, Encoder
from eureka_agent.intrinsic.models.kinds import make_model
from eureka_agent.intrinsic.models.model import CaptionedSteps, IntrinsicReward
from eureka_agent.intrinsic.models.network import Network, Slopes
from eureka_agent.intrinsic.models.settings import ModelSettings

STEPS, WORLDS, CAPTIONS = 128, 32, 1_000
LABELS = 100
"""In one call of `ingest`."""
WORDS = tuple(f"{a}{b}" for a in ("gold", "door", "key", "orc", "step", "fall") for b in "abcdefgh")
OPEN = ModelSettings(enough=1, enough_of_each=1, gate_deviations=0.01)
"""A gate that opens at once, so that what is paid is computed."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--kinds", default="retrieval,classification,ranking,ensemble of 5")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    texts = [" ".join(map(str, rng.choice(WORDS, 9))) for _ in range(CAPTIONS)]
    rollouts = [rollout(texts, rng) for _ in range(options.rounds)]
    distinct = statistics.mean(len(steps.captions.texts) for steps in rollouts)
    print(f"{STEPS * WORLDS} steps, {distinct:.0f} distinct captions; load {os.getloadavg()[0]:.1f}")
    for kind in options.kinds.split(","):
        measure(kind, rollouts, texts, rng)
    tell("one update on 128 captions", updates(texts))
    counts = EpisodicCounts(WORLDS)
    tell(
        "count in episodes",
        [timed(lambda s=steps: counts.discount(s, 1.0)) for steps in rollouts],
        per_step=True,
    )


def rollout(texts: list[str], rng: np.random.Generator) -> CaptionedSteps:
    """Return steps whose captions are as unevenly frequent as a game's messages are."""
    drawn = np.minimum(rng.pareto(0.4, (STEPS, WORLDS)) * 3, len(texts) - 1).astype(int)
    captions = Captions.of([[texts[i] for i in row] for row in drawn])
    return CaptionedSteps(captions, rng.random((STEPS, WORLDS)) < 0.01)


def measure(
    name: str, rollouts: Sequence[CaptionedSteps], texts: list[str], rng: np.random.Generator
) -> None:
    """Print what the calls of one kind cost."""
    kind, members = ("classification", 5) if name.startswith("ensemble") else (name, 1)
    model: IntrinsicReward = make_model(kind, seed=0, ensemble=members, settings=OPEN)
    taken: dict[str, list[float]] = {"ingest": [], "observe": [], "reward": []}
    for steps in rollouts:
        labels = answers(kind, texts, rng)
        taken["ingest"].append(timed(lambda given=labels: model.ingest(given)))
        taken["observe"].append(timed(lambda s=steps: model.observe(s)))
        taken["reward"].append(timed(lambda s=steps: model.reward(s)))
    for call, times in taken.items():
        tell(f"{name}: {call}", times, per_step=call == "reward")
    size = sum(array.nbytes for array in model.state_dict().values())
    print(f"{name}: state {size / 2**20:.2f} MiB")


def updates(texts: list[str]) -> list[float]:
    """Return what updates of the network alone take."""
    network, bags = Network(seed=0, dimension=DIMENSION), Encoder().bags(texts[:128])
    return [timed(lambda: network.update(bags, lambda out: Slopes(out / 128, {}))) for _ in range(100)]


def answers(kind: str, texts: list[str], rng: np.random.Generator) -> list[Label]:
    """Return labels that follow from whether a word is in a caption."""
    worth = ["golda" in text or "keyb" in text for text in texts]
    if kind != "ranking":
        return [Label(Question((texts[i],)), float(worth[i])) for i in rng.integers(len(texts), size=LABELS)]
    pairs = [rng.choice(len(texts), 2, replace=False) for _ in range(LABELS)]
    return [Label(Question((texts[i], texts[j])), (1 + worth[i] - worth[j]) / 2) for i, j in pairs]


def timed(call: Callable[[], object]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


def tell(name: str, times: Sequence[float], *, per_step: bool = False) -> None:
    median, least = statistics.median(times), min(times)
    share = f", {median / (STEPS * WORLDS) * 1e6:.2f} µs a step" if per_step else ""
    print(f"{name}: median {median * 1e3:.2f} ms, least {least * 1e3:.2f} ms{share}")


if __name__ == "__main__":
    main()
