"""Defects of an earlier system (ONI, arXiv 2410.23022) in learning from labels and paying, each with a test.

`wrong` functions are what that system did: a test shows the defect before it shows that it is not here. What
ours shares with it is tested, too, so that it stays known: see the last tests.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from annotator_fakes import Answering
from caption_streams import better, column, lights, rollouts, said, shuffled, steps_of

import eureka_agent.intrinsic
from eureka_agent.intrinsic.annotation.asking import SynchronousAnnotation
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.annotation.rules import Predicate
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.learned import LearnedReward
from eureka_agent.intrinsic.mixing import Coefficients, Schedule, mixed
from eureka_agent.intrinsic.models.classification import Classification
from eureka_agent.intrinsic.models.kinds import Kind, make_model
from eureka_agent.intrinsic.models.ranking import Ranking
from eureka_agent.intrinsic.models.settings import ModelSettings
from eureka_agent.intrinsic.options import IntrinsicOptions
from eureka_agent.intrinsic.plan import Captioning, IntrinsicPlan
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Native
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import CaptionPart
from eureka_agent.training.annotation_desk import AnnotationDesk
from eureka_agent.training.asking_parent import Answers
from eureka_agent.training.job import TrainingJob
from eureka_agent.training.learned_rewards import read_paid
from eureka_agent.training.protocol import Answered
from eureka_agent.training.trainers import make_trainer

Array = np.ndarray


@pytest.fixture(scope="module")
def ranked() -> Ranking:
    worth = {f"gold: {n}": float(n) for n in range(40)}
    texts, rng = list(worth), np.random.default_rng(0)
    pairs = [rng.choice(len(texts), 2, replace=False) for _ in range(300)]
    labels = [better(texts[i], texts[j], float(i > j)) for i, j in pairs]
    model = Ranking(ModelSettings(encoder="characters", memory=0.0), seed=0)
    rollouts(model, labels, texts, count=80, each=10)
    assert model.informed
    return model


def test_the_normalised_tensor_was_written_where_nothing_read_it(ranked: Ranking) -> None:
    """Raw scores were paid: the normalised, thresholded ones had a variable of nearly the same name."""
    steps = column([f"gold: {n}" for n in range(40) for _ in range(1 + n % 2)])
    applied = LearnedReward(ranked, AnsweringNothing(), num_envs=1, beta=0.0).pay(steps.captions, steps.first)
    raw = ranked._student.outputs(steps.captions.texts)[steps.captions.index.ravel()]
    median = np.sort(raw)[(len(raw) + 1) // 2 - 1]
    specified = np.clip((raw - median) / raw.std(), 0.0, 5.0)

    def wrong(scores: Array) -> Array:
        normalised = (scores - scores.mean()) / scores.std()
        normalised = normalised * (normalised > -0.5)
        return scores

    assert not np.allclose(wrong(raw), specified, atol=1e-3)
    np.testing.assert_allclose(applied.ravel(), specified, atol=1e-3)


class AnsweringNothing:
    def submit(self, questions: Sequence[Question]) -> None: ...

    def collect(self) -> Sequence[Label]:
        return ()


def test_a_z_threshold_called_quantile(ranked: Ranking) -> None:
    """What was named a quantile was a number of deviations: of skewed scores it paid another share."""
    steps = column([f"gold: {n}" for n in (0, 0, 0, 1, 2, 3, 37, 38, 39, 39)])
    for share in (0.2, 0.5, 0.8):
        model = Ranking(ModelSettings(encoder="characters", memory=0.0, quantile=share), seed=0)
        model.load_state_dict(ranked.state_dict())
        model.observe(steps)
        paid = model.reward(steps).ravel()
        assert np.count_nonzero(paid) <= round(10 * (1 - share))
        assert np.count_nonzero(paid) >= round(10 * (1 - share)) - 2, "equal captions are paid alike"


def test_statistics_never_decayed() -> None:
    """Mean and variance of scores were those of the whole training, though the policy had long moved on."""
    model = Ranking(ModelSettings(memory=0.5), seed=0)
    for _ in range(20):
        model.observe(column(["old"] * 9))
    for _ in range(10):
        model.observe(column(["new"] * 9))
    weights = dict(zip(model._encountered.texts, model._encountered.weights, strict=True))
    assert weights["new"] > 100 * weights["old"]


@pytest.mark.parametrize("kind", ["classification", "ranking"])
def test_no_gate_before_anything_is_learned(kind: str) -> None:
    """An untrained network paid random zeros and ones."""
    steps = column(list(lights(50, seed=0)))
    assert not make_model(kind, seed=0).reward(steps).any()
    untrained = Classification(seed=0).estimate(steps.captions.texts)
    assert (untrained > 0.5).any(), "what it would have paid"


def test_training_accuracy_only() -> None:
    """Labels that mean nothing were learned by heart, and the number that was shown rose to 100 %."""
    labels = shuffled(lights(300, seed=0), seed=1)
    model = make_model("classification", seed=0)
    learned = LearnedReward(model, AnsweringNothing(), num_envs=1)
    rollouts(
        model, [said(text, value) for text, value in labels.items()], list(labels)[:40], count=100, each=10
    )
    lessons = model._students.first.lessons.all()  # pyright: ignore[reportAttributeAccessIssue]
    by_heart = (model.estimate([key[0] for key in lessons.keys]) > 0.5) == (lessons.values > 0.5)  # pyright: ignore[reportAttributeAccessIssue]
    assert learned.accuracy is not None
    assert by_heart.mean() > learned.accuracy + 0.1
    assert abs(learned.accuracy - 0.5) < 0.2
    assert not model.reward(column(list(labels))).any()


def test_no_class_weighting() -> None:
    """Where one caption in twelve is helpful, a network that says no to all is right 92 times of 100."""
    texts = {
        f"you see {thing} {n}": float(thing == "gold")
        for n in range(40)
        for thing in ("gold", *"abcdefghijk")
    }
    model = Classification(seed=0)
    rollouts(model, [said(text, value) for text, value in texts.items()], list(texts)[:40], count=80, each=10)
    assert model.informed
    chances = model.estimate([f"you see gold {n}" for n in range(100, 120)])
    assert (chances > 0.5).all()


def test_an_indicator_in_the_place_of_a_probability() -> None:
    """A caption of probability 0.51 was paid as much as one of 0.99, and no probability was calibrated."""
    captions = {
        f"the {state} torch {n}": float(state == "lit") for n in range(200) for state in ("lit", "cold")
    }
    rng = np.random.default_rng(0)
    labels = [said(text, value if rng.random() < 0.8 else 1 - value) for text, value in captions.items()]
    model = Classification(seed=0)
    rollouts(model, labels, list(captions)[:40], count=120, each=10)
    assert model.informed
    paid = model.reward(column([f"the lit torch {n} and {n + 1}" for n in range(300, 340)])).ravel()
    assert len(set(paid[paid > 0].round(3).tolist())) > 10
    assert paid.max() < 0.98, "one label in five is wrong, and it has found that out"


def test_checkpoints_without_pair_buffer_and_statistics(ranked: Ranking) -> None:
    """A resumed training asked its pairs again and paid by statistics that began anew."""
    steps = column([f"gold: {n}" for n in range(40)])
    ranked.observe(steps)
    resumed = Ranking(ModelSettings(encoder="characters", memory=0.0), seed=0)
    resumed.load_state_dict(ranked.state_dict())
    np.testing.assert_array_equal(resumed.reward(steps), ranked.reward(steps))
    assert {q.key for q in resumed.pending()} == {q.key for q in ranked.pending()}
    assert resumed.observe(steps) == ranked.observe(steps)


def test_a_race_between_new_labels_and_minibatches() -> None:
    """The dataset grew while a loader walked through it. Here labels wait until the learner takes them."""
    answers, done = Answers(), threading.Event()
    taken: list[Label] = []

    def tell(part: int) -> None:
        for number in range(2_000):
            answers.put(Answered(job="a", captions=(f"{part} {number}",), value=1.0))

    def learn() -> None:
        while not done.is_set():
            taken.extend(answers.take("a"))

    learner = threading.Thread(target=learn)
    threads = [threading.Thread(target=tell, args=(part,)) for part in range(3)]
    for thread in (learner, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    learner.join()
    taken += answers.take("a")
    assert len({label.question for label in taken}) == len(taken) == 6_000


def test_terminal_captions_were_lost(tmp_path: Path) -> None:
    """The observation after the reset had taken the last one's place, so that no death was ever captioned."""
    task = find_task("cartpole")
    fallen = CaptionPart(
        "pole_angle", (-0.2094, 0.2094), ("the pole has fallen", "the pole stands", "the pole has fallen")
    )
    asking = SynchronousAnnotation(Predicate("falls", lambda text: float("fallen" in text)), Backlog())
    plan = IntrinsicPlan(kind="retrieval", captioning=Captioning(parts=(fallen,)), beta=0.0)
    with RewardSandbox(unsafe=True) as sandbox:
        trainer = make_trainer(
            "population", sandbox, scratch=tmp_path / "tmp", parallel=1, stop=threading.Event(), unsafe=True,
            desk=AnnotationDesk(asking),
        )  # fmt: skip
        job = TrainingJob("a", "train", 0, 7, Native(), tmp_path / "a", 8_192, intrinsic=plan)
        trainer.train(task, [job], on_start=lambda _: None, on_outcome=lambda *_: None)
        trainer.close()
    tally, rows = read_paid(tmp_path / "a")
    steps = {row.caption: row.steps for row in rows}
    assert set(steps) == {"the pole has fallen", "the pole stands"}
    assert steps["the pole has fallen"] >= tally.steps / 500, "each episode that ends before its time limit"
    assert tally.paid > 0, "the last steps of episodes, and no others"
    assert tally.paid <= steps["the pole has fallen"]


