"""Environments in several processes give what they give in one, and their processes end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from stepped_envs import die, leave, lose, note_pids, walking

from eureka_agent.errors import TaskError
from eureka_agent.tasks import GymWorlds
from eureka_agent.tasks.task import Task
from eureka_agent.training.simulators.env_processes import EnvServer

SEEDS = [5, 6, 7, 8, 9, 10, 11]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")


@contextmanager
def stepped_in(task: Task, processes: int) -> Iterator[GymWorlds]:
    server = EnvServer(task, task.make_env())
    try:
        with GymWorlds(task, len(SEEDS), SEEDS, envs=server.make(SEEDS, processes)) as worlds:
            yield worlds
    finally:
        server.close()


def actions(step: int, worlds: int) -> np.ndarray:
    return np.random.default_rng(step).uniform(-1.5, 1.5, (worlds, 2)).astype(np.float32)


def transcript(worlds: GymWorlds) -> Iterator[dict[str, np.ndarray]]:
    """Yield everything that worlds show, bit for bit, through resets and with fewer worlds in the end."""
    yield {"policy_obs": worlds.reset(), **worlds.state}
    for step in range(30):
        if step == 20:
            worlds.retain(np.array([0, 2, 5, 6]))
        told = worlds.step(actions(step, worlds.num_envs))
        arrays = {name: getattr(told, name) for name in ("policy_obs", "final_policy_obs", "native_reward")}
        flags = {"terminated": told.terminated, "truncated": told.truncated, "first": told.first}
        before = {f"after {name}": array for name, array in worlds.final_state.items()}
        yield arrays | flags | told.signals | worlds.state | before


def test_the_number_of_processes_changes_no_bit() -> None:
    task = walking()
    assert task.late_info, "the test is to cover entries that only steps bring"
    alone = list(transcript(GymWorlds(task, len(SEEDS), SEEDS)))
    assert sum(step["terminated"].sum() for step in alone[1:]) > 5
    assert sum(step["truncated"].sum() for step in alone[1:]) > 5
    for processes in (1, 2, 3):
        with stepped_in(task, processes) as worlds:
            told = list(transcript(worlds))
        for mine, theirs in zip(alone, told, strict=True):
            assert mine.keys() == theirs.keys()
            for name in mine.keys() - {"pid", "after pid"}:
                assert mine[name].dtype == theirs[name].dtype
                np.testing.assert_array_equal(mine[name], theirs[name], err_msg=name)
        pids = set(told[0]["pid"].tolist())
        assert len(pids) == processes
        assert os.getpid() not in pids


def test_states_pass_from_processes_to_any_other_number_of_them() -> None:
    task = walking()
    with stepped_in(task, 3) as worlds, stepped_in(task, 2) as others:
        assert worlds.supports_snapshot
        worlds.reset()
        for step in range(5):
            worlds.step(actions(step, len(SEEDS)))
        chosen = np.array([6, 0, 3])
        others.reset()
        others.restore(worlds.snapshot(chosen), chosen)
        for step in range(20):
            mine, theirs = (each.step(actions(step, len(SEEDS))) for each in (worlds, others))
            np.testing.assert_array_equal(mine.policy_obs[chosen], theirs.policy_obs[chosen])
            np.testing.assert_array_equal(
                mine.signals["prev_jump"][chosen], theirs.signals["prev_jump"][chosen]
            )


@pytest.mark.parametrize(
    ("does", "words"),
    [
        (lose, r"^step\(\) of Walk raised KeyError: 'lost' at stepped_envs\.py:"),
        (leave, r"^step\(\) of Walk raised SystemExit: it called sys\.exit\(3\)"),
        (die, "process that stepped environments of .* ended without a word"),
    ],
)
def test_what_goes_wrong_there_is_told_here(does, words: str) -> None:
    with stepped_in(walking(does), 2) as worlds:
        worlds.reset()
        with pytest.raises(TaskError, match=words) as caught:
            worlds.step(actions(0, len(SEEDS)))
    assert caught.value.fix


def test_worlds_made_after_a_process_was_killed_are_stepped_by_another() -> None:
    task = walking(lambda env: die(env) if env.count == 1 else None)
    server = EnvServer(task, task.make_env())
    try:
        for _ in range(2):
            with GymWorlds(task, 2, [0, 1], envs=server.make([0, 1], 2)) as worlds:
                worlds.reset()
                worlds.step(actions(0, 2))
                with pytest.raises(TaskError, match="ended without a word"):
                    worlds.step(actions(1, 2))
    finally:
        server.close()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: set[int]) -> bool:
    return not any(alive(pid) for pid in pids)


def wait_until_gone(pids: set[int]) -> None:
    while not gone(pids):  # the test's own time limit is the last resort
        time.sleep(0.01)


def test_processes_end_when_worlds_are_closed_or_retained_no_more(tmp_path: Path) -> None:
    task = walking(note_pids(tmp_path))
    server = EnvServer(task, task.make_env())
    with GymWorlds(task, len(SEEDS), SEEDS, envs=server.make(SEEDS, 3)) as worlds:
        worlds.reset()
        worlds.step(actions(0, len(SEEDS)))
        first = set(worlds.final_state["pid"][:3].tolist())
        worlds.retain(np.array([3, 6]))
        wait_until_gone(first)
        worlds.step(actions(1, 2))
    wait_until_gone({int(file.name) for file in tmp_path.iterdir()})
    server.close()
    assert gone({server.pid})


ABANDONED = """
import os, sys, time
from stepped_envs import walking
from eureka_agent.training.simulators.env_processes import EnvServer
task = walking()
server = EnvServer(task, task.make_env())
envs = server.make([1, 2], 2)
print(server.pid, *envs.reset()["pid"], flush=True)
time.sleep(1000)
"""


def test_no_process_outlives_a_training_that_is_killed() -> None:
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    with subprocess.Popen([sys.executable, "-c", ABANDONED], stdout=subprocess.PIPE, env=here) as training:
        assert training.stdout is not None
        pids = {int(word) for word in training.stdout.readline().split()}
        assert len(pids) == 3
        assert not gone(pids)
        training.send_signal(signal.SIGKILL)
    wait_until_gone(pids)


HANGS = """
import threading
from stepped_envs import walking
from eureka_agent.tasks import guard, hanging
from eureka_agent.errors import TaskError
from eureka_agent.training.simulators.env_processes import EnvServer
guard.STEP_WALL_S = 0.01
task = walking(lambda env: threading.Event().wait())
envs = EnvServer(task, task.make_env()).make([1, 2], 2)
envs.reset()
hanging.end_process_if_hung(lambda error: print("given up:", error.what, flush=True), every_s=0.01)
try:
    envs.step([[0.0, 0.0], [0.0, 0.0]])
except TaskError as error:
    pass
threading.Event().wait()
"""


def test_a_training_is_given_up_where_a_step_hangs_in_another_process() -> None:
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", HANGS], capture_output=True, text=True, env=here, check=False
    )
    assert done.stdout.startswith("given up: step() of Walk has not returned for"), done.stderr
    assert done.returncode == 1
