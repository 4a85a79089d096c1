from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sandbox_helpers import ENDLESS, HUGE, MEMORY, PLAIN, alive, descendants, eventually, layout, signals

from eureka_agent.errors import (
    RewardError,
    SandboxError,
    WorkerCrashedError,
    WorkerError,
    WorkerTimeoutError,
)
from eureka_agent.isolation import ForkServer, RewardSandbox, WorkerLimits
from eureka_agent.isolation.bubblewrap import find_bubblewrap
from eureka_agent.isolation.client import RewardWorker
from eureka_agent.rewards.loader import load_reward

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RewardSandbox]:
    with RewardSandbox() as started:
        yield started


def _expected(source: str, given: dict[str, np.ndarray]) -> np.ndarray:
    return np.asarray(load_reward(source)(given).reward, np.float32)


# --- computing


def test_a_reward_comes_back_with_its_components(sandbox: RewardSandbox):
    worker = sandbox.spawn(PLAIN, layout())
    given = signals(8)
    output = worker.compute(given)
    np.testing.assert_allclose(output.reward, _expected(PLAIN, given), rtol=1e-6)
    assert list(output.components) == ["x", "effort"]
    np.testing.assert_array_equal(output.components["x"], given["x"])
    assert output.reward.dtype == np.float32
    assert worker.arguments == ("x", "action")
    worker.close()


def test_answers_are_copies(sandbox: RewardSandbox):
    worker = sandbox.spawn(PLAIN, layout())
    first = worker.compute(signals(4, seed=1))
    kept = first.reward.copy()
    worker.compute(signals(4, seed=2))
    np.testing.assert_array_equal(first.reward, kept)
    worker.close()


def test_a_rollout_equals_its_steps(sandbox: RewardSandbox):
    worker = sandbox.spawn(PLAIN, layout())
    given = signals(5, 3)
    rollout = worker.compute_rollout(given, resets=np.zeros((5, 3), bool))
    steps = [worker.compute({name: values[t] for name, values in given.items()}).reward for t in range(5)]
    np.testing.assert_array_equal(rollout.reward, np.stack(steps))
    assert rollout.components["effort"].shape == (5, 3)
    worker.close()


def test_memory_agrees_between_steps_and_rollouts(sandbox: RewardSandbox):
    given = signals(6, 3)
    resets = np.zeros((6, 3), bool)
    resets[0] = resets[2, 1] = resets[5, 0] = True
    by_steps, by_rollouts = sandbox.spawn(MEMORY, layout()), sandbox.spawn(MEMORY, layout())
    steps = [by_steps.compute({"x": given["x"][t]}, resets=resets[t]) for t in range(6)]
    halves = [
        by_rollouts.compute_rollout({"x": given["x"][half]}, resets=resets[half])
        for half in (slice(0, 3), slice(3, 6))
    ]
    rewards = np.concatenate([half.reward for half in halves])
    np.testing.assert_array_equal(rewards, np.stack([step.reward for step in steps]))
    counted = np.concatenate([half.components["steps"] for half in halves])
    np.testing.assert_array_equal(counted[:, 1], [1, 2, 1, 2, 3, 4])
    np.testing.assert_array_equal(counted[:, 0], [1, 2, 3, 4, 5, 1])
    np.testing.assert_allclose(rewards[2, 1], given["x"][2, 1] + 1, rtol=1e-6)
    by_steps.close()
    by_rollouts.close()


def test_memory_belongs_to_its_worlds(sandbox: RewardSandbox):
    worker = sandbox.spawn(MEMORY, layout())
    worker.compute({"x": np.ones(4)})
    with pytest.raises(WorkerError, match="holds 4 rows and the request has 2"):
        worker.compute({"x": np.ones(2)})
    fresh = worker.compute({"x": np.ones(2)}, resets=np.ones(2, bool))
    np.testing.assert_array_equal(fresh.components["steps"], [1, 1])
    worker.close()


def test_an_asker_in_another_process_may_take_over(sandbox: RewardSandbox):
    worker = sandbox.spawn(PLAIN, layout())
    here = signals(4)
    expected = worker.compute(here).reward
    handle, fds = worker.handle()
    reader, writer = os.pipe()
    with ForkServer(entry="sandbox_entries:ask", env={"OPENBLAS_NUM_THREADS": "1"}) as trainers:
        given = {name: here[name].tolist() for name in worker.arguments}
        child = trainers.fork({"handle": json.loads(json.dumps(handle)), "signals": given}, [writer, *fds])
        assert trainers.wait(child, 10) == 0
    reward, names = json.loads(os.read(reader, 4096))
    os.close(reader)
    os.close(writer)
    np.testing.assert_array_equal(np.asarray(reward, np.float32), expected)
    assert names == ["x", "effort"]
    worker.close()


