"""What a run, an export and a saved reward tell a person to type works as it stands."""

from __future__ import annotations

import ast
import json
import os
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

TINY = (
    "--generations", "1", "--samples", "1", "--env-steps", "256",
    "--confirm-seeds", "2", "--confirm-top", "1",
)  # fmt: skip

POINT = '''
import gymnasium
import numpy as np


class Point(gymnasium.Env):
    """A point that is pushed towards the middle."""

    observation_space = gymnasium.spaces.Box(-10.0, 10.0, (2,), np.float32)
    action_space = gymnasium.spaces.Box(-1.0, 1.0, (2,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place, self.steps = self.np_random.uniform(-1, 1, 2).astype(np.float32), 0
        return self.place.copy(), {}

    def step(self, action):
        self.place = np.clip(self.place + 0.1 * action, -10, 10).astype(np.float32)
        self.steps += 1
        return self.place.copy(), -float(np.abs(self.place).sum()), False, self.steps >= 30, {}
'''

STEP_AND_PICKLE = """
env.reset(seed=0)
observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
assert info["reward_components"], info
assert isinstance(reward, float)
import pickle
again = pickle.loads(pickle.dumps(env))
again.reset(seed=0)
again.step(env.action_space.sample())
print("used")
"""

TASKS = {
    "folder": ["cartpole"],
    "own folder": ["mine/balance"],
    "gym": ["gym:Pendulum-v1", "--max-episode-steps", "50"],
    "env": ["--env", "custom:Point"],
}


def run_in(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "200", "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done


def cli(folder: Path, *arguments: str) -> str:
    return run_in(folder, sys.executable, "-m", "eureka_agent", *arguments).stdout


def block_after(text: str, title: str) -> str:
    """Return the indented lines that follow a title."""
    lines = text.partition(title)[2].lstrip("\n").splitlines()
    end = next(
        (n for n, line in enumerate(lines) if line.strip() and not line.startswith("    ")), len(lines)
    )
    return textwrap.dedent("\n".join(lines[:end])).strip()


def use(folder: Path, *codes: str) -> None:
    assert all("RewardWrapper" in code for code in codes)
    together = "".join(code + STEP_AND_PICKLE for code in codes)
    assert run_in(folder, sys.executable, "-c", together).stdout == "used\n" * len(codes)


@pytest.mark.slow
@pytest.mark.parametrize("kind", TASKS)
def test_everything_printed_after_a_run_runs(tmp_path: Path, kind: str) -> None:
    (tmp_path / "custom.py").write_text(POINT)
    if kind == "own folder":
        cli(tmp_path, "init", "balance", "--env", "CartPole-v1", "--goal", "Stay up.", "--folder", "mine")
    printed = cli(tmp_path, "evolve", *TASKS[kind], *TINY)
    following = printed.partition("Next:")[2]
    commands = [line.strip() for line in following.splitlines() if line.strip().startswith("eureka-agent ")]
    assert len(commands) == 2
    _, told = (cli(tmp_path, *shlex.split(command)[1:]) for command in commands)
    assert (tmp_path / "reward.py").is_file()
    header = ast.get_docstring(ast.parse((tmp_path / "reward.py").read_text())) or ""
    use(
        tmp_path,
        block_after(following, "Use it:"),
        block_after(told, "Use it:"),
        block_after(header, "Use:"),
        "\n".join(json.loads(cli(tmp_path, "export", "-o", "kept/mine.py", "--json"))["use"]),
    )
    header = ast.get_docstring(ast.parse((tmp_path / "kept" / "mine.py").read_text())) or ""
    assert "'mine.py'" in header


@pytest.mark.slow
def test_a_run_in_another_folder_is_named_so_that_it_is_found(tmp_path: Path) -> None:
    printed = cli(tmp_path, "evolve", "cartpole", *TINY, "--runs", "elsewhere")
    following = printed.partition("Next:")[2]
    for line in following.splitlines():
        if line.strip().startswith("eureka-agent "):
            cli(tmp_path, *shlex.split(line.strip())[1:])
    assert (tmp_path / "reward.py").is_file()
