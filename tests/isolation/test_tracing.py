"""Tracing happens in a contained child of its own, and means what the NumPy worker computes."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
from sandbox_helpers import ENDLESS, MEMORY, descendants, eventually, layout, signals

pytest.importorskip("jax", reason="needs jax: pip install 'eureka-agent[gpu]'")
pytest.importorskip("flatbuffers", reason="needs flatbuffers: pip install 'eureka-agent[gpu]'")

from eureka_agent.errors import RewardError, WorkerTimeoutError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.isolation.tracing import RewardTracer
from eureka_agent.rewards.jax_export import SignalShape
from eureka_agent.rewards.jax_program import DeviceReward, admit
from eureka_agent.rewards.source import parse_reward
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.results import layout_for
from eureka_agent.trajectories import inspect_environment

SHAPES = [("x", (), "float32"), ("action", (2,), "float32"), ("kind", (3, 3), "int32")]


@pytest.fixture(scope="module")
def tracer() -> Iterator[RewardTracer]:
    with RewardTracer() as started:
        yield started


def taken_in(tracer: RewardTracer, text: str, shapes: list[SignalShape]) -> DeviceReward:
    made = tracer.trace(text, shapes)
    return admit(made.module, parse_reward(text), made.components, shapes)


def test_a_tracing_child_is_contained_though_it_has_threads(tracer: RewardTracer) -> None:
    report = tracer.report
    assert report.contained
    assert {layer.name for layer in report.layers if layer.held} >= {"no_new_privs", "rlimits", "seccomp"}
    assert {attempt.name: attempt.denied for attempt in report.attempts}["start a process"]


def shipped(name: str) -> list[tuple[Task, str]]:
    task = find_task(name)
    texts = [task.reference, *task.hacks.values()]
    return [(task, text) for text in texts if text != "native"]


@pytest.mark.parametrize("name", ["cartpole", "pendulum", "hopper"])
def test_a_traced_reward_equals_the_worker_on_recorded_transitions(tracer: RewardTracer, name: str) -> None:
    if name == "hopper":
        pytest.importorskip("mujoco")
    cases = shipped(name)
    recording = inspect_environment(cases[0][0], seed=3, steps=256)
    given = {key: array[:, 0] for key, array in recording.signals.items()}
    rows = len(next(iter(given.values())))
    with RewardSandbox() as sandbox:
        for task, text in cases:
            arguments = list(parse_reward(text).arguments)
            shapes = [SignalShape(s.name, s.shape, s.dtype) for s in task.all_signals]
            worker = sandbox.spawn(text, layout_for(task, arguments, rows))
            expected = worker.compute(given)
            worker.close()
            output = taken_in(tracer, text, shapes)(given, {})
            np.testing.assert_allclose(output.reward, expected.reward, rtol=1e-4, atol=1e-5)
            assert list(output.components) == list(expected.components)
            for key, array in expected.components.items():
                np.testing.assert_allclose(output.components[key], array, rtol=1e-4, atol=1e-5)


def test_memory_equals_the_worker_over_episodes(tracer: RewardTracer) -> None:
    given = signals(6, 3)
    resets = np.zeros((6, 3), bool)
    resets[0] = resets[2, 1] = resets[5, 0] = True
    reward = taken_in(tracer, MEMORY, [SignalShape(*shape) for shape in SHAPES])
    with RewardSandbox() as sandbox:
        worker = sandbox.spawn(MEMORY, layout())
        expected = worker.compute_rollout(given, resets=resets).reward
        worker.close()
    fresh, memory, got = reward.initial_memory(3), reward.initial_memory(3), []
    for t in range(6):
        memory = {name: np.where(resets[t], fresh[name], array) for name, array in memory.items()}
        output = reward({"x": given["x"][t]}, memory)
        memory = output.memory or {}
        got.append(output.reward)
    np.testing.assert_allclose(np.stack(got), expected, rtol=1e-5)


def test_what_does_not_end_costs_a_child_and_no_more(tracer: RewardTracer) -> None:
    before = descendants(os.getpid())
    with pytest.raises(WorkerTimeoutError, match="not traced within 1 s"):
        tracer.trace(ENDLESS, SHAPES, timeout_s=1.0)
    assert eventually(lambda: not descendants(os.getpid()) - before)
    assert tracer.trace(MEMORY, SHAPES).components == ("gain", "steps")


def test_errors_name_the_rewards_own_line(tracer: RewardTracer) -> None:
    text = "import numpy as np\ndef compute_reward(x):\n    y = x[:, 0]\n    return y, {'y': y}\n"
    with pytest.raises(RewardError, match="Line 3 of the reward"):
        tracer.trace(text, SHAPES)
