"""What tells tasks apart, and what a log keeps of a reference."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from pathlib import Path

import gymnasium as gym
import pytest

from eureka_agent.errors import TaskError
from eureka_agent.resources import bundled_folders
from eureka_agent.tasks.identity import SCORED_ALIKE, is_same_task, journalled_ref, task_digest, told_by
from eureka_agent.tasks.registry import find_task, load_task
from eureka_agent.tasks.task import TaskRef


def test_a_log_keeps_references_but_of_a_constructor_only_its_digest() -> None:
    for task in (find_task("cartpole"), find_task("gym:CartPole-v1", goal="g")):
        assert journalled_ref(task.ref) == task.ref
    ref = find_task("mine", env=lambda: gym.make("CartPole-v1"), goal="g").ref
    assert ref.kind == "pickled"
    kept = journalled_ref(ref)
    digest = hashlib.sha256(base64.b64decode(ref.value)).hexdigest()
    assert kept == TaskRef("constructor", f"sha256:{digest}", {"name": "mine", "goal": "g"})


def test_the_digest_of_a_task_is_that_of_earlier_versions() -> None:
    task = find_task("gym:CartPole-v1", goal="g")
    words = json.dumps(["gym", "cartpole_v1", "g", {"goal": "g"}], sort_keys=True)
    assert task_digest(task) == hashlib.sha256(words.encode()).hexdigest()[:16]


def test_a_constructor_has_one_digest_however_it_is_given() -> None:
    given = find_task("mine", env=lambda: gym.make("CartPole-v1"))
    named = find_task("mine", env="fake_envs:well_behaved", goal=given.description)
    kept = journalled_ref(given.ref)
    assert task_digest(given) == task_digest(given, kept) == task_digest(named, kept)
    assert task_digest(named) != task_digest(given)


@pytest.mark.parametrize("kind", ["constructor", "shell"])
def test_what_cannot_be_found_by_its_name_is_not_loaded(kind: str) -> None:
    with pytest.raises(TaskError, match="its task was not loaded"):
        load_task(TaskRef(kind, "sha256:00"))  # type: ignore[arg-type]


def test_words_and_numbers_are_told_apart_from_what_builds() -> None:
    assert told_by({"goal": "g", "path": "/x", "kwargs": {"a": 1}, "env_steps": 3}) == {
        "goal": "g",
        "env_steps": 3,
    }


def test_runs_from_before_edits_that_touch_no_score_are_of_the_same_task() -> None:
    now = {task_digest(find_task(name)) for name in ("pendulum", "hopper_backflip", "half_cheetah_backward")}
    assert now <= set(SCORED_ALIKE.values()), (
        "an edited task is another: list its digests if scores are alike"
    )
    for before, after in SCORED_ALIKE.items():
        assert is_same_task(before, after)
        assert not is_same_task(after, before)
        assert not is_same_task(before, "0" * 16)


def test_naming_safety_signals_makes_no_other_task(tmp_path: Path) -> None:
    folder = shutil.copytree(bundled_folders("envs")[0] / "pendulum", tmp_path / "pendulum")
    before = find_task(str(folder))
    text = (folder / "task.toml").read_text()
    assert 'safety_signals = ["torque"]\n' in text
    (folder / "task.toml").write_text(text.replace('safety_signals = ["torque"]\n', ""))
    after = find_task(str(folder))
    assert (before.safety_signals, after.safety_signals) == (("torque",), ())
    assert task_digest(before) == task_digest(after)
