"""A training and its annotator on two hosts: the annotator comes late, is killed twice, and comes back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from remote_annotator import HELPFUL, PORT
from two_hosts import ANNOTATOR, Host, two_hosts, why_not

from eureka_agent.resources import resource_folders

GATES = (2, 3, 4)
"""Rollouts after which the training waits for the test, before their captions are paid and asked about."""
PATIENCE_S = 100.0
"""What never comes fails the test; nothing else depends on time."""
ARRIVAL_S = 1.0
"""An answer that was sent is given so long to reach the training before the next rollout begins."""
WAITING = """

_rollouts = 0


def _wait_at_gates(rows):
    import pathlib, time

    global _rollouts
    _rollouts += rows > 1000  # of a whole rollout; an evaluation's steps come one by one
    while rows > 1000 and _rollouts in {gates} and not pathlib.Path({folder!r}, str(_rollouts)).exists():
        time.sleep(0.02)


def signals(before, action, after):
    _wait_at_gates(len(action))
    return _measured(after, action)
"""


class Life:
    """One life of the annotator: it answers so many requests and holds the next, until it is killed."""

    def __init__(self, host: Host, log: Path, answers: int) -> None:
        log.touch()
        self._log = log
        script = str(Path(__file__).with_name("remote_annotator.py"))
        self._process = host.start(
            sys.executable,
            script,
            ANNOTATOR,
            str(log),
            str(answers),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def requests(self, became: str) -> list[list[str]]:
        """Return the captions of each request that was `answered` or `held`."""
        return [line[became] for line in _lines(self._log) if became in line]

    def begin(self) -> None:
        """Listen from now on."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def _lives(host: Host, folder: Path) -> Iterator[tuple[Life, Life, Life]]:
    """Make three annotators that are ready to begin: what follows does not depend on how fast they start."""
    lives = (
        Life(host, folder / "1.jsonl", 1),
        Life(host, folder / "2.jsonl", 1),
        Life(host, folder / "3.jsonl", 1_000),
    )
    try:
        yield lives
    finally:
        for life in lives:
            life.kill()


@contextmanager
def _training(host: Host, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Train on one host, with an annotator at the other's address."""
    variables = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = host.start(
        sys.executable, "-m", "eureka_agent", "oni", "pendulum", "--envs", str(_waiting_task(folder)),
        "--goal", "hold it upright", "--annotator", "openai/model", "--window", "4", "--env-steps", "20000",
        "--output", str(folder / "oni"), "--json",
        stdout=subprocess.PIPE,
        env=variables | {"OPENAI_BASE_URL": f"http://{ANNOTATOR}:{PORT}/v1", "EUREKA_AGENT_API_KEY": "none"},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _waiting_task(folder: Path) -> Path:
    """Write a pendulum that waits at each gate for a file of its name; return the folder of tasks."""
    envs = folder / "envs"
    shutil.copytree(_pendulum(), envs / "pendulum")
    with (envs / "pendulum" / "task.py").open("a") as file:
        file.write(WAITING.format(gates=GATES, folder=str(folder)))
    return envs


def _pendulum() -> Path:
    return next(one for one in (root / "pendulum" for root in resource_folders("envs")) if one.is_dir())


def _open(folder: Path, gate: int) -> None:
    """Let the training go on, once what was answered has had time to reach it."""
    time.sleep(ARRIVAL_S)
    (folder / str(GATES[gate])).touch()


def _until_refused(host: Host, times: int) -> None:
    """Wait until so many more connections from a host were refused."""
    before = host.refused
    _until(lambda: host.refused >= before + times)


def _until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def _lines(path: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a file."""
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def test_an_annotator_that_comes_late_and_is_killed_twice_costs_no_label_and_no_training(
    tmp_path: Path,
) -> None:
    if why := why_not():
        pytest.skip(why)
    with (
        two_hosts() as (learner, annotator),
        _lives(annotator, tmp_path) as lives,
        _training(learner, tmp_path) as training,
    ):
        first, second, third = lives
        _until_refused(learner, 3)  # as often as the first request is tried
        first.begin()
        _until(lambda: first.requests("answered"))
        _open(tmp_path, 0)
        _until(lambda: first.requests("held"))
        first.kill()
        _until_refused(learner, 1)
        second.begin()
        _until(lambda: second.requests("answered"))
        second.kill()
        _open(tmp_path, 1)
        _until_refused(learner, 1)
        third.begin()
        _until(lambda: third.requests("answered"))
        _open(tmp_path, 2)
        report = json.loads(training.communicate(timeout=PATIENCE_S)[0])

    assert training.returncode == 0
    assert report["trainings"][0]["failure"] == ""
    each = [[caption for request in life.requests("answered") for caption in request] for life in lives]
    answered = [caption for life in each for caption in life]
    assert len(answered) == len(set(answered)), "nobody is asked what was answered"
    assert set(first.requests("held")[0]) <= set(answered), "what the annotator died with is asked again"
    kept = {
        line["captions"][0]: line["value"]
        for line in _lines(tmp_path / "oni" / "labels.jsonl")
        if "captions" in line
    }
    assert kept == {caption: float(HELPFUL in caption) for caption in answered}
    told = json.loads((tmp_path / "oni" / "seed-0" / "captions.json").read_text())
    paid = {row["caption"] for row in told["captions"] if row["now"] > 0.0}
    for life in each:
        assert paid & set(life), "labels of each life are paid"
    assert any("will be tried again" in notice for notice in report["notices"])
