"""Environments of installed packages are found, or the import that is missing is said."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import gymnasium as gym
import pytest

from eureka_agent.errors import TaskError
from eureka_agent.tasks import find_task, list_tasks, write_task
from eureka_agent.tasks.registry import environment_ref, missing_packages

SOURCE = """
import gymnasium as gym

ENTRY = "gymnasium.envs.classic_control:CartPoleEnv"


def register_all():
    for size in ("Small", "Large"):
        gym.register(f"{name}{{size}}-v3", entry_point=ENTRY, max_episode_steps=50)


{at_import}
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """A folder of packages that can be imported; what they register is forgotten."""
    known = dict(gym.registry)
    sys.path.insert(0, str(tmp_path))
    yield tmp_path
    sys.path.remove(str(tmp_path))
    for name in {*gym.registry} - {*known}:
        del gym.registry[name]


def install(site: Path, package: str, name: str, *, at_import: str = "", entry_points: str = "") -> None:
    (site / package).mkdir()
    (site / package / "__init__.py").write_text(SOURCE.format(name=name, at_import=at_import))
    about = site / f"{package}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\nRequires-Dist: gymnasium>=1.0\n"
    )
    (about / "RECORD").write_text(f"{package}/__init__.py,,\n")
    (about / "entry_points.txt").write_text(entry_points)


def test_an_id_whose_package_is_not_imported_names_the_import(site: Path) -> None:
    install(site, "quiet_envs", "Quiet", at_import="register_all()")
    with pytest.raises(TaskError, match="unless the package 'quiet_envs' is imported") as caught:
        find_task("gym:QuietSmall-v3")
    assert "gym:quiet_envs:QuietSmall-v3" in caught.value.fix
    assert "quiet_envs" not in sys.modules, "to search a package is not to run it"


@pytest.mark.parametrize("typed", ["gym:named_envs:NamedLarge-v3", "named_envs:NamedLarge-v3"])
def test_an_id_after_its_module_is_accepted_everywhere(site: Path, tmp_path: Path, typed: str) -> None:
    install(site, "named_envs", "Named", at_import="register_all()")
    assert find_task(typed).max_episode_steps == 50
    assert find_task(env=typed).max_episode_steps == 50
    made = write_task("mine", env_id=typed, goal="Stay up.", folder=tmp_path / "envs")
    assert find_task(made).env_id == "named_envs:NamedLarge-v3"
    sys.modules.pop("named_envs")


def test_entry_points_for_environments_are_asked(site: Path) -> None:
    points = "[gymnasium.envs.__root__]\npointing = pointing_envs:register_all\n"
    install(site, "pointing_envs", "Pointing", entry_points=points)
    assert find_task("gym:PointingSmall-v3").max_episode_steps == 50


def test_an_id_that_nobody_has_brings_the_nearest() -> None:
    with pytest.raises(TaskError, match="Did you mean 'CartPole-v1'"):
        find_task("gym:CartPol-v1")


def test_what_ends_in_a_version_is_an_id_and_all_else_a_function() -> None:
    assert environment_ref("pkg.envs:My-Env-v12").kind == "gym"
    assert environment_ref("pkg.envs:make_v1").kind == "factory"


NEEDY = """
description = "d"
reference = "native"
[environment]
id = "CartPole-v1"
packages = {packages}
extra = "nethack"
[[signals]]
name = "obs"
shape = [4]
[fitness]
summary = "s"
reduce = "native_return"
"""


def needy(tmp_path: Path, packages: str) -> Path:
    folder = tmp_path / "envs" / "needy"
    folder.mkdir(parents=True)
    (folder / "task.toml").write_text(NEEDY.replace("{packages}", packages))
    (folder / "task.py").write_text(
        "def initial_signals(state):\n    return {'obs': state['obs']}\n\n\n"
        "def signals(before, action, after):\n    return {'obs': after['obs']}\n"
    )
    return tmp_path / "envs"


@pytest.mark.parametrize(
    ("packages", "words"),
    [
        ('["no-such-package>=1.3"]', "the package 'no-such-package'"),
        ('["numpy>=99.1"]', r"numpy 99.1 or newer \([\d.]+ is installed\)"),
        ('["numpy>=1", "no-such-a", "no-such-b"]', "the package 'no-such-a' and the package 'no-such-b'"),
    ],
)
def test_a_task_without_its_packages_is_listed_and_says_what_to_install(
    tmp_path: Path, packages: str, words: str
) -> None:
    envs = needy(tmp_path, packages)
    told = rf"{words} \(pip install 'eureka-agent\[nethack\]'\)"
    (task,) = [task for task in list_tasks(envs=envs) if task.name == "needy"]
    assert re.fullmatch(told, task.missing)
    assert missing_packages([task]) == [f"Without {task.missing} these cannot be used: needy."]
    with pytest.raises(TaskError, match=rf"^Task 'needy' needs {told}\.$"):
        find_task("needy", envs=envs)


def test_a_task_with_its_packages_is_like_any_other(tmp_path: Path) -> None:
    envs = needy(tmp_path, '["numpy>=2", "gymnasium"]')
    assert next(task for task in list_tasks(envs=envs) if task.name == "needy").missing == ""
    assert find_task("needy", envs=envs).max_episode_steps == 500


def test_a_package_that_is_not_one_is_a_mistake_in_the_file(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match=r"environment.packages: .*a package is written `name`"):
        find_task("needy", envs=needy(tmp_path, '["nle==1.3; rm"]'))