# --- what the reward does wrong


def test_a_reward_that_does_not_load_is_refused(sandbox: RewardSandbox):
    with pytest.raises(RewardError, match="import"):
        sandbox.spawn("import os\ndef compute_reward(x):\n    return x, {'x': x}\n", layout())
    with pytest.raises(RewardError, match="speed"):
        sandbox.spawn("def compute_reward(speed):\n    return speed, {'a': speed}\n", layout())
    with pytest.raises(RewardError, match="bytes"):
        sandbox.spawn("# long\n" * 20_000, layout())
    with pytest.raises(RewardError, match="forbidden-name"):
        sandbox.spawn("def compute_reward(x):\n    ｏｐｅｎ(x)\n    return x, {'x': x}\n", layout())
    with pytest.raises(RewardError):
        sandbox.spawn("", layout())


def test_an_exception_names_its_line(sandbox: RewardSandbox):
    source = "import numpy as np\ndef compute_reward(x):\n    y = x[:, 3]\n    return y, {'y': y}\n"
    worker = sandbox.spawn(source, layout())
    with pytest.raises(RewardError, match="Line 3 of the reward raised IndexError"):
        worker.compute(signals(4))
    with pytest.raises(RewardError, match="Line 3 of the reward"):
        worker.compute_rollout(signals(2, 2), resets=np.zeros((2, 2), bool))
    worker.close()


def test_nan_names_the_component_the_rows_and_the_inputs(sandbox: RewardSandbox):
    source = "import numpy as np\ndef compute_reward(x, action):\n    return x, {'root': np.sqrt(x)}\n"
    worker = sandbox.spawn(source, layout())
    x = np.array([1.0, 4.0, -2.5, -1.0], np.float32)
    with pytest.raises(RewardError) as caught:
        worker.compute({"x": x, "action": np.ones((4, 2))})
    assert "component 'root' is NaN in row 2 (2 bad values of 4)" in caught.value.what
    assert "Inputs of row 2: x = -2.5, action = [1, 1]" in caught.value.what
    assert caught.value.fix
    good = worker.compute({"x": np.abs(x), "action": np.ones((4, 2))})  # the worker lives on
    assert np.isfinite(good.reward).all()
    worker.close()


def test_names_that_no_terminal_or_file_can_hold_are_refused(sandbox: RewardSandbox):
    for name in ("\\x1b[2J", "\\ud800", "\\u202e", ""):
        worker = sandbox.spawn(f"def compute_reward(x):\n    return x, {{'{name}': x}}\n", layout())
        with pytest.raises(RewardError, match="printable"):
            worker.compute(signals(4))
        worker.close()


def test_wrong_shapes_are_named(sandbox: RewardSandbox):
    source = "import numpy as np\ndef compute_reward(x, action):\n    return action, {'x': x}\n"
    worker = sandbox.spawn(source, layout())
    with pytest.raises(RewardError, match=r"shape \(4, 2\)"):
        worker.compute(signals(4))
    worker.close()


def test_requests_that_do_not_fit_are_refused(sandbox: RewardSandbox):
    worker = sandbox.spawn(PLAIN, layout(capacity=4))
    with pytest.raises(WorkerError, match="lacks the signals"):
        worker.compute({"x": np.ones(4)})
    with pytest.raises(WorkerError, match="shape"):
        worker.compute(signals(5))
    with pytest.raises(WorkerError, match="'action' has shape"):
        worker.compute({"x": np.ones(4), "action": np.ones((4, 3))})
    worker.close()


def test_an_endless_loop_times_out_and_leaves_nothing(sandbox: RewardSandbox):
    worker = sandbox.spawn(ENDLESS, layout())
    before = descendants(os.getpid())
    started = time.monotonic()
    with pytest.raises(WorkerTimeoutError, match=r"0\.3 s"):
        worker.compute(signals(4), timeout_s=0.3)
    assert time.monotonic() - started < 20, "it would run for hours"
    sandbox.kill(worker)
    assert eventually(lambda: len(descendants(os.getpid())) < len(before))
    with pytest.raises(WorkerCrashedError):
        worker.compute(signals(4))


