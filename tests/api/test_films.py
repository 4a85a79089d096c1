"""`film`, and what a run leaves in `best/`: from recordings or fresh, with a sentence where it cannot be."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from foreign import Mark, foreign_run, marking_task
from page_reading import Page
from PIL import Image
from typer.testing import CliRunner

import eureka_agent
from eureka_agent.api.evolve import RunResult
from eureka_agent.cli.app import app
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.report.best import fresh_training, read_pictures
from eureka_agent.report.films.best import film_best
from eureka_agent.report.views.pictures import pictures_view
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks import find_task
from eureka_agent.training.policies import network_of
from eureka_agent.training.population.policy_file import save_policy
from eureka_agent.trajectories.files import FILE, read_trajectories, write_trajectories

pytest.importorskip("pygame")
pytest.importorskip("av")

TINY: dict[str, Any] = {
    "generations": 1, "samples": 2, "confirm_seeds": 3, "confirm_top": 1, "env_steps": 256, "model": "search",
}  # fmt: skip


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """A run of cartpole that left a film; nobody changes it."""
    return eureka_agent.evolve("cartpole", runs=tmp_path_factory.mktemp("filmed"), **TINY)


@pytest.fixture
def run(filmed: RunResult, tmp_path: Path) -> RunFolder:
    """A copy of it that a test may spoil."""
    return RunFolder(Path(shutil.copytree(filmed.folder, tmp_path / "run")))


def test_a_finished_run_holds_policy_and_film_beside_its_reward(filmed: RunResult) -> None:
    best = filmed.folder / "best"
    assert filmed.film == best / "film.mp4"
    names = {path.name for path in best.iterdir()}
    sheets = {"winner.jpg", "reference.jpg", "worst.jpg"}
    assert names == {"reward.py", "policy.npz", "film.mp4", "films", "pictures.json", *sheets}
    films = {path.name for path in (best / "films").iterdir()}
    assert films == {"reference.mp4", "sparse.mp4"}
    assert sum((best / name).stat().st_size for name in sheets) < 300_000
    summary = filmed.summary.read_text()
    assert "`best/policy.npz` is the policy that it taught on confirmation seed" in summary
    assert "`best/film.mp4` shows an episode of that training." in summary
    assert "`best/films/` shows the others that were confirmed." in summary


def test_the_policy_is_the_one_of_median_score(filmed: RunResult) -> None:
    rows = {row["name"]: row["seeds"] for row in filmed.confirmation["table"]}
    scores = rows[filmed.winner]
    seed = scores.index(sorted(scores)[1])
    trained = filmed.folder / "candidates" / str(filmed.winner) / f"confirm-{seed}" / "policy.npz"
    assert (filmed.folder / "best" / "policy.npz").read_bytes() == trained.read_bytes()


def test_the_report_shows_three_sheets_with_words_and_links_to_the_film(filmed: RunResult) -> None:
    page = Page((filmed.folder / "report.html").read_text())
    pictures = [attrs for tag, attrs in page.tags if tag == "img"]
    assert len(pictures) == 3
    assert all("the start" in (one["alt"] or "") and "the end" in (one["alt"] or "") for one in pictures)
    assert all((one["src"] or "").startswith("data:image/jpeg;base64,/9j/") for one in pictures)
    links = [attrs.get("href") for _, attrs in page.tags]
    assert {"best/film.mp4", "best/films/reference.mp4", "best/films/sparse.mp4"} <= set(links)
    drawn = read_pictures(RunFolder(filmed.folder))
    assert drawn is not None
    (worst,) = (sheet for sheet in drawn.sheets if sheet.kind == "worst")
    assert worst.lost, "where it was lost, or why nobody can say"
    assert worst.lost in page.text


def test_a_report_elsewhere_has_no_link_that_leads_nowhere(run: RunFolder, tmp_path: Path) -> None:
    page = Page(eureka_agent.write_report(str(run.root), tmp_path / "report.html").read_text())
    assert "best/film" not in " ".join(attrs.get("href") or "" for _, attrs in page.tags)
    assert page.count("img") == 3


def test_a_run_that_is_stopped_while_it_films_is_finished_and_says_so(run: RunFolder) -> None:
    stop = threading.Event()
    stop.set()
    drawn = film_best(run, RunState.of(read_events(run.events)), find_task("cartpole"), stop)
    assert drawn is not None
    assert not drawn.film
    assert "interrupted" in drawn.not_drawn


def test_a_reference_that_cannot_be_filmed_keeps_nobody_else_from_it(run: RunFolder) -> None:
    state = RunState.of(read_events(run.events))
    training = fresh_training(state, "reference", sign=1.0)
    assert training is not None
    path = run.training("reference", training.stage, training.replicate) / FILE
    write_trajectories(path, [replace(episode, seed=None) for episode in read_trajectories(path)])
    drawn = film_best(run, state, find_task("cartpole"))
    assert drawn is not None
    assert drawn.film
    assert drawn.films == ("sparse",)
    assert [sheet.kind for sheet in drawn.sheets] == ["winner", "worst"]
    assert drawn.not_drawn.startswith("Nothing was drawn of reference: ")
    assert "nothing is known of its seed" in drawn.not_drawn


def test_no_film_is_made_where_none_is_wanted(tmp_path: Path) -> None:
    result = eureka_agent.evolve("cartpole", runs=tmp_path, film=False, **TINY)
    assert result.film is None
    names = sorted(path.name for path in (result.folder / "best").iterdir())
    assert names == ["policy.npz", "reward.py"]
    assert "film" not in result.summary.read_text()


def test_a_run_whose_environment_cannot_be_rendered_succeeds_and_says_why(tmp_path: Path) -> None:
    result = eureka_agent.evolve(
        env="rendered_envs:make_broken", goal="Do it.", max_episode_steps=50, runs=tmp_path, **TINY
    )
    assert result.winner is not None
    assert result.film is None
    summary = result.summary.read_text()
    assert "There is no film: " in summary
    assert "RuntimeError: no display. Install what is missing: MuJoCo needs libegl1" in summary
    assert "no display" in Page((result.folder / "report.html").read_text()).text


def test_the_best_is_filmed_where_nobody_is_named(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(app, ["film", str(run.root), "--sheet", "sheet.png", "-o", "film.gif"])
    assert told.exit_code == 0, told.output
    assert "the recorded episode of median fitness, confirm training" in told.stdout
    assert "the start" in told.stdout
    assert (tmp_path / "film.gif").stat().st_size > 1_000
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.format == "PNG"


def test_any_candidate_and_baseline_is_filmed_from_its_recording_or_afresh(
    run: RunFolder, tmp_path: Path
) -> None:
    worst, best = (
        eureka_agent.film(str(run.root), "reference", sheet=tmp_path / f"{which}.jpg", episode=which)
        for which in ("worst", "best")
    )
    assert worst.fitness is not None
    assert best.fitness is not None
    assert worst.fitness <= best.fitness
    again = eureka_agent.film(str(run.root), "0-01", sheet=tmp_path / "fresh.jpg", seed=5)
    assert "a fresh episode from seed 5" in again.source
    assert again.film is None


def test_a_recording_that_was_thinned_out_says_how_to_see_its_policy(run: RunFolder, tmp_path: Path) -> None:
    for path in run.root.rglob("trajectories.npz"):
        path.unlink()
    with pytest.raises(StoreError, match="deleted to save space") as caught:
        eureka_agent.film(str(run.root), sheet=tmp_path / "sheet.jpg")
    assert "--seed 0" in caught.value.fix
    assert eureka_agent.film(str(run.root), sheet=tmp_path / "sheet.jpg", seed=0).told


def test_the_step_with_which_an_episode_was_lost_is_looked_for_on_demand(
    run: RunFolder, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.jpg"
    assert eureka_agent.film(str(run.root), sheet=sheet, episode="worst").lost == ""
    words = [
        "film",
        str(run.root),
        "--sheet",
        str(sheet),
        "--episode",
        "worst",
        "--moments",
        "--force",
        "--json",
    ]
    told = json.loads(CliRunner().invoke(app, words).stdout)
    assert "simulated steps" in told["lost"]
    assert told["lost"].startswith("With this step it was lost") == ("lost with this step" in told["told"])


def test_a_policy_that_is_gone_keeps_the_moment_but_not_the_film(run: RunFolder, tmp_path: Path) -> None:
    for path in (run.root / "candidates").rglob("policy.npz"):
        path.unlink()
    made = eureka_agent.film(str(run.root), sheet=tmp_path / "sheet.jpg", moments=True)
    assert made.told
    assert "was not looked for" in made.lost
    assert "has no saved policy" in made.lost


def test_a_policy_of_another_task_is_refused(run: RunFolder, tmp_path: Path) -> None:
    network = network_of(find_task("pendulum"))
    for path in run.root.rglob("policy.npz"):
        save_policy(path, network, np.zeros(network.size, np.float32), None)
    with pytest.raises(ConfigError, match="cartpole has observations of length 4"):
        eureka_agent.film(str(run.root), sheet=tmp_path / "sheet.jpg", seed=0)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"candidate": "9-99"}, StoreError, "no trained candidate '9-99'"),
        ({"candidate": "\x1b[2J"}, StoreError, "no trained candidate"),
        ({"output": "film.avi"}, ConfigError, r"Cannot write a video as film\.avi"),
        ({"sheet": "sheet.svg"}, ConfigError, r"Cannot write a contact sheet as sheet\.svg"),
        ({"episode": "longest"}, ConfigError, "no episode called 'longest'"),
        ({"output": "there.mp4"}, ConfigError, "exists already"),
    ],
)
def test_bad_input_is_told_before_anything_is_played(
    options: dict[str, Any], error: type[Exception], words: str,
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.mp4").write_text("")
    with pytest.raises(error, match=words):
        eureka_agent.film(str(run.root), **options)


def test_somebody_elses_run_is_not_loaded_without_consent(tmp_path: Path) -> None:
    mark = Mark(tmp_path / "mark")
    folder = foreign_run(tmp_path / "theirs", marking_task("folder", tmp_path / "code", mark))
    with pytest.raises(StoreError, match="not recorded as one of yours"):
        eureka_agent.film(str(folder.root), "0-00", sheet=tmp_path / "sheet.jpg")
    assert not mark.left


@pytest.mark.parametrize(
    "spoil",
    [
        lambda run: run.best_pictures.write_text("{"),
        lambda run: run.best_pictures.write_text(json.dumps({"film": True, "sheets": [{"kind": "../x"}]})),
        lambda run: run.best_pictures.write_text(json.dumps({"film": True, "films": [3]})),
        lambda run: run.best_pictures.write_bytes(b"\xff\x00"),
    ],
)
def test_a_report_of_pictures_that_are_none_goes_without(run: RunFolder, spoil: Any) -> None:
    spoil(run)
    assert read_pictures(run) is None
    assert Page(eureka_agent.write_report(str(run.root)).read_text()).count("img") == 0


def test_no_link_no_other_file_and_no_large_one_gets_into_a_report(run: RunFolder) -> None:
    best = run.best_pictures.parent
    (best / "winner.jpg").unlink()
    (best / "winner.jpg").symlink_to(best / "reference.jpg")
    (best / "reference.jpg").write_bytes(b"\xff\xd8\xff" + bytes(200_000))
    (best / "worst.jpg").write_text("<svg onload=alert(1)>")
    view = pictures_view(run)
    assert view is not None
    assert view.sheets == ()
    assert view.film == "best/film.mp4"


def test_names_of_films_lead_nowhere_but_to_films_of_the_run(run: RunFolder) -> None:
    told = json.loads(run.best_pictures.read_text())
    (run.root / "best" / "films" / "x.mp4").write_bytes(b"")
    told["films"] = ["../../x", "x", "/etc/passwd", "javascript:alert(1)", "9-99", "sparse"]
    run.best_pictures.write_text(json.dumps(told))
    view = pictures_view(run)
    assert view is not None
    assert view.other_films == (("sparse", "best/films/sparse.mp4"),)


def test_pictures_of_an_earlier_version_are_shown_without_what_it_did_not_know(run: RunFolder) -> None:
    told = json.loads(run.best_pictures.read_text())
    del told["films"]
    for sheet in told["sheets"]:
        del sheet["lost"]
    run.best_pictures.write_text(json.dumps(told))
    view = pictures_view(run)
    assert view is not None
    assert len(view.sheets) == 3
    assert view.other_films == ()


def test_words_of_an_environment_stay_words_in_the_report(run: RunFolder) -> None:
    told = json.loads(run.best_pictures.read_text())
    evil = '"><script>alert(1)</script>'
    told["not_drawn"] = told["sheets"][0]["told"] = evil
    run.best_pictures.write_text(json.dumps(told))
    page = Page(eureka_agent.write_report(str(run.root)).read_text())
    assert page.count("script") == 0
    assert evil in [attrs.get("alt") for tag, attrs in page.tags if tag == "img"]
