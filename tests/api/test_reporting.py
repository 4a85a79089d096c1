"""`write_report` reads a run's folder, whatever state it is in, and executes nothing of it."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_reading import Page
from synthetic_run import synthetic_run
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "evolution"))

from fakes import make_evolution

import eureka_agent
from eureka_agent.api.evolve import RunResult
from eureka_agent.cli.app import app
from eureka_agent.errors import ConfigError, EurekaError, StoreError
from eureka_agent.store.event_types import RunConfirmed
from eureka_agent.store.lock import run_lock

RECORDED = Path(__file__).parents[1] / "store" / "recorded"
TINY: dict[str, Any] = {
    "generations": 2,
    "samples": 2,
    "env_steps": 512,
    "confirm_seeds": 2,
    "confirm_top": 1,
    "film": False,
}


def words_of(path: Path) -> str:
    return Page(path.read_text()).text


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run that another person's machine might have written."""
    root = tmp_path / "runs" / "a-run"
    synthetic_run(root, generations=2, samples=9)
    return root


@pytest.fixture(scope="module")
def evolved(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """A tiny run that was really trained."""
    return eureka_agent.evolve("cartpole", runs=tmp_path_factory.mktemp("runs"), **TINY)


def test_evolve_leaves_a_report_beside_the_summary(evolved: RunResult) -> None:
    assert evolved.report == evolved.folder / "report.html"
    assert evolved.not_reported == ""
    text = words_of(evolved.folder / "report.html")
    assert evolved.verdict.sentence in text
    assert "While it learned: at checkpoint 1" in text, "recordings are analysed"
    assert re.search("the pole fell [0-9]+ ×", text)


def test_evolve_leaves_what_tensorboard_reads(evolved: RunResult) -> None:
    files = [path.parent for path in evolved.folder.glob("tensorboard/**/events.out.tfevents.*")]
    told = {str(path.relative_to(evolved.folder / "tensorboard")) for path in files}
    assert {"search", "0-00/search-0", "reference/confirm-1", "sparse/confirm-0"} <= told


def test_a_report_that_cannot_be_written_fails_no_run(tmp_path: Path) -> None:
    def in_the_way(event: object, _: object) -> None:
        if isinstance(event, RunConfirmed):
            (next(tmp_path.iterdir()) / "report.html").mkdir()

    result = eureka_agent.evolve("cartpole", runs=tmp_path, on_event=in_the_way, **TINY)
    assert result.winner is not None
    assert result.report is None
    assert "report.html: Is a directory" in result.not_reported


@pytest.mark.parametrize("name", ["search", "replayed"])
def test_a_run_of_the_first_format_is_reported(tmp_path: Path, name: str) -> None:
    root = Path(shutil.copytree(RECORDED / name, tmp_path / name))
    text = words_of(eureka_agent.write_report(str(root)))
    assert "Run: finished." in text
    assert "It differs" in text or "Not shown to be better" in text


@pytest.mark.parametrize("name", ["search", "replayed"])
def test_every_prefix_of_a_run_is_reported(tmp_path: Path, name: str) -> None:
    root = Path(shutil.copytree(RECORDED / name, tmp_path / name))
    lines = (root / "events.jsonl").read_bytes().splitlines(keepends=True)
    for length in range(1, len(lines), 4):
        (root / "events.jsonl").write_bytes(b"".join(lines[:length]))
        assert "no process works on it now" in words_of(eureka_agent.write_report(str(root)))


def test_a_run_that_goes_on_says_which_process_works_on_it(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path / "run")
    with run_lock(tmp_path / "run"):
        text = words_of(eureka_agent.write_report(str(evolution.folder.root)))
    assert "Still running (process " in text


def test_posterior_and_restarts_are_reported(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path / "run", selection="posterior", restarts=2, generations=2)
    evolution.run()
    text = words_of(eureka_agent.write_report(str(tmp_path / "run")))
    assert "--restarts 2" in text
    assert "--selection posterior" in text


def test_recordings_that_cannot_be_read_leave_the_rest(evolved: RunResult, tmp_path: Path) -> None:
    root = Path(shutil.copytree(evolved.folder, tmp_path / "copy"))
    for path in root.glob("candidates/*/search-0/trajectories.npz"):
        path.write_bytes(b"PK\x03\x04 no archive")
    text = words_of(eureka_agent.write_report(str(root)))
    assert evolved.verdict.sentence in text
    assert "While it learned" not in text
    assert "The recorded episodes of" in text


def newer(root: Path) -> None:
    lines = (root / "events.jsonl").read_text().splitlines()
    lines[1] = json.dumps(json.loads(lines[1]) | {"v": 99})
    (root / "events.jsonl").write_text("\n".join(lines) + "\n")


def emptied(root: Path) -> None:
    (root / "events.jsonl").write_bytes(b"")


def half_a_line(root: Path) -> None:
    log = root / "events.jsonl"
    log.write_bytes(log.read_bytes()[:200])


def no_json(root: Path) -> None:
    (root / "events.jsonl").write_bytes(b"\xff\xfe nonsense\n")


def linked(root: Path) -> None:
    (root / "candidates").symlink_to("/")


def without_a_start(root: Path) -> None:
    event = {"v": 3, "seq": 0, "time": 1.0, "type": "run_finished"}
    (root / "events.jsonl").write_text(json.dumps(event) + "\n")


def gone(root: Path) -> None:
    shutil.rmtree(root)


DAMAGE: list[tuple[Callable[[Path], None], str]] = [
    (newer, "was written by a newer version (format 99, line 2)"),
    (emptied, "Run a-run has not begun: its log holds no settings."),
    (half_a_line, "Run a-run has not begun: its log holds no settings."),
    (no_json, "line 1: not a JSON event"),
    (linked, "candidates is a symbolic link: nothing was read or written there."),
    (without_a_start, "Run a-run has not begun"),
    (gone, "does not exist in runs."),
]


@pytest.mark.parametrize(("damage", "says"), DAMAGE, ids=lambda value: getattr(value, "__name__", None))
def test_a_folder_that_is_no_run_of_ours_gets_one_sentence(
    run: Path, damage: Callable[[Path], None], says: str
) -> None:
    damage(run)
    with pytest.raises(StoreError) as caught:
        eureka_agent.write_report(str(run))
    assert says in caught.value.what
    assert caught.value.fix
    assert not (run / "report.html").exists()


def test_a_file_that_exists_is_replaced_only_on_request(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.html"
    path.write_text("precious")
    with pytest.raises(ConfigError, match="exists already"):
        eureka_agent.write_report(str(run), path)
    assert path.read_text() == "precious"
    assert eureka_agent.write_report(str(run), path, force=True) == path
    assert "Is it better?" in words_of(path)


def test_a_place_that_cannot_be_written_to_is_said(run: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EurekaError, match="Could not write"):
        eureka_agent.write_report(str(run), tmp_path / "file" / "report.html")


def test_a_link_in_the_place_of_the_report_is_replaced_and_not_followed(run: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    folder_state = eureka_agent.show(str(run))
    assert folder_state.status == "finished"
    output = tmp_path / "report.html"
    output.symlink_to(precious)
    eureka_agent.write_report(str(run), output, force=True)
    assert precious.read_text() == "precious"
    assert not output.is_symlink()


def test_the_command_writes_it_and_says_where(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run.parents[1])
    told = CliRunner().invoke(app, ["report"])
    assert told.exit_code == 0, told.output
    assert told.output == "Wrote runs/a-run/report.html. Open it in any browser.\n"
    again = CliRunner().invoke(app, ["report", "a-run", "-o", "other.html", "--json"])
    assert json.loads(again.output) == {"report": "other.html"}
    assert words_of(Path("other.html")) == words_of(run / "report.html")


def test_templates_of_the_folder_where_one_stands_are_not_used(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = tmp_path / "templates" / "report"
    evil.mkdir(parents=True)
    (evil / "page.html.j2").write_text("<script>alert(1)</script>")
    monkeypatch.chdir(tmp_path)
    assert "<script" not in eureka_agent.write_report(str(run)).read_text()