def test_a_busy_worker_dies_when_its_asker_lets_go(sandbox: RewardSandbox):
    before = descendants(os.getpid())
    worker = sandbox.spawn(ENDLESS, layout())
    own = descendants(os.getpid()) - before
    with pytest.raises(WorkerTimeoutError):
        worker.compute(signals(4), timeout_s=0.05)
    assert any(map(alive, own))
    worker.close()
    assert eventually(lambda: not any(map(alive, own)))


def test_limits_end_what_is_too_large_or_too_long():
    with RewardSandbox(limits=WorkerLimits(memory_bytes=2**27)) as sandbox:
        worker = sandbox.spawn(HUGE, layout())
        with pytest.raises(RewardError, match=r"Line 6 of the reward raised \w*MemoryError"):
            worker.compute(signals(4), timeout_s=60)
    with RewardSandbox(limits=WorkerLimits(cpu_s=1)) as sandbox:
        worker = sandbox.spawn(ENDLESS, layout())
        with pytest.raises(WorkerCrashedError, match="process ended"):
            worker.compute(signals(4), timeout_s=60)


# --- life and death


def test_a_killed_worker_is_reported_to_whoever_waits(sandbox: RewardSandbox):
    worker = sandbox.spawn(ENDLESS, layout())

    def kill() -> None:
        assert eventually(worker._lock.locked)  # once it waits
        sandbox.kill(worker)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(WorkerCrashedError, match="process ended"):
        worker.compute(signals(4), timeout_s=60)
    killer.join()


def test_closing_leaves_no_process_and_says_so_to_askers():
    before = descendants(os.getpid())
    with RewardSandbox() as sandbox:
        workers = [sandbox.spawn(PLAIN, layout()) for _ in range(3)]
        started = descendants(os.getpid()) - before
        assert len(started) >= 4
    assert eventually(lambda: not any(map(alive, started)))
    with pytest.raises(WorkerCrashedError):
        workers[0].compute(signals(2))
    with pytest.raises(WorkerCrashedError, match="fork server"):
        sandbox.spawn(PLAIN, layout())


@pytest.mark.parametrize("bwrap", ["auto", None])
def test_a_zygote_that_was_killed_is_started_again_and_tested(bwrap: str | None):
    with RewardSandbox(unsafe=True, bwrap=bwrap) as sandbox:
        before = sandbox.report
        lost = sandbox.spawn(PLAIN, layout())
        assert sandbox._server is not None
        pid = sandbox._server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: not _answers(sandbox) and _is_lost(lost))
        worker = sandbox.spawn(PLAIN, layout())
        sandbox.kill(lost)  # its pid may be the new worker's: only its own zygote may be told
        assert len(worker.compute(signals(2)).reward) == 2
        assert sandbox.report.backend == before.backend
        assert sandbox.report is not before


def _is_lost(worker: RewardWorker) -> bool:
    try:
        worker.compute(signals(2), timeout_s=60)
    except WorkerCrashedError:
        return True
    return False


def _answers(sandbox: RewardSandbox) -> bool:
    return sandbox._server is not None and sandbox._server.alive()


@pytest.mark.parametrize("bwrap", ["auto", None])
def test_everything_vanishes_when_the_asker_is_killed(bwrap: str | None):
    script = (
        "import sys, time\n"
        f"sys.path[:0] = [{str(Path(__file__).parent)!r}]\n"
        "from sandbox_helpers import *\n"
        "from eureka_agent.isolation import RewardSandbox\n"
        f"sandbox = RewardSandbox(bwrap={bwrap!r}); sandbox.start()\n"
        "workers = [sandbox.spawn(ENDLESS, layout()) for _ in range(2)]\n"
        "print('up', flush=True)\n"
        "workers[0].compute(signals(2), timeout_s=60)\n"
    )
    asker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert asker.stdout is not None
    assert asker.stdout.readline() == "up\n"
    below = descendants(asker.pid)
    asker.kill()
    asker.wait()
    asker.stdout.close()
    assert len(below) >= 3
    assert eventually(lambda: not any(map(alive, below)))


def test_no_environment_of_the_sandbox_holds_a_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-7")
    before = descendants(os.getpid())
    with RewardSandbox() as sandbox:
        worker = sandbox.spawn(PLAIN, layout())
        started = descendants(os.getpid()) - before
        environments = [Path(f"/proc/{pid}/environ").read_bytes() for pid in started]
        worker.close()
    assert len(environments) >= 2
    assert not any(b"canary" in environment for environment in environments)


