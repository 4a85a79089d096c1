"""A new task folder: what its comments propose works when it is uncommented, wherever it is started."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.scaffold import write_task
from eureka_agent.training.inspecting import record_transitions

ENVIRONMENTS = ["CartPole-v1", "Pendulum-v1", "FrozenLake-v1", "fake_envs:nested", "fake_envs:late"]


def uncommented(text: str, function: str) -> str:
    """Return a task.py with the commented example of one function made real."""
    block = re.search(rf"# def {function}\(.*\n(?:#     .*\n)+", text)
    assert block is not None
    return text + "\n\n" + re.sub(r"^# ?", "", block.group(), flags=re.MULTILINE)


@pytest.mark.parametrize("env_id", ENVIRONMENTS)
@pytest.mark.parametrize(("function", "reduce"), [("fitness_step", "sum"), ("fitness_episode", "episode")])
def test_the_commented_fitness_scores_episodes(
    tmp_path: Path, env_id: str, function: str, reduce: str
) -> None:
    folder = write_task("fresh", env_id=env_id, goal="Do well.", folder=tmp_path)
    code, words = folder / "task.py", folder / "task.toml"
    code.write_text(uncommented(code.read_text(), function))
    words.write_text(words.read_text().replace('reduce = "native_return"', f'reduce = "{reduce}"'))
    task = find_task(folder)
    recorded = record_transitions(task, seed=0).trajectories
    for trajectory in recorded[:3]:
        signals = dict(trajectory.signals)
        if task.fitness_step is not None:
            assert np.shape(task.fitness_step(signals)) == (trajectory.length,)
        else:
            assert task.fitness_episode is not None
            assert isinstance(task.fitness_episode(signals), float)


@pytest.mark.parametrize("env_id", ENVIRONMENTS)
def test_the_commented_events_say_something_of_every_world(tmp_path: Path, env_id: str) -> None:
    folder = write_task("fresh", env_id=env_id, goal="Do well.", folder=tmp_path)
    code = folder / "task.py"
    code.write_text(uncommented(code.read_text(), "events"))
    task = find_task(folder)
    assert task.events is not None
    recorded = record_transitions(task, seed=0).trajectories[0]
    for holds in task.events(dict(recorded.signals)).values():
        assert np.shape(holds) == (recorded.length,)


def test_a_factory_of_the_working_folder_is_found_from_anywhere(tmp_path: Path) -> None:
    work, other = tmp_path / "work", tmp_path / "other"
    work.mkdir()
    other.mkdir()
    (work / "own_envs.py").write_text(
        "import gymnasium\n\n\ndef make():\n    return gymnasium.make('CartPole-v1')\n"
    )
    written = (
        "from pathlib import Path; from eureka_agent import write_task\n"
        "print(write_task('fresh', env_id='own_envs:make', goal='g', folder=Path('mine')).resolve())"
    )
    found = "import sys, eureka_agent; print(eureka_agent.find_task(sys.argv[1]).name)"
    # Without -c's own entry in the path: as the console script runs.
    python = [sys.executable, "-P", "-c"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    folder = subprocess.check_output([*python, written], cwd=work, env=environment, text=True).strip()
    assert 'path = "../.."' in (Path(folder) / "task.toml").read_text()
    assert (
        subprocess.check_output([*python, found, folder], cwd=other, env=environment, text=True) == "fresh\n"
    )
