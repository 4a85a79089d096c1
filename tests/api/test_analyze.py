"""`analyze` reads a run and executes nothing of it, whatever lies in the folder."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "evolution"))

from foreign import Mark, foreign_run, marking_task
from typer.testing import CliRunner

import eureka_agent
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.api.analyze import RunAnalysis
from eureka_agent.api.begun import kept_recording
from eureka_agent.cli.app import app
from eureka_agent.config import TaskChoice
from eureka_agent.errors import StoreError
from eureka_agent.resources import bundled_folders
from eureka_agent.store.layout import RunFolder
from eureka_agent.tasks.identity import task_digest
from eureka_agent.tasks.registry import find_task


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of runs with one tiny finished run in it."""
    runs = tmp_path_factory.mktemp("runs")
    eureka_agent.evolve(
        "cartpole",
        generations=2,
        samples=2,
        env_steps=512,
        confirm_seeds=2,
        confirm_top=1,
        film=False,
        runs=runs,
    )
    return runs


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    (folder,) = finished.iterdir()
    return Path(shutil.copytree(folder, tmp_path / folder.name))


def recording_of(run: Path, candidate: str) -> Path:
    return run / "candidates" / candidate / "search-0" / "trajectories.npz"


def reasons(analysis: RunAnalysis) -> str:
    assert analysis.detail is not None
    return " ".join(f.reason for f in analysis.detail.findings if f.kind is ObservationKind.UNKNOWN)


def test_a_run_is_a_line_a_candidate_and_its_leader_in_detail(finished: Path) -> None:
    analysis = eureka_agent.analyze(runs=finished)
    assert [line.id for line in analysis.lines] == ["0-00", "0-01", "1-00", "1-01"]
    assert all("the pole fell" in line.outcomes[0] for line in analysis.lines)
    assert analysis.detail is not None
    assert analysis.detail.worst is not None
    assert analysis.detail.kept_checkpoint in range(1, 11)
    told = json.loads(json.dumps(analysis.to_json(), allow_nan=False))
    assert told["detail"]["outcomes"][0]["name"] == "the pole fell"
    assert all(len(line.main) <= 2 for line in analysis.lines)


def test_a_candidate_is_compared_with_its_parent(finished: Path) -> None:
    analysis = eureka_agent.analyze("latest", "1-00", runs=finished)
    assert analysis.lines == ()
    assert analysis.detail is not None
    assert analysis.detail.candidate == "1-00"
    assert analysis.detail.code_diff
    assert {f.candidate for f in analysis.detail.findings} == {"1-00"}


def test_what_a_reward_paid_is_recorded_and_it_says_the_same_when_asked(finished: Path) -> None:
    recorded, asked = (
        eureka_agent.analyze("latest", "0-00", runs=finished, with_rewards=wanted) for wanted in (False, True)
    )
    assert recorded.detail is not None
    assert asked.detail is not None
    assert recorded.detail.worst is not None
    assert asked.detail.worst is not None
    assert "reward" in recorded.detail.worst.columns
    assert recorded.detail.worst.columns == asked.detail.worst.columns
    assert recorded.detail.worst.rows == asked.detail.worst.rows


def test_of_recordings_without_rewards_these_are_asked_only_when_they_are_wanted(run: Path) -> None:
    def unpaid(arrays: dict[str, np.ndarray]) -> None:
        for name in [name for name in arrays if name == "reward" or name.startswith("component/")]:
            del arrays[name]

    damaged(unpaid)(recording_of(run, "0-00"))
    silent, asked = (eureka_agent.analyze(str(run), "0-00", with_rewards=wanted) for wanted in (False, True))
    assert silent.detail is not None
    assert asked.detail is not None
    assert silent.detail.worst is not None
    assert asked.detail.worst is not None
    assert "reward" not in silent.detail.worst.columns
    assert "reward" in asked.detail.worst.columns


def test_an_unknown_candidate_brings_the_list(finished: Path) -> None:
    with pytest.raises(StoreError) as caught:
        eureka_agent.analyze("latest", "1-0", runs=finished)
    assert "Did you mean '1-0" in caught.value.what
    assert "0-00" in caught.value.allowed


