"""Every reward that comes along means the same on NumPy, JAX and torch."""

from __future__ import annotations

import numpy as np
import pytest
from bundled_tasks import usable_tasks

from eureka_agent.rewards import load_reward
from eureka_agent.rewards.facade import Library
from eureka_agent.tasks.registry import find_task

ROWS = 1000
LIBRARIES: tuple[Library, ...] = ("jax", "torch")


def shipped() -> list[tuple[str, str]]:
    found = []
    for summary in usable_tasks():
        task = find_task(summary.name)
        names = [f"hack {name}" for name in task.hacks] + ["reference"] * (task.reference != "native")
        found += [(task.name, name) for name in names]
    return found


def random_signals(task_name: str) -> dict[str, np.ndarray]:
    """Values over each signal's declared range, and beyond it where none is declared."""
    generator = np.random.default_rng(0)
    signals = {}
    for signal in find_task(task_name).all_signals:
        low = -3.0 if signal.low is None else signal.low
        high = max(3.0, low + 1.0) if signal.high is None else signal.high
        signals[signal.name] = generator.uniform(low, high, (ROWS, *signal.shape)).astype(signal.dtype)
    return signals


@pytest.mark.parametrize(("task_name", "reward_name"), shipped())
def test_a_shipped_reward_means_the_same_everywhere(task_name: str, reward_name: str) -> None:
    task = find_task(task_name)
    source = task.reference if reward_name == "reference" else task.hacks[reward_name.removeprefix("hack ")]
    names = [signal.name for signal in task.all_signals]
    signals = random_signals(task_name)
    expected = load_reward(source, signals=names)
    memory = expected.initial_memory(ROWS) if expected.source.uses_memory else None
    values = expected(signals, memory)
    for library in LIBRARIES:
        reward = load_reward(source, library=library, signals=names)
        started = reward.initial_memory(ROWS) if reward.source.uses_memory else None
        got = reward(converted(signals, library), started)
        pairs = [(values.reward, got.reward)]
        pairs += [(values.components[name], got.components[name]) for name in values.components]
        for ours, theirs in pairs:
            close = np.isclose(np.asarray(ours), np.asarray(theirs), rtol=1e-4, atol=1e-6)
            assert np.mean(close) >= 0.999, (library, reward_name)


def converted(signals: dict[str, np.ndarray], library: Library) -> dict[str, object]:
    if library == "torch":
        import torch

        return {name: torch.from_numpy(array) for name, array in signals.items()}
    import jax.numpy as jnp

    return {name: jnp.asarray(array) for name, array in signals.items()}
