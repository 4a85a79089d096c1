"""A run that starts from a saved policy is known by its content and resumed with the very same one."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eureka_agent.api.evolve import evolve, resume
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.evolution.loop import Interrupted
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.policies import network_of
from eureka_agent.training.population.policy_file import save_policy

TINY: dict[str, Any] = {
    "generations": 1, "samples": 1, "confirm_seeds": 2, "confirm_top": 1, "env_steps": 256, "model": "search",
    "film": False,
    "trainer": "population",
}  # fmt: skip


def saved(path: Path, task: str, seed: int = 0) -> Path:
    network = network_of(find_task(task))
    save_policy(path, network, np.random.default_rng(seed).normal(size=network.size).astype(np.float32), None)
    return path


def interrupted(policy: Path, runs: Path) -> RunFolder:
    """Start a run and stop it before anything is trained."""
    stop = threading.Event()
    with pytest.raises(Interrupted):
        evolve(
            "cartpole", runs=runs, init_policy=policy, stop=stop,
            on_event=lambda event, _: stop.set() if event.type == "generation_planned" else None, **TINY,
        )  # fmt: skip
    return list_runs(runs)[-1]


def test_a_run_goes_on_with_the_very_policy_it_began_with(tmp_path: Path) -> None:
    policy = saved(tmp_path / "policy.npz", "cartpole")
    folder = interrupted(policy, tmp_path / "runs")
    kept = folder.init_policy.read_bytes()
    assert kept == policy.read_bytes()
    saved(policy, "cartpole", seed=1)
    other = interrupted(policy, tmp_path / "runs")
    assert other.root != folder.root, "another content is another run, whatever its name"
    policy.unlink()
    folder.init_policy.write_bytes(b"something else")
    with pytest.raises(StoreError, match="not the policy that"):
        resume(folder.name, runs=tmp_path / "runs")
    folder.init_policy.write_bytes(kept)
    copy = tmp_path / "copy"
    copy.write_bytes(kept)
    result = evolve("cartpole", runs=tmp_path / "runs", init_policy=copy, **TINY)
    assert result.folder == folder.root, "the same content is the same run, whatever its name"
    assert result.winner is not None


def test_a_policy_of_another_task_costs_a_message_and_no_run(tmp_path: Path) -> None:
    policy = saved(tmp_path / "policy.npz", "pendulum")
    with pytest.raises(ConfigError, match=r"length 3 .* cartpole trains one of observations of length 4"):
        evolve("cartpole", runs=tmp_path / "runs", init_policy=policy, **TINY)
    assert not (tmp_path / "runs").exists()