def damaged(change: Callable[[dict[str, np.ndarray]], None]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        with np.load(path) as data:
            arrays = {name: data[name] for name in data.files}
        change(arrays)
        np.savez(path, **arrays)  # type: ignore[arg-type]

    return damage


def _with_nan(arrays: dict[str, np.ndarray]) -> None:
    arrays["signal/pole_angle"] = np.full_like(arrays["signal/pole_angle"], np.nan)


def _from_the_future(arrays: dict[str, np.ndarray]) -> None:
    arrays["version"] = np.array(99)


def _shortened(arrays: dict[str, np.ndarray]) -> None:
    arrays["signal/pole_angle"] = arrays["signal/pole_angle"][:-3]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: path.write_bytes(b""), "no recorded episodes"),
        (lambda path: path.write_bytes(path.read_bytes()[:200]), "no recorded episodes"),
        (lambda path: path.write_bytes(b"\x93NUMPY" + b"\0" * 50), "no recorded episodes"),
        (damaged(_with_nan), "not finite"),
        (damaged(_from_the_future), "its version is 99"),
        (damaged(_shortened), "another length"),
        (lambda path: path.unlink(), "nothing was recorded"),
    ],
)
def test_a_damaged_recording_is_said_and_the_rest_is_shown(
    run: Path, damage: Callable[[Path], None], words: str
) -> None:
    damage(recording_of(run, "0-00"))
    analysis = eureka_agent.analyze(str(run), "0-00")
    assert words in reasons(analysis)
    assert analysis.detail is not None
    assert analysis.detail.outcomes == ()
    assert analysis.detail.worst is None
    assert len(eureka_agent.analyze(str(run)).lines) == 4


def test_a_recording_that_would_fill_the_memory_is_not_read(run: Path) -> None:
    path = recording_of(run, "0-00")
    np.savez_compressed(path, first=np.zeros(2**27 + 1))
    assert "bytes, at most" in reasons(eureka_agent.analyze(str(run), "0-00"))


def test_a_damaged_random_play_leaves_what_needs_it_unsaid(run: Path) -> None:
    (run / "transitions.npz").write_bytes(b"none")
    assert "no recording of random play" in reasons(eureka_agent.analyze(str(run), "0-00"))


def test_a_recording_of_an_earlier_version_is_analysed(run: Path) -> None:
    rows = np.arange(30, dtype=np.float32)
    np.savez(recording_of(run, "0-00"), **{"episode0/pole_angle": rows, "episode0/prev_pole_angle": rows[:1]})  # type: ignore[arg-type]
    analysis = eureka_agent.analyze(str(run), "0-00")
    assert analysis.detail is not None
    (outcome,) = analysis.detail.outcomes
    assert (outcome.name, outcome.length, outcome.fitness) == ("unknown", 30, None)


def test_a_foreign_recording_cannot_be_paid_and_says_so(run: Path) -> None:
    np.savez(recording_of(run, "0-00"), **{"episode0/elsewhere": np.zeros((30, 2), np.float32)})  # type: ignore[arg-type]
    analysis = eureka_agent.analyze(str(run), "0-00", with_rewards=True)
    assert analysis.detail is not None
    assert any(f.text.startswith("What its reward pays") for f in analysis.detail.findings)


@pytest.mark.parametrize("kind", ["folder", "factory", "gym", "pickled"])
def test_a_foreign_run_is_read_and_nothing_of_it_executed(tmp_path: Path, kind: str) -> None:
    mark = Mark(tmp_path / "mark")
    task = marking_task(kind, tmp_path / "code", mark)
    folder = foreign_run(tmp_path / "runs" / "theirs", task)
    analysis = eureka_agent.analyze("theirs", runs=tmp_path / "runs")
    assert [line.id for line in analysis.lines] == ["0-00"]
    with pytest.raises(StoreError, match="not recorded as one of yours"):
        eureka_agent.analyze("theirs", runs=tmp_path / "runs", with_rewards=True)
    assert not mark.left
    assert [path.name for path in folder.root.iterdir()] == ["events.jsonl"]


def test_a_model_that_a_log_names_is_not_asked_and_needs_no_consent(tmp_path: Path) -> None:
    task = TaskChoice(kind="folder", value=str(bundled_folders("envs")[0] / "cartpole"))
    digest = task_digest(find_task("cartpole"))
    foreign_run(tmp_path / "runs" / "theirs", task, model="openai/gpt", task_digest=digest)
    analysis = eureka_agent.analyze("theirs", "0-00", runs=tmp_path / "runs", with_rewards=True)
    assert analysis.detail is not None
    assert analysis.detail.candidate == "0-00"


def test_links_in_a_foreign_run_are_not_followed(tmp_path: Path) -> None:
    task = TaskChoice(kind="folder", value=str(bundled_folders("envs")[0] / "cartpole"))
    folder = foreign_run(tmp_path / "runs" / "theirs", task)
    folder.recording.symlink_to(tmp_path / "elsewhere.npz")
    with pytest.raises(StoreError, match="symbolic link"):
        eureka_agent.analyze("theirs", runs=tmp_path / "runs")


def test_the_step_with_which_the_worst_episode_was_lost_is_looked_for_on_demand(finished: Path) -> None:
    def simulated(analysis: RunAnalysis) -> list[Observation]:
        assert analysis.detail is not None
        return [f for f in analysis.detail.findings if "env_steps" in f.values]

    assert simulated(eureka_agent.analyze("latest", "0-00", runs=finished)) == []
    analysis = eureka_agent.analyze("latest", "0-00", runs=finished, with_moments=True)
    assert analysis.detail is not None
    assert analysis.detail.worst is not None
    (seen,) = simulated(analysis)
    assert seen.episode == analysis.detail.worst.episode
    assert seen.values["continuations"] == 9, "its own policy with noise, three others, chance"
    if seen.steps is not None:
        assert "lost with this step" in " ".join(analysis.detail.worst.notes)