def test_a_dead_trainer_frees_its_busy_worker(sandbox: RewardSandbox):
    worker = sandbox.spawn(ENDLESS, layout())
    before = len(descendants(os.getpid()))
    handle, fds = worker.handle()
    reader, writer = os.pipe()
    with ForkServer(entry="sandbox_entries:ask", env={"OPENBLAS_NUM_THREADS": "1"}) as trainers:
        child = trainers.fork({"handle": handle, "signals": {"x": [1.0]}, "hang": True}, [writer, *fds])
        worker.close()
        assert os.read(reader, 10) == b"asking"
        time.sleep(0.05)
        trainers.kill(child)
        assert trainers.wait(child, 5) == -signal.SIGKILL
    os.close(reader)
    os.close(writer)
    assert eventually(lambda: len(descendants(os.getpid())) < before)


# --- what a worker is, seen from outside


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


@pytest.mark.parametrize("bwrap", ["auto", None])
def test_the_zygote_has_one_thread_and_workers_have_nothing(bwrap: str | None):
    before = descendants(os.getpid())
    with RewardSandbox(bwrap=bwrap) as sandbox:
        outer = descendants(os.getpid()) - before
        workers = [sandbox.spawn(PLAIN, layout()) for _ in range(2)]
        inner = descendants(os.getpid()) - before - outer
        assert len(inner) == 2
        assert {_status(pid)["Threads"] for pid in outer | inner} == {"1"}
        for pid in inner:
            status = _status(pid)
            assert (status["NoNewPrivs"], status["Seccomp"], int(status["CapEff"], 16)) == ("1", "2", 0)
            assert Path(f"/proc/{pid}/oom_score_adj").read_text() == "1000\n"
        if os.geteuid() == 0:
            uids = {_status(pid)["Uid"] for pid in inner}
            assert len(uids) == 2
            assert not any("0" in uid.split() or str(os.getuid()) in uid.split() for uid in uids)
        for worker in workers:
            worker.close()


@pytest.mark.skipif(find_bubblewrap() is None, reason="bubblewrap is not installed")
def test_the_zygote_lives_in_namespaces_of_its_own():
    before = descendants(os.getpid())
    with RewardSandbox() as sandbox:
        worker = sandbox.spawn(PLAIN, layout())
        started = descendants(os.getpid()) - before
        for kind in ("net", "pid", "mnt", "ipc"):
            ours = os.readlink(f"/proc/self/ns/{kind}")
            theirs = {os.readlink(f"/proc/{pid}/ns/{kind}") for pid in started}
            assert len(theirs - {ours}) == 1, kind  # bubblewrap itself stays outside
        worker.close()


# --- the report


def test_the_self_test_reports_what_was_denied(sandbox: RewardSandbox):
    report = sandbox.report
    assert report.contained
    assert all(attempt.denied for attempt in report.attempts)
    assert [layer.name for layer in report.layers] == [
        "bubblewrap", "own uid", "rlimits", "no_new_privs", "landlock", "seccomp",
    ]  # fmt: skip
    assert json.loads(json.dumps(report.to_json()))["contained"] is True
    assert len(report.attempts) >= 11


def test_without_bubblewrap_the_other_layers_contain():
    with RewardSandbox(bwrap=None) as sandbox:
        layers = {layer.name: layer for layer in sandbox.report.layers}
        assert not layers["bubblewrap"].held
        assert sandbox.report.contained
        worker = sandbox.spawn(PLAIN, layout())
        assert worker.compute(signals(3)).reward.shape == (3,)
        worker.close()


def test_a_bubblewrap_that_fails_is_reported():
    with RewardSandbox(bwrap="/bin/false") as sandbox:
        layer = sandbox.report.layers[0]
        assert not layer.held
        assert "/bin/false failed" in layer.detail


def test_what_is_not_contained_is_refused_unless_asked_for():
    loose = {"bwrap": None, "skip": ["own uid", "rlimits", "no_new_privs", "landlock", "seccomp"]}
    before = descendants(os.getpid())
    with pytest.raises(SandboxError) as caught, RewardSandbox(**loose):
        pass
    assert "read /etc/passwd" in caught.value.what
    assert "bubblewrap" in caught.value.fix
    assert "--unsafe-isolation" in caught.value.fix
    assert eventually(lambda: descendants(os.getpid()) <= before)
    with RewardSandbox(unsafe=True, **loose) as sandbox:
        assert not sandbox.report.contained
        assert sandbox.report.backend == "none"
        worker = sandbox.spawn(PLAIN, layout())
        assert worker.compute(signals(3)).reward.shape == (3,)
        worker.close()
