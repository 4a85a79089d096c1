"""Stable-Baselines3 logs what each part of a reward pays, and its Monitor writes down the native return."""

from __future__ import annotations

import csv
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.logger import KVWriter, Logger
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv

from eureka_agent import ComponentCallback, RewardWrapper

PARTS = """
import numpy as np


def compute_reward(pole_angle, action):
    upright = np.ones_like(pole_angle)
    pushed = -0.5 * action[:, 1]
    return upright + pushed, {"upright": upright, "pushed": pushed}
"""


class Kept(KVWriter):
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def write(self, key_values: dict[str, Any], key_excluded: Any, step: int = 0) -> None:
        self.lines.append(dict(key_values))

    def close(self) -> None:
        pass


def make() -> gym.Env:
    return RewardWrapper(gym.make("CartPole-v1", max_episode_steps=8), PARTS, task="cartpole")


@pytest.mark.parametrize("algorithm", [PPO, DQN])
def test_components_and_native_returns_reach_the_log(tmp_path: Path, algorithm: Any) -> None:
    monitored: list[Any] = [
        partial(Monitor, make(), str(tmp_path / name), info_keywords=("native_return",)) for name in "ab"
    ]
    settings: dict[str, Any] = {"n_steps": 32} if algorithm is PPO else {"learning_starts": 10}
    model = algorithm("MlpPolicy", DummyVecEnv(monitored), seed=0, device="cpu", **settings)
    kept = Kept()
    model.set_logger(Logger(None, [kept]))
    model.learn(128, ComponentCallback(), log_interval=1)
    logged = [line for line in kept.lines if "reward/upright" in line]
    assert logged
    for line in logged:
        assert line["reward/upright"] == pytest.approx(line["reward/native_return"])  # both are one a step
        assert 0.0 < line["reward/upright"] <= 8.0
        assert -4.0 <= line["reward/pushed"] <= 0.0
    rows = list(csv.DictReader((tmp_path / "a.monitor.csv").read_text().splitlines()[1:]))
    assert rows
    for row in rows:
        assert float(row["native_return"]) == float(row["l"])
        assert float(row["r"]) <= float(row["l"])


def test_it_is_imported_only_where_it_is_named() -> None:
    code = "import sys, eureka_agent, eureka_agent.rewards.wrapper; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