def test_a_clip_of_what_a_task_pays() -> None:
    """Rewards of the task were clipped at 10, so that 50 for a success needed a scale that nobody told of."""
    success = np.array([[50.0]], np.float32)
    coefficients = Coefficients(extrinsic=Schedule.constant(1.0))
    total = mixed(coefficients, 0.0, intrinsic=np.zeros((1, 1)), extrinsic=success)
    assert total.total.tolist() == [[50.0]]


def test_dead_flags() -> None:
    """Options stood in the configuration that no code read."""
    package = Path(eureka_agent.intrinsic.__file__).parent
    code = {path.name: path.read_text() for path in package.rglob("*.py")}
    read = "".join(text for name, text in code.items() if name != "settings.py")
    dead = [one.name for one in fields(ModelSettings) if not re.search(rf"settings\.{one.name}\b", read)]
    assert dead == []
    dead = [one.name for one in fields(IntrinsicOptions) if f"self.{one.name}" not in code["options.py"]]
    assert dead == []
    dead = [
        one.name
        for one in fields(Captioning)
        if not re.search(rf"(self|captioning)\.{one.name}\b", "".join(code.values()))
    ]
    assert [name for name in dead if name != "features"] == []


def test_literals_in_the_middle_of_training_code() -> None:
    """25,000 labels, 32 updates and 10 pairs stood there as numbers. Here bounds are settings, and act."""
    small = ModelSettings(most_updates=1, updates_per_label=1.0)
    model = Classification(small, seed=0)
    rollouts(model, [said(f"text {n}", float(n % 2)) for n in range(40)], ["a"], count=8, each=5)
    assert all(student.updates <= 8 for student in model._students._students)
    assert len(Ranking(ModelSettings(pairs=3), seed=0).observe(column([f"text {n}" for n in range(30)]))) == 3


