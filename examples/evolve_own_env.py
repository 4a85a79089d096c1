"""Search a reward for an environment of your own, here a class in this file.

`python examples/evolve_own_env.py 10000` prints what the search came to, and the best reward; 10,000 are the
steps of a training. Rewards may read `obs`, `action`, numeric entries of `info` (here `distance`), and
`prev_obs`, … of the step before; they are judged by what the environment itself pays.
"""

import sys

import gymnasium as gym
import numpy as np

import eureka_agent


class Corridor(gym.Env):
    observation_space = gym.spaces.Box(-np.inf, np.inf, (2,), np.float32)
    action_space = gym.spaces.Box(-1.0, 1.0, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = np.array([self.np_random.uniform(-2.0, 2.0), 0.0], np.float32)  # offset, speed
        return self.state, {"distance": abs(self.state[0])}

    def step(self, action):
        speed = self.state[1] + 0.1 * np.clip(action[0], -1.0, 1.0)
        self.state = np.array([self.state[0] + 0.1 * speed, speed], np.float32)
        distance = abs(self.state[0])
        return self.state, float(distance < 0.1), bool(distance > 4.0), False, {"distance": distance}


STEPS = int(sys.argv[1]) if sys.argv[1:] else 10_000
result = eureka_agent.evolve(
    env=Corridor, goal="Come to 0 and stay there.", max_episode_steps=100,
    generations=2, samples=4, env_steps=STEPS, confirm_top=1, confirm_seeds=3,
)  # fmt: skip
print(result.verdict.sentence)
print(eureka_agent.show(str(result.folder)).best_source)
