"""What may be said over the channel, and that it arrives as it was said."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from eureka_agent.intrinsic.captioning.captions import LONGEST
from eureka_agent.isolation.messages import MalformedMessageError
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import TaskRef
from eureka_agent.training.conversation import MAX_FROM_CHILD
from eureka_agent.training.protocol import (
    Asked,
    AskedQuestion,
    CheckpointReached,
    DeviceRequest,
    DoesNotFit,
    Failed,
    Finished,
    FromChild,
    JobRequest,
    RaceRequest,
    TracedRewardFile,
    TrainRequest,
    WorkerReward,
    from_child,
    to_json,
)


def job(name: str, reward: Any) -> JobRequest:
    return JobRequest(
        job=name, folder=Path("/run/x"), stage="search", replicate=0, seed=2**63 + 5, kind="source",
        reward=reward, first_fd=4, fds=4,
    )  # fmt: skip


def test_a_request_arrives_as_it_was_made() -> None:
    task = find_task("cartpole")
    request = TrainRequest(
        task=TaskRef("gym", "Ant-v5", {"kwargs": {"healthy_z_range": [0.2, math.inf]}}),
        budget=task.budget,
        algorithm=dict(task.algorithm),
        jobs=(
            job("a", WorkerReward(handle={"layout": [1, 2]})),
            job("b", TracedRewardFile(source="def f(): ...", module=Path("/run/m"), components=("x",))),
            job("c", None),
        ),
        env_steps=1000,
        threads=2,
        cache=Path("/cache"),
        race=RaceRequest(ended=(("0-00", ((1.0, 0.1), (2.0, 0.2))),), members=3),
        preferences={"features": {"features": [], "centre": [], "scale": []}, "weights": []},
        device=DeviceRequest(platform="cpu", worlds=4),
    )
    assert TrainRequest.model_validate(json.loads(json.dumps(to_json(request)))) == request


@pytest.mark.parametrize(
    "message",
    [
        CheckpointReached(job="0-00/search-0", checkpoint=3, env_steps=1024, fitness=-1.5, error=0.25),
        Finished(job="0-00/search-0"),
        Failed(job="reference/confirm-2"),
        DoesNotFit(fitting=3),
        Asked(
            job="0-00/search-0",
            questions=(
                AskedQuestion(captions=("\U0001f6aa" * LONGEST, "\U0001fa99" * LONGEST), variant="v" * 64),
            ),
        ),
    ],
)
def test_what_a_child_says_arrives_as_it_was_said(message: FromChild) -> None:
    body = json.dumps(to_json(message))
    assert len(body) < MAX_FROM_CHILD
    assert from_child(json.loads(body)) == message


REACHED = {
    "type": "checkpoint_reached",
    "job": "a",
    "checkpoint": 0,
    "env_steps": 1,
    "fitness": 1.0,
    "error": 0.0,
}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"type": "train"},
        {"type": "finished"},
        {"type": "finished", "job": 3},
        {"type": "finished", "job": "a", "evaluation": {"fitness": 1e9}},
        {"type": "does_not_fit", "fitting": 0},
        {"type": "does_not_fit", "fitting": "1"},
        {**REACHED, "checkpoint": -1},
        {**REACHED, "checkpoint": 1.5},
        {**REACHED, "env_steps": 10**20},
        {**REACHED, "fitness": math.nan},
        {**REACHED, "error": math.inf},
        {**REACHED, "error": -1.0},
        {**REACHED, "fitness": "high"},
        {"type": "asked", "job": "a", "questions": []},
        {"type": "asked", "job": "a", "questions": [{"captions": []}]},
        {"type": "asked", "job": "a", "questions": [{"captions": [""]}]},
        {"type": "asked", "job": "a", "questions": [{"captions": ["a", "b", "c"]}]},
        {"type": "asked", "job": "a", "questions": [{"captions": ["x" * (LONGEST + 1)]}]},
        {"type": "answered", "job": "a", "captions": ["x"], "value": 1.0},
    ],
)
def test_nothing_else_is_a_message(said: dict[str, Any]) -> None:
    with pytest.raises(MalformedMessageError, match="no message of a trainer"):
        from_child(said)
