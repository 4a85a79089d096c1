"""A loaded reward is called as its file is, and goes where people's code sends it."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import cloudpickle
import numpy as np
import pytest
from bundled_tasks import every_task
from reward_texts import FORWARD, MEMORY

from eureka_agent.errors import RewardError
from eureka_agent.rewards.loader import RewardFunction, load_reward
from eureka_agent.tasks.registry import find_task

ROWS = 4
RNG = np.random.default_rng(0)
MOVING: dict[str, Any] = {
    "x_velocity": RNG.normal(size=ROWS).astype(np.float32),
    "height": RNG.normal(size=ROWS).astype(np.float32),
    "action": RNG.normal(size=(ROWS, 3)).astype(np.float32),
}
REACHING = {name: RNG.normal(size=(ROWS, 2)).astype(np.float32) for name in ("position", "action")}
TEXTS = [(FORWARD, MOVING), (MEMORY, REACHING)]


def plain(text: str) -> Callable[..., Any]:
    scope: dict[str, Any] = {}
    exec(text, scope)
    return scope["compute_reward"]


def flat(returned: tuple[Any, ...]) -> list[np.ndarray]:
    """Return every array of a reward's output; JAX gives dictionaries back in another order."""
    dictionaries = [part[name] for part in returned[1:] if part is not None for name in sorted(part)]
    return [np.asarray(array) for array in (returned[0], *dictionaries)]


def memory_of(function: RewardFunction) -> dict[str, Any]:
    return {"memory": function.initial_memory(ROWS)} if function.source.uses_memory else {}


@pytest.mark.parametrize(("text", "signals"), TEXTS)
def test_keywords_give_what_the_plain_file_returns(text: str, signals: dict[str, Any]) -> None:
    function = load_reward(text)
    memory = memory_of(function)
    got, expected = function(**signals, **memory), plain(text)(**signals, **memory)
    assert type(got) is tuple
    assert len(got) == len(expected)
    for ours, theirs in zip(flat(got), flat(expected), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_a_keyword_that_the_reward_does_not_take_is_named() -> None:
    function = load_reward(FORWARD)
    with pytest.raises(RewardError, match="no 'speed'"):
        function(**MOVING, speed=MOVING["height"])
    with pytest.raises(RewardError, match="two ways"):
        function(MOVING, height=MOVING["height"])  # pyright: ignore[reportCallIssue, reportArgumentType]
    with pytest.raises(RewardError, match="not given: height, action"):
        function(x_velocity=MOVING["x_velocity"])


@pytest.mark.parametrize(("text", "signals"), TEXTS)
@pytest.mark.parametrize(
    "copied",
    [
        lambda function: pickle.loads(pickle.dumps(function)),
        lambda function: cloudpickle.loads(cloudpickle.dumps(function)),
        copy.copy,
        copy.deepcopy,
    ],
)
def test_a_copy_pays_the_same(text: str, signals: dict[str, Any], copied: Callable[[Any], Any]) -> None:
    for strict in (False, True):
        function = load_reward(text, strict=strict)
        memory = function.initial_memory(ROWS) if function.source.uses_memory else None
        before, after = function(signals, memory), copied(function)(signals, memory)
        for ours, theirs in zip(flat(after), flat(before), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_a_pickled_reward_is_checked_again() -> None:
    data = pickle.dumps(load_reward(FORWARD))
    with pytest.raises(RewardError):
        pickle.loads(data.replace(b"np.sum", b"np.sin"))


@pytest.mark.parametrize(("text", "signals"), TEXTS)
def test_jax_traces_it_in_either_form(text: str, signals: dict[str, Any]) -> None:
    import jax

    function = load_reward(text, library="jax")
    expected = flat(load_reward(text)(**signals, **memory_of(load_reward(text))))
    memory = memory_of(function)
    for got in (jax.jit(function)(signals, *memory.values()), jax.jit(function)(**signals, **memory)):
        for ours, theirs in zip(flat(got), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def compiled_alike(text: str, signals: dict[str, Any]) -> None:
    import torch

    torch._dynamo.reset()
    function = load_reward(text, library="torch")
    tensors = {name: torch.from_numpy(array) for name, array in signals.items()}
    memory = memory_of(function)
    expected = function(**tensors, **memory)
    compiled = torch.compile(function, backend="eager", fullgraph=True)
    for got in (compiled(tensors, *memory.values()), compiled(**tensors, **memory)):
        for ours, theirs in zip(flat(got), flat(expected), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("text", "signals"), TEXTS)
def test_torch_compiles_it_whole_in_either_form(text: str, signals: dict[str, Any]) -> None:
    compiled_alike(text, signals)


@pytest.mark.slow
@pytest.mark.parametrize("name", every_task())
def test_torch_compiles_the_rewards_that_come_along(name: str) -> None:
    task = find_task(name)
    signals = {s.name: RNG.uniform(0.1, 0.9, (ROWS, *s.shape)).astype(s.dtype) for s in task.all_signals}
    for text in [task.reference, *task.hacks.values()]:
        if text != "native":
            wanted = load_reward(text).source.arguments
            compiled_alike(text, {name: signals[name] for name in wanted})
