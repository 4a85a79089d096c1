"""When candidates are evaluated, and which policy is kept."""

from __future__ import annotations

import pytest

from eureka_agent.training.schedule import BestCheckpoint, CheckpointSchedule


@pytest.mark.parametrize(
    ("env_steps", "checkpoints", "rollout", "expected"),
    [
        (1000, 4, 100, (300, 500, 800, 1000)),
        (1000, 4, 400, (400, 800, 1200)),
        (3, 10, 256, (256,)),
        (512, 2, 256, (256, 512)),
    ],
)
def test_checkpoints_come_at_the_end_of_rollouts(
    env_steps: int, checkpoints: int, rollout: int, expected: tuple[int, ...]
) -> None:
    schedule = CheckpointSchedule.of(env_steps, checkpoints=checkpoints, rollout=rollout)
    assert schedule.checkpoints == expected
    assert len(schedule) == len(expected)
    assert [steps for steps in range(2000) if schedule.due(steps)] == list(expected)
    assert schedule.end == expected[-1]
    assert schedule.over(schedule.end)
    assert not schedule.over(schedule.end - 1)


def test_of_equal_checkpoints_the_last_is_kept_and_no_other_policy_is_copied() -> None:
    copied: list[str] = []

    def policy(name: str) -> str:
        copied.append(name)
        return name

    best: BestCheckpoint[str] = BestCheckpoint()
    for index, (name, score) in enumerate([("a", 1.0), ("b", 3.0), ("c", 2.0), ("d", 3.0), ("e", -1.0)]):
        best.offer(index, 512 * (index + 1), score, lambda name=name: policy(name))
    assert best.kept is not None
    kept = best.kept
    assert (kept.index, kept.env_steps, kept.score, kept.policy) == (3, 2048, 3.0, "d")
    assert copied == ["a", "b", "d"]
