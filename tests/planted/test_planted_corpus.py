"""The corpus is what it says: valid rewards, in pairs, of every family on every kind of task."""

from __future__ import annotations

from collections import Counter

import pytest
from planted_corpus import FAMILIES, KINDS, SOURCES, Planted, kind_of, load_planted
from planted_judging import checked

from eureka_agent.critique.critic import refused
from eureka_agent.rewards.comments import without_comments
from eureka_agent.tasks.registry import find_task

REWARDS = load_planted()
NAMED = {reward.name: reward for reward in REWARDS}


def test_every_file_is_labelled_and_every_label_has_a_file() -> None:
    assert {path.stem for path in SOURCES.glob("*.py")} == set(NAMED)
    assert len(NAMED) == len(REWARDS) >= 84


def test_twins_differ_and_lie_in_different_halves() -> None:
    middle = len(REWARDS) // 2
    for reward in REWARDS:
        twin = NAMED[reward.twin]
        assert (twin.twin, twin.task, twin.faulty) == (reward.name, reward.task, not reward.faulty)
        assert twin.source != reward.source, reward.name
        places = {REWARDS.index(reward) < middle, REWARDS.index(twin) < middle}
        assert len(places) == 2, reward.name


def test_every_kind_of_task_has_two_pairs_of_every_family() -> None:
    kinds = {task: kind_of(find_task(task)) for task in {reward.task for reward in REWARDS}}
    pairs = Counter((kinds[reward.task], reward.family) for reward in REWARDS if reward.faulty)
    assert pairs == {(kind, family): 2 for kind in KINDS for family in FAMILIES}


def test_missing_comments_are_missing_and_others_are_there() -> None:
    for reward in REWARDS:
        assert (without_comments(reward.source) is None) == (reward.comments == "missing"), reward.name


def test_no_source_tells_its_label() -> None:
    words = ("fault", "bug", "sound", "planted", "wrong", "broken", "twin")
    assert [r.name for r in REWARDS if any(word in r.source.lower() for word in words)] == []


@pytest.mark.parametrize("task", sorted({reward.task for reward in REWARDS}))
def test_the_critic_refuses_none(task: str) -> None:
    mine: list[Planted] = [reward for reward in REWARDS if reward.task == task]
    for name, stages in checked(task, mine).items():
        assert not any(refused(findings) for findings in stages.values()), (name, stages)
