"""Every block of docs/adding.md does what the page says."""

from __future__ import annotations

import sys
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from doc_blocks import CHECKOUT, blocks_of
from fakes import make_evolution

from eureka_agent.critique import Critic, StaticCheck, refused
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.training.simulators import SimulatorFactory, register_simulator
from eureka_agent.training.simulators.batched import BatchedWorlds


def blocks(heading: str) -> dict[str, str]:
    """Return the blocks of a section by language."""
    page = blocks_of(CHECKOUT / "docs" / "adding.md")
    return {block.language: block.text for block in page if block.heading == heading}


def module(heading: str) -> Any:
    """Execute a section's Python block as a module of its own."""
    made = types.ModuleType(f"adding_{heading.split()[-1]}")
    sys.modules[made.__name__] = made
    exec(compile(blocks(heading)["python"], "docs/adding.md", "exec"), made.__dict__)
    return made


def test_the_proposer_climbs(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, proposer=module("A proposer").Weights(), generations=3, samples=3)
    evolution.run()
    state = evolution.state
    assert state.confirmation is not None
    first = [c.genome["weight"] for c in state.candidates.values() if c.genome and c.generation == 0]
    winner = state.candidates[state.confirmation.winner or ""]
    assert winner.genome is not None
    assert winner.genome["weight"] > max(first) == 1.5


def test_the_check_refuses_and_says_why() -> None:
    task = find_task("cartpole")
    critic = Critic([StaticCheck(task), module("A check").FewComponents()])
    terms = ", ".join(f'"c{n}": pole_angle' for n in range(5))
    source = f"def compute_reward(pole_angle):\n    return pole_angle, {{{terms}}}\n"
    findings = critic(source)
    assert refused(findings)
    assert findings[-1].rule == "few-components"
    assert not refused(critic(source.replace('"c4": pole_angle', "").replace(", }", "}")))


def test_the_task_loads_scores_and_names_its_endings(tmp_path: Path) -> None:
    found = blocks("A task")
    (tmp_path / "task.toml").write_text(found["toml"])
    (tmp_path / "task.py").write_text(found["python"])
    task = find_task(str(tmp_path))
    assert [signal.name for signal in task.signals] == ["position", "velocity"]
    signals = {"position": np.array([0.0, 0.6]), "velocity": np.zeros(2)}
    assert task.fitness_step is not None
    assert task.events is not None
    np.testing.assert_array_equal(task.fitness_step(signals), [0.0, 1.0])
    np.testing.assert_array_equal(task.events(signals)["the flag was reached"], [False, True])


def test_the_simulator_stands_for_its_environment_and_equals_it() -> None:
    made = module("A simulator")
    register_simulator(f"{made.__name__}:Counter", f"{made.__name__}:counters")
    task = replace(find_task("cartpole"), name="counting", make_env=made.Counter, max_episode_steps=5)
    ours = SimulatorFactory(task).make([1, 2, 3])
    assert isinstance(ours, BatchedWorlds)
    theirs = GymWorlds(
        replace(task, make_env=lambda: gym.wrappers.TimeLimit(made.Counter(), 5)), 3, [1, 2, 3]
    )
    np.testing.assert_array_equal(ours.reset(), theirs.reset())
    for step in range(12):
        actions = np.array([0, step % 2, 1])
        np.testing.assert_array_equal(ours.step(actions).policy_obs, theirs.step(actions).policy_obs)


@pytest.mark.parametrize("heading", ["A proposer", "A check", "A task", "A simulator"])
def test_every_example_is_short(heading: str) -> None:
    assert all(len(block.splitlines()) <= 50 for block in blocks(heading).values())
