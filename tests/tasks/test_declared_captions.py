"""How a task file describes steps to an annotator, and that this touches nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from eureka_agent.errors import TaskError
from eureka_agent.resources import bundled_folders
from eureka_agent.tasks.identity import task_digest
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import CaptionPart

SPEED = """
[[captions]]
signal = "angular_velocity"
edges = [-4.0, 4.0]
words = ["turning left fast", "", "turning right fast"]
"""
ACTION = """
[[captions]]
signal = "action"
element = 0
edges = [0.0]
words = ["pushing left", "pushing right"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a task that declares no captions."""
    copied = shutil.copytree(bundled_folders("envs")[0] / "pendulum", tmp_path / "pendulum")
    text = (copied / "task.toml").read_text()
    (copied / "task.toml").write_text(text[: text.index("\n[[captions]]")])
    return copied


def write(folder: Path, added: str, before: str = "") -> None:
    """Put tables at the end of the task file, or before another one."""
    text = (folder / "task.toml").read_text()
    at = text.index(before) if before else len(text)
    (folder / "task.toml").write_text(text[:at] + added + text[at:])


def test_captions_are_data_of_the_task(folder: Path) -> None:
    write(folder, SPEED + ACTION)
    assert find_task(str(folder)).captions == (
        CaptionPart("angular_velocity", (-4.0, 4.0), ("turning left fast", "", "turning right fast")),
        CaptionPart("action", (0.0,), ("pushing left", "pushing right"), element=0),
    )


@pytest.mark.parametrize("before", ["", "[fitness]", "[budget]", "[[signals]]"])
def test_captions_make_no_other_task(folder: Path, before: str) -> None:
    bare = task_digest(find_task(str(folder)))
    write(folder, (SPEED + ACTION).lstrip("\n") + "\n" if before else SPEED + ACTION, before)
    assert find_task(str(folder)).captions
    assert task_digest(find_task(str(folder))) == bare


def test_a_mention_of_captions_hides_nothing_from_the_digest(folder: Path) -> None:
    """A line that looks like the table's header may stand in a text, and what follows it counts."""
    text = (folder / "task.toml").read_text()
    words = 'safety = """\n[[captions]]\nhold it still\n"""\n'
    said = [line for line in text.splitlines(keepends=True) if not line.startswith("safety =")]
    digests = set()
    for words_now in (words, words.replace("still", "up")):
        (folder / "task.toml").write_text(words_now + "".join(said))
        task = find_task(str(folder))
        assert not task.captions
        assert "[[captions]]" in task.safety
        digests.add(task_digest(task))
    assert len(digests) == 2


def test_shipped_tasks_keep_the_digests_of_before_they_had_captions() -> None:
    assert {name: task_digest(find_task(name)) for name in ("mountain_car", "pendulum", "hopper")} == {
        "mountain_car": "ff3a0e9d3b77ac49",
        "pendulum": "bb77f6b4fcb58804",
        "hopper": "c5c496f236970148",
    }


def test_a_task_that_extends_another_takes_its_captions_unless_it_has_own_ones(tmp_path: Path) -> None:
    base = find_task("mountain_car")
    assert base.captions
    assert find_task("mountain_car_weak").captions == base.captions
    for name in ("mountain_car", "mountain_car_weak"):
        shutil.copytree(bundled_folders("envs")[0] / name, tmp_path / name)
    write(tmp_path / "mountain_car_weak", SPEED.replace("angular_velocity", "prev_velocity"))
    own = find_task(str(tmp_path / "mountain_car_weak"))
    assert [part.signal for part in own.captions] == ["prev_velocity"]


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ("edges = [-4.0, 4.0]", "edges = [4.0, -4.0]", "ascend"),
        ("edges = [-4.0, 4.0]", "edges = [4.0]", "1 edges make 2 ranges, each with words, not 3"),
        ("edges = [-4.0, 4.0]", "edges = [-4.0, nan]", "finite"),
        ("edges = [-4.0, 4.0]", "edges = []", "at least 1"),
        ("angular_velocity", "velocity", "'velocity' is no signal of this task; it has angle"),
        ("angular_velocity", "action", "needs? an element"),
        ('"angular_velocity"', '"angle"\nelement = 0', "need no element"),
        ('"angular_velocity"', '"action"\nelement = 1', "has no element 1"),
        ("turning left fast", "turning\\nleft", "one line"),
        ("words =", "word =", "Did you mean 'words'"),
    ],
)
def test_captions_that_cannot_be_are_refused(folder: Path, was: str, becomes: str, complaint: str) -> None:
    assert was in SPEED
    write(folder, SPEED.replace(was, becomes))
    with pytest.raises(TaskError, match=complaint):
        find_task(str(folder))
