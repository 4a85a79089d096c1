"""Train with a saved reward in a PyTorch loop in the style of CleanRL (advantage actor-critic).

`python examples/train_torch.py reward.py 100` prints what CartPole itself paid, ten times in 100 updates.
"""

import sys

import torch
from gymnasium import make_vec
from torch.nn import Linear, Sequential, Tanh

from eureka_agent import VectorRewardWrapper

REWARD = sys.argv[1] if sys.argv[1:] else "envs/cartpole/reference.py"
UPDATES = int(sys.argv[2]) if sys.argv[2:] else 100
env = VectorRewardWrapper(make_vec("CartPole-v1", 16), REWARD, "cartpole", total_steps=512 * UPDATES)
torch.set_num_threads(1)  # faster for networks as small as these
actor, critic = (Sequential(Linear(4, 64), Tanh(), Linear(64, size)) for size in (2, 1))
adam = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=3e-3)
obs, ended = torch.as_tensor(env.reset(seed=0)[0]), []
for update in range(UPDATES):
    rollout = []
    for _ in range(32):
        policy, value = torch.distributions.Categorical(logits=actor(obs)), critic(obs)[:, 0]
        action = policy.sample()
        after, paid, over, _, info = env.step(action.numpy())
        told = (paid, over, info["reward_valid"])
        rollout.append((policy.log_prob(action), value, *map(torch.as_tensor, told)))
        ended.extend(info["native_return"][info["_native_return"]] if "native_return" in info else [])
        obs = torch.as_tensor(after)
    target, loss = critic(obs)[:, 0].detach(), torch.zeros(())
    for log_prob, value, paid, over, valid in reversed(rollout):
        target = torch.where(valid, paid.float() + 0.98 * target * ~over, value.detach())  # else a reset
        loss += (valid * ((target - value) ** 2 / 2 - log_prob * (target - value).detach())).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
    if update % 10 == 9:
        print(f"update {update + 1}: mean return of the last 50 episodes {sum(ended[-50:]) / 50:.1f}")
