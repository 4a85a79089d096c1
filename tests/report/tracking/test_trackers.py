"""Each library is told the same in its own words; with the real ones where they are installed, offline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tracker_fakes import FakeInit, FakeMlflow

from eureka_agent.report.tracking import mlflow_tracker, trackio_tracker, wandb_tracker
from eureka_agent.report.tracking.tracker import About, Tracker, settings_of


def about(folder: Path, *, resumed: bool = False) -> About:
    return About("0123456789abcdef", "a-run", folder, {"samples": 4, "model": "search"}, resumed)


def told(tracker: Tracker, folder: Path, *, resumed: bool = False) -> None:
    """Tell of a small run."""
    reward = folder / "reward.py"
    reward.write_text("def compute_reward(x):\n    return x, {}\n")
    tracker.begin(about(folder, resumed=resumed))
    for step, fitness in ((100, 1.0), (200, 3.0)):
        tracker.log({"fitness/0-00.search-0": fitness}, axis="env_step", step=step)
    tracker.log({"candidate/fitness": 3.0}, axis="candidate", step=0)
    tracker.keep(reward, "reward")
    tracker.finish({"winner": "0-00", "winner_mean": 2.5}, done=True)


def test_trackio(tmp_path: Path) -> None:
    library = FakeInit()
    told(trackio_tracker.make(library), tmp_path)
    (run,) = library.runs
    assert (run.given["name"], run.given["resume"]) == ("a-run-01234567", "allow")
    assert run.given["config"] == {"samples": 4, "model": "search"}
    assert run.logged[:2] == [({"fitness/0-00.search-0": 1.0}, 100), ({"fitness/0-00.search-0": 3.0}, 200)]
    assert run.artifacts == [(str(tmp_path / "reward.py"), "reward.py", "reward")]
    assert run.finished


def test_wandb(tmp_path: Path) -> None:
    library = FakeInit()
    told(wandb_tracker.make(library), tmp_path)
    (run,) = library.runs
    assert (run.given["id"], run.given["name"]) == ("0123456789abcdef", "a-run")
    assert "dir" not in run.given, "it leaves links, which a run's folder must not hold"
    assert run.given["settings"]["console"] == "off", "what is printed is not sent"
    assert run.metrics["fitness/*"] == "env_step"
    assert run.metrics["candidate/*"] == "candidate"
    assert run.logged[0] == ({"fitness/0-00.search-0": 1.0, "env_step": 100}, None)
    assert run.summary == {"winner": "0-00", "winner_mean": 2.5}
    assert run.finished


def test_without_a_login_wandb_asks_nobody(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="`wandb login`"):
        told(wandb_tracker.make(FakeInit(logged_in=False)), tmp_path)
    offline = FakeInit(mode="offline", logged_in=False)
    told(wandb_tracker.make(offline), tmp_path)
    assert offline.runs[0].finished


def test_mlflow(tmp_path: Path) -> None:
    library = FakeMlflow()
    told(mlflow_tracker.make(library), tmp_path)
    (run,) = library.runs.values()
    assert run["params"] == {"samples": 4, "model": "search"}
    assert [(m.key, m.value, m.step) for m in run["metrics"][:2]] == [
        ("fitness/0-00.search-0", 1.0, 100), ("fitness/0-00.search-0", 3.0, 200),
    ]  # fmt: skip
    assert (run["status"], run["later"]) == ("FINISHED", {"winner": "0-00"})
    told(mlflow_tracker.make(library), tmp_path, resumed=True)
    assert len(library.runs) == 1, "it is found again by its tag"
    told(mlflow_tracker.make(library), tmp_path)
    assert len(library.runs) == 2


def test_settings_are_plain_and_short() -> None:
    config: dict[str, Any] = {
        "task": {"kind": "folder", "value": "x\x1b[31m"}, "seed_reward": "y" * 9_000, "samples": 4,
        "critic": False, "target": None, "after": [],
    }  # fmt: skip
    told = settings_of(config)
    assert set(told) == {"task", "seed_reward", "samples", "critic"}
    assert all(len(str(value)) < 600 and str(value).isprintable() for value in told.values())


def test_real_trackio_keeps_a_run_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    library = pytest.importorskip("trackio", reason="trackio is not installed")
    told(trackio_tracker.make(library), tmp_path)
    assert any(path.stat().st_size for path in (tmp_path / "trackio").rglob("*") if path.is_file())


def test_real_wandb_keeps_a_run_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = pytest.importorskip("wandb", reason="wandb is not installed")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    monkeypatch.setenv("WANDB_SILENT", "true")
    told(wandb_tracker.make(library), tmp_path)
    library.teardown()  # its own process writes the file
    (kept,) = (tmp_path / "wandb").glob("offline-run-*/run-*.wandb")
    assert b"0-00.search-0" in kept.read_bytes()


def test_real_mlflow_keeps_a_run_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "mlruns").as_uri())
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    library = pytest.importorskip("mlflow", reason="mlflow is not installed")
    library.set_tracking_uri((tmp_path / "mlruns").as_uri())
    told(mlflow_tracker.make(library), tmp_path)
    told(mlflow_tracker.make(library), tmp_path, resumed=True)
    client = library.MlflowClient()
    experiment = client.get_experiment_by_name("eureka-agent")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.data.params == {"samples": "4", "model": "search"}
    history = client.get_metric_history(run.info.run_id, "fitness/0-00.search-0")
    assert sorted({(one.step, one.value) for one in history}) == [(100, 1.0), (200, 3.0)]
    assert [file.path for file in client.list_artifacts(run.info.run_id, "reward")] == ["reward/reward.py"]
    assert json.dumps(run.data.tags).count("0-00")
