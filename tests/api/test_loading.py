"""`load_run` reads a run's folder, whatever state it is in."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from synthetic_run import synthetic_run

import eureka_agent
from eureka_agent.errors import StoreError
from eureka_agent.store.lock import run_lock

RECORDED = Path(__file__).parents[1] / "store" / "recorded"
TABLES = ("candidates", "trainings", "confirmation", "curves", "refusals", "usage")
PLOTS = ("plot_search", "plot_confirmation", "plot_learning", "plot_lineage", "plot_components")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "runs" / "a-run"
    synthetic_run(root, generations=2, samples=9)
    return root


def test_a_finished_run(root: Path) -> None:
    run = eureka_agent.load_run("a-run", runs=root.parent)
    view = eureka_agent.show("a-run", runs=root.parent)
    assert (run.name, run.status, run.verdict, run.best) == ("a-run", "finished", view.verdict, view.best)
    assert len(run.candidates) == 18
    assert run.cost.env_steps == sum(
        run.trainings["env_steps"][n] or 0 for n in range(len(run.trainings))
    ) + (2 * 5_000), "those that failed took some, too"
    assert run.settings["samples"] == 9
    assert run.verdict.sentence in repr(run)
    assert "upright" in run.plot_components("0-00").svg()


def test_its_reward_can_be_called(root: Path) -> None:
    run = eureka_agent.load_run(root)
    reward = run.reward("0-00")
    assert reward.source.text.strip() == run.source("0-00").strip()
    ones = np.ones(3, np.float32)
    names = ("cart_position", "cart_velocity", "pole_angle", "pole_velocity")
    paid, components = reward(**dict.fromkeys(names, ones), action=np.ones((3, 1), np.float32))
    assert paid.shape == (3,)
    assert set(components) >= {"upright", "alive"}


def test_what_is_not_there_is_said(root: Path) -> None:
    run = eureka_agent.load_run(root)
    with pytest.raises(StoreError, match="no candidate '9-99'"):
        run.plot_components("9-99")
    with pytest.raises(StoreError, match="was refused"):
        run.reward("0-07")
    with pytest.raises(StoreError, match="no saved policy"):
        run.policy()
    with pytest.raises(StoreError, match="does not exist"):
        eureka_agent.load_run("no-such-run", runs=root.parent)


@pytest.mark.parametrize("name", ["search", "replayed"])
def test_every_prefix_of_a_run_of_the_first_format_loads(tmp_path: Path, name: str) -> None:
    root = Path(shutil.copytree(RECORDED / name, tmp_path / name))
    lines = (root / "events.jsonl").read_bytes().splitlines(keepends=True)
    for length in range(0, len(lines) + 1, 6):
        (root / "events.jsonl").write_bytes(b"".join(lines[:length]))
        run = eureka_agent.load_run(root)
        for table in TABLES:
            assert getattr(run, table)._repr_html_().startswith("<table>")
        for plot in PLOTS:
            assert getattr(run, plot)().svg().startswith("<svg")


def test_a_running_run_is_one_that_says_so(root: Path) -> None:
    log = root / "events.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[: len(lines) // 2]))
    with run_lock(root):
        run = eureka_agent.load_run(root)
    assert run.status.startswith("running")
    assert run.verdict.kind == "open"
    assert 0 < len(run.candidates) <= 18


def test_a_foreign_policy_behind_a_link_is_not_read(root: Path, tmp_path: Path) -> None:
    (root / "best").mkdir()
    (root / "best" / "policy.npz").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="symbolic link"):
        eureka_agent.load_run(root).policy()


def test_a_source_of_one_line_is_code_and_never_a_path(root: Path) -> None:
    run = eureka_agent.load_run(root)
    name = next(iter(run.state.candidates))
    object.__setattr__(run.state.candidates[name], "source", str(root / "secret.py"))
    with pytest.raises(eureka_agent.EurekaError, match="breaks the contract"):
        run.reward(name)
