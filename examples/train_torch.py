"""Train with a saved reward in a PyTorch loop in the style of CleanRL (advantage actor-critic).

`python examples/train_torch.py reward.py 100` prints what CartPole itself paid, ten times in 100 updates.
"""

import sys

import torch
from gymnasium import make_vec
from torch.nn import Linear, Sequential, Tanh

from eureka_agent import VectorRewardWrapper

REWARD, UPDATES = sys.argv[1:] or ("envs/cartpole/reference.py", "100")
env = VectorRewardWrapper(make_vec("CartPole-v1", 16), REWARD, "cartpole", total_steps=512 * int(UPDATES))
torch.set_num_threads(1)  # faster for networks as small as these
actor, critic = (Sequential(Linear(4, 64), Tanh(), Linear(64, size)) for size in (2, 1))
adam = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=3e-3)
obs, ended = torch.as_tensor(env.reset(seed=0)[0]), []
for update in range(int(UPDATES)):
    rollout = []
    for _ in range(32):
        policy, value = torch.distributions.Categorical(logits=actor(obs)), critic(obs)[:, 0]
        action = policy.sample()
        after, reward, terminated, _, info = env.step(action.numpy())
        outcome = map(torch.as_tensor, (reward, terminated, info["reward_valid"]))
        rollout.append((policy.log_prob(action), value, *outcome))
        ended.extend(info["native_return"][info["_native_return"]] if "native_return" in info else [])
        obs = torch.as_tensor(after)
    target, loss = critic(obs)[:, 0].detach(), torch.zeros(())
    for log_prob, value, reward, terminated, valid in reversed(rollout):
        # A row that only resets its world is no step: its value stands for what a time limit cut off.
        target = torch.where(valid, reward.float() + 0.98 * target * ~terminated, value.detach())
        loss += (valid * ((target - value) ** 2 / 2 - log_prob * (target - value).detach())).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
    if update % 10 == 9:
        print(f"update {update + 1}: mean return of the last 50 episodes {sum(ended[-50:]) / 50:.1f}")