def test_an_episode_that_cannot_be_continued_says_why(run: Path) -> None:
    (run / "candidates" / "0-00" / "search-0" / "policy.npz").unlink()
    analysis = eureka_agent.analyze(str(run), "0-00", with_moments=True)
    assert "The training 0-00/search-0 has no saved policy." in reasons(analysis)


def test_children_of_one_parent_stand_side_by_side() -> None:
    recorded = str(Path(__file__).parents[1] / "store" / "recorded" / "search")
    (family,) = eureka_agent.analyze(recorded).families
    assert (family.parent, [child.id for child in family.children]) == ("0-01", ["1-00", "1-02"])
    assert family.children[1].changed == "added 'alive'; removed 'pole_angle_low', 'effort'"
    assert eureka_agent.analyze(recorded, "1-02").families == (family,)
    assert eureka_agent.analyze(recorded, "0-01").families == ()
    shown = CliRunner().invoke(app, ["analyze", recorded]).stdout
    assert "Children of 0-01 (fitness 201.5) in generation 1" in shown


def test_pictures_show_the_worst_and_the_best_episode(finished: Path, tmp_path: Path) -> None:
    words = ["analyze", "latest", "0-00", "--runs", str(finished), "--pictures", str(tmp_path / "made")]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0, shown.output
    worst, best = sorted((tmp_path / "made").iterdir(), key=lambda path: "best" in path.name)
    for path, word in ((worst, "worst"), (best, "best")):
        told = path.read_text()
        assert f"Candidate 0-00, {word} episode" in told
        assert "paid in a step" in told
        assert ("<image" in told) == (find_spec("pygame") is not None)
        assert path.name in shown.stdout.replace("\n", "")


def test_a_foreign_run_is_drawn_without_what_would_load_its_task(run: Path, tmp_path: Path) -> None:
    log, elsewhere = run / "events.jsonl", str(tmp_path / "cartpole")
    bundled = str(bundled_folders("envs")[0] / "cartpole")
    assert bundled in log.read_text()
    log.write_text(log.read_text().replace(bundled, elsewhere))
    analysis = eureka_agent.analyze(str(run), "0-00", pictures=tmp_path / "made")
    assert len(analysis.pictures) == 2
    (why,) = analysis.missing
    assert why.startswith("Drawn without frames.")
    assert "--trust" in why
    assert "<image" not in analysis.pictures[0].read_text()


def test_a_run_that_goes_on_records_random_play_anew_where_it_cannot_be_read(run: Path) -> None:
    folder, task = RunFolder(run), find_task("cartpole")
    kept, told = kept_recording(folder, task)
    assert len(kept) >= 4
    assert told == ()
    folder.recording.write_bytes(b"none")
    kept, told = kept_recording(folder, task)
    assert kept == ()
    assert "contains no recorded episodes" in told[0]
    assert "recorded anew" in told[0]


def _bumping(arrays: dict[str, np.ndarray]) -> None:
    """Let the cart, whose place is a safety signal of its task, jump in the first episode's eighth step."""
    arrays["signal/cart_position"][...] = 0.01
    arrays["signal/cart_position"].flat[7] = -2.0


def test_peaks_of_safety_signals_are_told_without_the_task_as_its_trainings_name_them(run: Path) -> None:
    damaged(_bumping)(recording_of(run, "0-00"))
    for wanted in (False, True):
        analysis = eureka_agent.analyze(str(run), "0-00", with_rewards=wanted)
        assert analysis.detail is not None
        (seen, *_) = [f for f in analysis.detail.findings if f.kind is ObservationKind.PEAK]
        assert seen.text.startswith("cart_position peaks at -2 (step 7), 200 times its median size of 0.01")
        assert seen.citation == "candidate 0-00, episode 0, step 7"


def test_a_log_that_names_no_safety_signals_tells_no_peaks(run: Path) -> None:
    damaged(_bumping)(recording_of(run, "0-00"))
    log = run / "events.jsonl"
    events = [json.loads(line) for line in log.read_text().splitlines()]
    measured = [
        event["evaluation"].pop("safety") for event in events if "safety" in event.get("evaluation", {})
    ]
    assert {"cart_position", "cart_velocity"} == set(measured[0])
    log.write_text("".join(f"{json.dumps(event)}\n" for event in events))
    analysis = eureka_agent.analyze(str(run), "0-00")
    assert analysis.detail is not None
    assert all(f.kind is not ObservationKind.PEAK for f in analysis.detail.findings)
