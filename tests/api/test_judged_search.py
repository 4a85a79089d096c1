"""`evolve --intrinsic`: a reward learned from labels of captions beside a search, on a real task."""

from __future__ import annotations

import dataclasses
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eureka_agent
from eureka_agent.api.after import left_by
from eureka_agent.api.consent import Consent, asked_for
from eureka_agent.api.judged_search import check_annotator, goal_of
from eureka_agent.config import RunConfig, recorded_config
from eureka_agent.errors import ConfigError, EurekaError, Interrupted, StoreError
from eureka_agent.intrinsic import with_judgement
from eureka_agent.store.event_types import CaptionsJudged, ReplyReceived
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.state import RunState
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.learned_rewards import CAPTIONS
from eureka_agent.trajectories import read_trajectories
from eureka_agent.trajectories.files import FILE

RULES = """
[[rules]]
pattern = "is upright"
value = 1.0
"""
REPLIES = Path(__file__).parent / "recorded" / "pendulum_labels_replies.jsonl"
READING = "def compute_reward(intrinsic):\n    return 2.0 * intrinsic, {'judged': 2.0 * intrinsic}\n"
SMALL: dict[str, Any] = {
    "model": "search", "generations": 2, "samples": 2, "env_steps": 2_000, "confirm_seeds": 2,
    "confirm_top": 1, "choose_seeds": 0, "halving": False, "film": False, "target": 9.0,
    "intrinsic_goal": "hold the pendulum upright", "intrinsic_coefficient": 0.25,
}  # fmt: skip


ONE_GENERATION: dict[str, Any] = {**SMALL, "generations": 1}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules") / "mine.toml"
    path.write_text(RULES)
    return path


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory, rules: Path) -> RunFolder:
    """A whole run whose first reward reads the learned one, and whose others are paid it beside their own."""
    root = tmp_path_factory.mktemp("ended")
    reward = root / "reads.py"
    reward.write_text(READING)
    result = eureka_agent.evolve(
        "pendulum", runs=root, seed_reward=reward, intrinsic=f"rules:{rules}", **SMALL
    )
    return RunFolder(result.folder)


def state_of(folder: RunFolder) -> RunState:
    return RunState.of(read_events(folder.events))


def test_a_whole_search_is_labelled_once_and_says_so(ended: RunFolder) -> None:
    said = [event for event in read_events(ended.events) if isinstance(event, CaptionsJudged)]
    labels = [label.captions for event in said for label in event.labels]
    assert [event.generation for event in said] == [0, 1]
    assert len(labels) == len(set(labels)) == 15
    summary = ended.summary.read_text()
    assert "15 labels of captions by rules:rules.toml" in summary
    assert "no answer came while they trained" in summary


def test_each_candidate_is_paid_what_was_learned(ended: RunFolder) -> None:
    state = state_of(ended)
    reads, added = state.candidates["0-00"], state.candidates["0-01"]
    assert "component/judged" in reads.evaluations[0].curves
    assert "component/intrinsic" not in reads.evaluations[0].curves
    assert "component/intrinsic" in added.evaluations[0].curves
    assert (ended.training("0-01", "search", 0) / CAPTIONS).is_file()


def test_stable_baselines_is_paid_what_was_learned_too(tmp_path: Path, rules: Path) -> None:
    pytest.importorskip("stable_baselines3")
    reward = tmp_path / "reads.py"
    reward.write_text(READING)
    result = eureka_agent.evolve(
        "pendulum", runs=tmp_path, seed_reward=reward, intrinsic=f"rules:{rules}", trainer="sb3",
        **ONE_GENERATION,
    )  # fmt: skip
    state = state_of(RunFolder(result.folder))
    assert "component/judged" in state.candidates["0-00"].evaluations[0].curves
    for candidate, paid in (("0-00", False), ("0-01", True)):
        training = RunFolder(result.folder).training(candidate, "search", 0)
        assert ("component/intrinsic" in state.candidates[candidate].evaluations[0].curves) is paid
        for episode in read_trajectories(training / FILE):
            assert (episode.signals["intrinsic"] == (np.abs(episode.signals["angle"]) < 0.2)).all()


def test_recorded_episodes_hold_what_is_paid_for_their_steps(ended: RunFolder) -> None:
    for episode in read_trajectories(ended.training("0-01", "search", 0) / FILE):
        upright = np.abs(episode.signals["angle"]) < 0.2
        assert (episode.signals["intrinsic"] == upright).all()
    for episode in read_trajectories(ended.training("reference", "confirm", 0) / FILE):
        assert "intrinsic" not in episode.signals


def test_the_saved_reward_lies_beside_the_learned_one(ended: RunFolder, tmp_path: Path) -> None:
    path = eureka_agent.export(str(ended.root), tmp_path / "mine.py", candidate="0-00")
    assert "mine.intrinsic.npz" in path.read_text()
    task = with_judgement(find_task("pendulum"), tmp_path / "mine.intrinsic.npz")
    env = eureka_agent.RewardWrapper(task.make_env(), path, task=task)
    env.reset(seed=0)
    paid = [env.step(np.zeros(1, np.float32))[1] for _ in range(20)]
    assert set(paid) <= {0.0, 2.0}
    other = eureka_agent.export(str(ended.root), tmp_path / "other.py", candidate="0-01")
    assert "times 0.25, which this file does not pay" in " ".join(other.read_text().split())


