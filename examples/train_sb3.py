"""Train PPO of Stable-Baselines3 with a saved reward, and log what each of its components pays.

`python examples/train_sb3.py reward.py 10000` prints Stable-Baselines3's table: `reward/<component>` is the
sum of an episode, `reward/native_return` what CartPole itself paid. It needs the extra sb3.
"""

import sys

import gymnasium
from stable_baselines3 import PPO
from stable_baselines3.common.monitor import Monitor

from eureka_agent import ComponentCallback, RewardWrapper

REWARD = sys.argv[1] if sys.argv[1:] else "envs/cartpole/reference.py"
STEPS = int(sys.argv[2]) if sys.argv[2:] else 10_000
env = RewardWrapper(gymnasium.make("CartPole-v1"), REWARD, task="cartpole", total_steps=STEPS)
env = Monitor(env, info_keywords=("native_return",))  # the file that Monitor writes has it, too
model = PPO("MlpPolicy", env, n_steps=512, device="cpu", verbose=1, seed=0)
model.learn(STEPS, callback=ComponentCallback())
