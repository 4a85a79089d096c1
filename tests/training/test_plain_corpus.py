"""Every shipped reward, and every recorded one of a language model, is one with its plain file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from bundled_tasks import every_task

from eureka_agent.design.reply import extract_reward
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.rewards.saved import Header, reward_bytes
from eureka_agent.tasks.registry import find_task, list_tasks
from eureka_agent.training.audit import AS_PLAIN, pay_again
from eureka_agent.training.reward_sample import RewardSample
from eureka_agent.trajectories import TrajectoryBatch, inspect_environment

REPLIES = Path(__file__).parents[2] / "benchmarks" / "data" / "replies"
HEADER = Header("A title", {"Task": "words"})


@cache
def recorded_rewards(task: str) -> list[str]:
    """Return the sources in the recordings of a task."""
    found = []
    for path in [REPLIES / f"{task}.jsonl", REPLIES / f"{task}_again.jsonl"]:
        if not path.exists():
            continue
        lines = [json.loads(line) for line in path.read_text().split("\n") if line]
        sources = [extract_reward(line["reply"]).source for line in lines if "reply" in line]
        found += [source for source in sources if source is not None]
    return found


@cache
def transitions(task: str) -> TrajectoryBatch:
    return inspect_environment(find_task(task), seed=0)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RewardSandbox]:
    with RewardSandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", every_task())
def test_plain_files_pay_what_loaded_rewards_pay(name: str, sandbox: RewardSandbox) -> None:
    task, recording = find_task(name), transitions(name)
    shipped = [*task.hacks.values(), *([] if task.reference == "native" else [task.reference])]
    for source in [*shipped, *recorded_rewards(name)]:
        text = reward_bytes(source, HEADER).decode()
        saved = Coded(text)
        signals = {signal: recording.signals[signal] for signal in saved.parsed.arguments}
        steps = RewardSample(signals, recording.first, np.zeros(recording.first.shape), {})
        loaded, plain = (
            pay_again(saved, steps, task=task, sandbox=sandbox, plain=plain) for plain in (False, True)
        )
        assert loaded.components.keys() == plain.components.keys(), source
        assert not AS_PLAIN.broken(loaded.reward, plain.reward), source
        for component, values in loaded.components.items():
            assert not AS_PLAIN.broken(values, plain.components[component]), (component, source)


def test_the_corpus_is_not_empty() -> None:
    assert sum(len(recorded_rewards(summary.name)) for summary in list_tasks()) > 100