@pytest.mark.parametrize("kind", ["retrieval", "classification", "ranking", "count"])
def test_whole_tables_in_the_log(
    kind: Kind, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whole dictionaries of rewards were logged with every update."""
    asking = SynchronousAnnotation(Answering(), Backlog())
    learned = LearnedReward(make_model(kind, seed=0), asking, num_envs=1)
    with caplog.at_level(logging.DEBUG):
        for number in range(5):
            captions = Captions.of([[f"caption {number} {n}"] for n in range(20)])
            learned.pay(captions, np.zeros(captions.index.shape, bool))
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


def test_a_chain_of_ifs_in_six_places() -> None:
    """Each kind was told apart wherever rewards were made, learned, saved and paid; here in one module."""
    package = Path(eureka_agent.intrinsic.__file__).parent
    told_apart = re.compile(r'(?:==|!=|\bin) [^\n]*"(?:retrieval|classification|ranking|count|rnd)"')
    found = {path.name for path in package.rglob("*.py") if told_apart.search(path.read_text())}
    assert found <= {"kinds.py", "options.py"}


def test_a_caption_was_the_only_input() -> None:
    """Shared in part: labels are of captions, and models of labels read them alone; `rnd` reads features."""
    captions, first = Captions.of([["same"], ["same"]] * 50), np.zeros((100, 1), bool)
    features = np.array([[[0.0]], [[1.0]]] * 50, np.float32)
    features[-1] = 9.0
    paid = LearnedReward(make_model("rnd", seed=0), AnsweringNothing(), num_envs=1, beta=0.0)
    reward = paid.pay(captions, first, features).ravel()
    assert reward[-1] > reward[1]
    blind = make_model("retrieval", seed=0)
    blind.ingest([said("same", 1.0)])
    assert len(set(blind.reward(steps_of(["same"], ["same"])).ravel().tolist())) == 1


def test_what_is_paid_depends_on_a_count_that_policies_do_not_see() -> None:
    """Shared: 1 / N^beta makes the return depend on the episode's history; `beta` 0 leaves it out."""
    twice = Captions.of([["gold"], ["gold"]])
    for beta, expected in ((3.0, [1.0, 0.125]), (0.0, [1.0, 1.0])):
        model = make_model("retrieval", seed=0)
        model.ingest([said("gold", 1.0)])
        learned = LearnedReward(model, AnsweringNothing(), num_envs=1, beta=beta)
        assert learned.pay(twice, np.zeros((2, 1), bool)).ravel().tolist() == expected
