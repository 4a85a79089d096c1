"""Where environments are stepped: in several processes where that pays and is safe, with the same results."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from stepped_envs import HOME

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.resources import ONE_THREAD
from eureka_agent.rewards.reward import Native
from eureka_agent.tasks import find_task
from eureka_agent.training.backend import Backend
from eureka_agent.training.job import TrainingJob
from eureka_agent.training.population.backend import PopulationBackend
from eureka_agent.training.sb3.backend import Sb3Backend
from eureka_agent.training.trainers import drive

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")

CHOICE = """
import _thread, os, time
from dataclasses import replace
from stepped_envs import take_time, walking
from eureka_agent.training.simulators import SimulatorFactory
task = walking(take_time)
{before}
worlds = SimulatorFactory(task, processes={processes}).make([1, 2, 3])
worlds.reset()
pids = set(worlds.state["pid"].tolist())
print(len(pids), os.getpid() in pids)
"""


@pytest.mark.parametrize(
    ("before", "processes", "told"),
    [
        ("", 2, "2 False"),
        ("", 1, "1 True"),
        # A thread that Python's `threading` knows nothing of, as native libraries start them.
        ("_thread.start_new_thread(time.sleep, (1000,))", 2, "1 True"),
    ],
)
def test_slow_steps_go_into_processes_where_a_fork_is_safe(before: str, processes: int, told: str) -> None:
    here = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(Path(__file__).parent)}
    code = CHOICE.format(before=before, processes=processes)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=here, check=False)
    assert done.stdout.strip() == told, done.stderr


@pytest.mark.parametrize("backend", [PopulationBackend, Sb3Backend])
def test_trainings_learn_the_same_in_one_process_and_in_several(
    backend: type[PopulationBackend | Sb3Backend], tmp_path: Path
) -> None:
    if backend is Sb3Backend:
        pytest.importorskip("stable_baselines3")
    task = find_task(env="stepped_envs:slow", max_episode_steps=20)
    budget = replace(task.budget, checkpoints=2, eval_episodes=2, wall_s=300.0)
    task = replace(task, budget=budget, algorithm={"n_envs": 4, "n_steps": 16, "batch_size": 32})
    found, stepping = [], []
    for cores in (1, 2):
        home = tmp_path / str(cores) / HOME
        with RewardSandbox() as sandbox:
            made: Backend = backend(sandbox)
            driver = drive(made, scratch=home, parallel=cores, stop=threading.Event())
            job = TrainingJob("own", "search", 0, 1, Native(), tmp_path / str(cores) / "own", 128)
            (outcome,) = driver.train(task, [job], on_start=lambda _: None, on_outcome=lambda *_: None)
            driver.close()
        assert isinstance(outcome, Evaluation), outcome
        found.append(replace(outcome, wall_s=0.0))
        stepping.append(len(list(home.glob("pid-*"))))
    assert found[0] == found[1]
    assert np.isfinite(found[0].fitness)
    assert stepping[0] == 1
    assert stepping[1] > 2
