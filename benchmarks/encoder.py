"""What an encoder of glyphs costs: `OPENBLAS_NUM_THREADS=1 python benchmarks/encoder.py`.

Random observations of 81 glyphs and 60 numbers, 23 choices, two hidden layers of 128, normalised. Acting is
one candidate's choice in all of its worlds, in NumPy; an update is PPO's of one rollout, compiled. All in one
thread, as trainings are, and in CPU time; of several repetitions the shortest counts, as others use the
machine too.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from eureka_agent.training.algorithm import ENCODERS, PpoSettings
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.encoder import encoder_of
from eureka_agent.training.population.learner import Experience, Learner, configure_jax
from eureka_agent.training.population.moments import Moments
from eureka_agent.training.population.network import Network

GLYPHS, PLAIN, CHOICES, HIDDEN = 81, 60, 23, (128, 128)
WORLDS = (8, 16, 64)
UPDATES: tuple[dict[str, int], ...] = (
    {"n_envs": 8, "n_steps": 256, "batch_size": 64, "n_epochs": 10},
    {"n_envs": 16, "n_steps": 128, "batch_size": 256, "n_epochs": 4},
    {"n_envs": 64, "n_steps": 64, "batch_size": 512, "n_epochs": 4},
)
GENERATOR = np.random.default_rng(0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repetitions", type=int, default=5)
    given = parser.parse_args()
    configure_jax(None)
    for encoder in ENCODERS:
        network = network_of(PpoSettings.of({"encoder": encoder}))
        print(f"{encoder}: {network.size:,} weights")
        for worlds in WORLDS:
            took = acting(network, worlds, given.repetitions)
            print(f"  acting in {worlds} worlds: {1e6 * took:.0f} us, {1e6 * took / worlds:.1f} us a step")
        for changed in UPDATES:
            settings = PpoSettings.of({**changed, "encoder": encoder})
            took = updating(network, settings, given.repetitions)
            told = ", ".join(f"{name} {value}" for name, value in changed.items())
            print(f"  update ({told}): {took:.2f} s, {1e6 * took / settings.rollout:.0f} us a step")


def network_of(settings: PpoSettings) -> Network:
    return Network(GLYPHS + PLAIN, HIDDEN, (CHOICES,), 0, encoder=encoder_of(settings))


def observed(*shape: int) -> np.ndarray:
    rows = GENERATOR.normal(size=(*shape, GLYPHS + PLAIN)).astype(np.float32)
    rows[..., :GLYPHS] = GENERATOR.integers(PpoSettings.vocabulary, size=(*shape, GLYPHS))
    return rows


def acting(network: Network, worlds: int, repetitions: int) -> float:
    moments = Moments(network.observation)
    moments.update(observed(100))
    policies = Policies(network, [network.initial(0)], [moments])
    rows, noise = observed(1, worlds), GENERATOR.random((1, worlds, 1), dtype=np.float32)
    return shortest(lambda: policies.sampled_actions(policies.normalized(rows), noise), repetitions, 100)


def updating(network: Network, settings: PpoSettings, repetitions: int) -> float:
    learner, shape = Learner(network, settings), (settings.n_steps, settings.n_envs)
    experience = Experience(
        observation=observed(*shape),
        last_observation=observed(settings.n_envs),
        action=GENERATOR.integers(CHOICES, size=(*shape, 1)).astype(np.int32),
        reward=GENERATOR.normal(size=shape).astype(np.float32),
        done=GENERATOR.random(shape) < 0.01,
    )
    state = learner.initial(0)
    return shortest(lambda: learner.update(state, experience, np.random.default_rng(0)), repetitions, 1)


def shortest(work: Callable[[], Any], repetitions: int, times: int) -> float:
    """Return the CPU seconds of one call, after a first one that is not counted."""
    work()
    took = []
    for _ in range(repetitions):
        begun = time.process_time()
        for _ in range(times):
            work()
        took.append((time.process_time() - begun) / times)
    return min(took)


if __name__ == "__main__":
    main()