def test_a_saved_reward_is_checked_and_trained_with_what_was_learned_beside_it(
    ended: RunFolder, tmp_path: Path
) -> None:
    reads = eureka_agent.export(str(ended.root), tmp_path / "reads.py", candidate="0-00")
    added = eureka_agent.export(str(ended.root), tmp_path / "added.py", candidate="0-01")
    assert not [f for f in eureka_agent.check(reads, "pendulum") if f.rule == "unknown-signal"]
    for path, component in ((reads, "judged"), (added, "intrinsic")):
        report = eureka_agent.train("pendulum", path, env_steps=2_000, output=tmp_path / path.stem)
        (training,) = report.trainings
        assert training.failure == ""
        curves = np.load(training.folder / "curves.npz")
        assert f"component/{component}" in curves.files
    (tmp_path / "reads.intrinsic.npz").unlink()
    with pytest.raises(EurekaError, match="There is no signal `intrinsic`"):
        eureka_agent.train("pendulum", reads, env_steps=2_000, output=tmp_path / "without")


def test_a_stopped_run_goes_on_with_its_own_copy_of_the_rules(tmp_path: Path) -> None:
    mine, stop = tmp_path / "mine.toml", threading.Event()
    mine.write_text(RULES)

    def stops(event: Any, _state: RunState) -> None:
        if event.type == "generation_judged":
            stop.set()

    with pytest.raises(Interrupted):
        eureka_agent.evolve(
            "pendulum", runs=tmp_path, intrinsic=f"rules:{mine}", stop=stop, on_event=stops, **SMALL
        )
    mine.unlink()
    assert eureka_agent.resume(runs=tmp_path).winner is not None


def test_a_language_models_labels_are_in_the_log(tmp_path: Path) -> None:
    """Replies recorded from a language model that labelled the same fifteen captions."""
    result = eureka_agent.evolve("pendulum", runs=tmp_path, intrinsic=f"replay:{REPLIES}", **ONE_GENERATION)
    events = list(read_events(RunFolder(result.folder).events))
    (judged,) = (event for event in events if isinstance(event, CaptionsJudged))
    values = {label.captions[0]: label.value for label in judged.labels}
    assert values["the pendulum is upright, still"] == 1.0
    assert values["the pendulum hangs down, turning fast"] == 0.5
    assert [str(e.key) for e in events if isinstance(e, ReplyReceived)] == ["annotator/0-00/turn0"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"intrinsic": "search"}, "labels no captions"),
        ({"intrinsic": ""}, "labels no captions"),
        ({"intrinsic": "rules:nowhere.toml"}, "names no file"),
        ({"intrinsic": "same"}, "asks no language model"),
        ({"intrinsic_message": "angle"}, "nobody is named who labels captions"),
        ({"intrinsic": "RULES", "device": "gpu"}, "not paid on a GPU"),
        ({"intrinsic": "RULES", "intrinsic_message": "angle"}, "no signal of 'pendulum' that could be"),
        ({"intrinsic": "RULES", "intrinsic_kind": "count"}, "intrinsic_kind"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_is_said_before_anything_begins(
    options: dict[str, Any], message: str, rules: Path, tmp_path: Path
) -> None:
    asked = {k: v for k, v in SMALL.items() if k != "intrinsic_goal"} | options
    if asked.get("intrinsic") == "RULES":
        asked["intrinsic"] = f"rules:{rules}"
    with pytest.raises(ConfigError, match=message):
        eureka_agent.evolve("pendulum", runs=tmp_path, **asked)
    assert list_runs(tmp_path) == []


def test_rules_that_were_changed_in_the_run_are_refused(ended: RunFolder, tmp_path: Path) -> None:
    folder = RunFolder(Path(shutil.copytree(ended.root, tmp_path / "copy")))
    config = recorded_config(state_of(folder).config)
    check_annotator(config, folder)
    folder.annotator("rules").write_text(RULES + "# changed")
    with pytest.raises(StoreError, match="is not the file of rules"):
        check_annotator(config, folder)


def test_labels_of_somebody_elses_run_need_consent(ended: RunFolder) -> None:
    config: RunConfig = recorded_config(state_of(ended).config)
    asked = [item.what for item in asked_for(config, Consent())]
    assert any(what.startswith("captions labelled by rules:") for what in asked)
    without = dataclasses.replace(config, intrinsic=dataclasses.replace(config.intrinsic, annotator=None))
    assert not any("captions" in item.what for item in asked_for(without, Consent()))


def test_no_search_goes_on_after_a_run_with_a_learned_reward(ended: RunFolder) -> None:
    with pytest.raises(StoreError, match="learned from labels"):
        left_by(ended.name, ended.root.parent, find_task("pendulum"))


def test_an_estimate_tells_what_labels_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    told = eureka_agent.dry_run("pendulum", intrinsic="openai/gpt-5-mini", **SMALL)
    (share,) = told.shares
    assert (share.role, share.requests, share.most_requests) == ("annotator", 2, 8)
    assert share.most_usd is not None
    assert share.cost_usd is not None
    assert 0.0 < share.cost_usd < share.most_usd


def test_the_goal_is_the_persons_or_what_the_task_is_about() -> None:
    task = find_task("pendulum")
    assert goal_of("hang\nstill", task) == "hang still"
    assert goal_of(None, task).startswith("A rigid pendulum hangs from a motor")


def test_the_estimate_of_a_designers_prompts_has_what_it_is_told_of_labels(
    monkeypatch: pytest.MonkeyPatch, rules: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    asked = {**SMALL, "model": "openai/gpt-5-mini"}
    (labelled,) = eureka_agent.dry_run("pendulum", intrinsic=f"rules:{rules}", **asked).shares
    for name in ("intrinsic_goal", "intrinsic_coefficient"):
        del asked[name]
    (plain,) = eureka_agent.dry_run("pendulum", **asked).shares
    assert labelled.input_tokens > plain.input_tokens + labelled.requests * 200
