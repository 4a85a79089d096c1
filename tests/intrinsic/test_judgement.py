"""What labels say of single steps, as a signal of a task, in memory and in a file."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from trajectory_fakes import running

from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.described import DescribedSignals
from eureka_agent.intrinsic.frozen import Frozen, NobodyAsks
from eureka_agent.intrinsic.judgement import INTRINSIC, Judgement, judged, rejudged
from eureka_agent.intrinsic.judgement_file import read_judgement, with_judgement, write_judgement
from eureka_agent.intrinsic.plan import Captioning, IntrinsicPlan
from eureka_agent.intrinsic.settling import paid_for, settled, steps_of
from eureka_agent.rewards.wrapper import RewardWrapper
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import CaptionPart, Signal
from eureka_agent.training.inspecting import inspect_environment

PART = CaptionPart("pole_angle", (-0.1, 0.1), ("leans left", "stands", "leans right"))
PLAN = IntrinsicPlan(kind="retrieval", captioning=Captioning(parts=(PART,)), goal="stand")
LABELS = [Label(Question(("stands",)), 1.0), Label(Question(("leans left",)), 0.0)]
MET = {"stands": 5, "leans left": 3, "leans right": 1}


def judgement() -> Judgement:
    model, _ = settled(PLAN, LABELS, MET)
    return Judgement(DescribedSignals((PART,)), model)


def test_a_step_is_paid_by_its_caption_whatever_came_before() -> None:
    angles = np.array([-0.3, 0.0, 0.3, 0.05, -0.2], np.float32)
    assert judgement()({"pole_angle": angles}).tolist() == [0.0, 1.0, 0.0, 1.0, 0.0]
    for row in range(5):
        alone = judgement()({"pole_angle": angles[row : row + 1]})
        assert alone[0] == judgement()({"pole_angle": angles})[row]


def test_where_nothing_is_labelled_nothing_is_paid() -> None:
    nothing = Judgement(DescribedSignals((PART,)))
    assert nothing({"pole_angle": np.zeros(3, np.float32)}).tolist() == [0.0, 0.0, 0.0]


def test_a_task_measures_it_like_its_other_signals() -> None:
    task = judged(find_task("cartpole"), judgement())
    recorded = inspect_environment(task).trajectories
    assert task.signals[-1] == INTRINSIC
    for episode in recorded:
        inside = np.abs(episode.signals["pole_angle"]) < 0.1
        assert (episode.signals["intrinsic"] == inside).all()
        assert (episode.signals["prev_intrinsic"][1:] == episode.signals["intrinsic"][:-1]).all()
    assert any((episode.signals["intrinsic"] == 0).any() for episode in recorded)


def test_another_judgement_takes_the_place_of_the_first() -> None:
    task = find_task("cartpole")
    twice = judged(judged(task, Judgement(DescribedSignals((PART,)))), judgement())
    assert [signal.name for signal in twice.signals].count("intrinsic") == 1
    (episode, *_) = inspect_environment(twice).trajectories
    assert episode.signals["intrinsic"].any()


def test_a_task_with_such_a_signal_of_its_own_is_refused() -> None:
    task = find_task("cartpole")
    own = replace(task, signals=(*task.signals, Signal("intrinsic", ())))
    with pytest.raises(ConfigError, match="measures a signal 'intrinsic' of its own"):
        judged(own, judgement())


def test_a_recorded_episode_is_seen_anew() -> None:
    angles = np.array([0.0, 0.2, 0.0], np.float32)
    episode = running({"pole_angle": angles, "prev_pole_angle": np.array([0.2, 0.0, 0.2], np.float32)})
    seen = rejudged(episode, judgement())
    assert seen.signals["intrinsic"].tolist() == [1.0, 0.0, 1.0]
    assert seen.signals["prev_intrinsic"].tolist() == [0.0, 1.0, 0.0]
    lacking = running({"pole_angle": angles})
    assert rejudged(lacking, judgement()) is lacking


def test_a_reward_that_reads_it_works_in_a_persons_own_environment(tmp_path: Path) -> None:
    path, reward = tmp_path / "reward.intrinsic.npz", tmp_path / "reward.py"
    model, _ = settled(PLAN, LABELS, MET)
    write_judgement(path, PLAN, model)
    reward.write_text("def compute_reward(intrinsic):\n    return intrinsic * 2.0, {'labels': intrinsic}\n")
    task = with_judgement(find_task("cartpole"), path)
    env = RewardWrapper(task.make_env(), reward, task=task)
    env.reset(seed=0)
    assert env.step(0)[1] == 2.0


def test_a_file_pays_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "some.npz"
    model, _ = settled(PLAN, LABELS, MET)
    write_judgement(path, PLAN, model)
    read = read_judgement(path, find_task("cartpole"))
    angles = np.linspace(-0.5, 0.5, 101).astype(np.float32)
    assert (read({"pole_angle": angles}) == judgement()({"pole_angle": angles})).all()


@pytest.mark.parametrize("content", [b"", b"no arrays", b"PK\x03\x04 half a file"], ids=repr)
def test_a_file_that_holds_no_arrays_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "some.npz"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="cannot be read as arrays"):
        read_judgement(path, find_task("cartpole"))


def test_a_model_of_another_goal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.npz"
    model, _ = settled(PLAN, LABELS, MET)
    write_judgement(path, replace(PLAN, goal="fall over"), model)
    with pytest.raises(ConfigError, match="goal"):
        read_judgement(path, find_task("cartpole"))


@pytest.mark.parametrize("kind", ["retrieval", "classification", "ranking"])
def test_equal_labels_make_equal_models(kind: Any) -> None:
    plan = IntrinsicPlan(kind=kind, captioning=Captioning(parts=(PART,)), goal="stand")
    texts = [f"caption number {n} is {'good' if n % 2 else 'bad'}" for n in range(60)]
    met = dict.fromkeys(texts, 3)
    if kind == "ranking":
        labels = [Label(Question((a, b)), float("good" in a)) for a, b in pairwise(texts)]
    else:
        labels = [Label(Question((text,)), float("good" in text)) for text in texts]
    models = [settled(plan, labels, met)[0] for _ in range(2)]
    paid = [paid_for(model, texts) for model in models]
    assert paid[0] == paid[1]
    good = [value for text, value in zip(texts, paid[0], strict=True) if "good" in text]
    bad = [value for text, value in zip(texts, paid[0], strict=True) if "bad" in text]
    assert np.mean(good) > np.mean(bad)


def test_what_was_met_stands_for_itself_and_nothing_is_lost() -> None:
    steps = steps_of({"often": 1_000_000, "rare": 1, "sometimes": 500_000})
    assert steps.captions.texts == ("often", "rare", "sometimes")
    often, rare, sometimes = steps.captions.counts
    assert rare == 1
    assert often == pytest.approx(2 * sometimes, rel=0.01)
    assert often + rare + sometimes < 5_000
    assert steps_of({}).first.shape == (0, 1)


def test_a_frozen_model_neither_learns_nor_asks() -> None:
    model, wanted = settled(PLAN, LABELS, MET)
    frozen = Frozen(model)
    assert [question.captions for question in wanted] == [("leans right",)]
    frozen.ingest([Label(Question(("leans right",)), 1.0)])
    assert frozen.observe(steps_of(MET)) == ()
    assert paid_for(frozen, ["stands", "leans right"]) == [1.0, 0.0]
    nobody = NobodyAsks()
    nobody.submit([Question(("x",))])
    assert nobody.collect() == ()
