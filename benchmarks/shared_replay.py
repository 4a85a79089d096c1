"""Would a replay buffer that all candidates share pay? How long SAC's updates take beside physics.

    python benchmarks/shared_replay.py [--steps 2000] [--updates 1]

Rewards are pure functions of recorded signals, so that every transition could be paid by every candidate
(LaRes): then physics is paid for once. That saves at most the share of the time that physics takes. Times
are processor time of one process with one thread of torch, on Gymnasium's Humanoid-v5 with the defaults of
Stable-Baselines3's SAC. `--updates` is the number of gradient steps for each environment step.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import torch
from stable_baselines3 import SAC

WARM_UP = 200
"""Steps before learning begins; they and what comes before are not counted."""


class Timed(gym.Wrapper[Any, Any, Any, Any]):
    """Counts the processor time of stepping and resetting."""

    seconds = 0.0

    def step(self, action: Any) -> Any:
        return self._timed(lambda: self.env.step(action))

    def reset(self, **options: Any) -> Any:
        return self._timed(lambda: self.env.reset(**options))

    def _timed(self, call: Callable[[], Any]) -> Any:
        began = time.process_time()
        result = call()
        self.seconds += time.process_time() - began
        return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--updates", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    env = Timed(gym.make("Humanoid-v5"))
    model = SAC("MlpPolicy", env, learning_starts=0, gradient_steps=arguments.updates, seed=0, device="cpu")
    model.learn(WARM_UP)
    env.seconds, began = 0.0, time.process_time()
    model.learn(arguments.steps, reset_num_timesteps=False)
    whole = time.process_time() - began
    print(
        f"{arguments.steps} steps with {arguments.updates} updates each: {whole:.1f} s, "
        f"of which physics {env.seconds:.2f} s ({env.seconds / whole:.1%}); sharing it among all candidates "
        f"saves at most that"
    )


if __name__ == "__main__":
    main()
