"""`oni`: captions, labels, a learned reward, policies."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from annotator_fakes import rows_of
from servers import Service, serving

from eureka_agent.api.annotators import LABELS
from eureka_agent.api.oni import OniProgress, OniReport, oni
from eureka_agent.errors import ConfigError, ModelError, StoreError
from eureka_agent.intrinsic.annotation.annotator_options import AnnotatorOptions
from eureka_agent.intrinsic.annotation.annotators import Source
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.annotation.rules import Predicate
from eureka_agent.intrinsic.options import IntrinsicOptions
from eureka_agent.intrinsic.shares import Share
from eureka_agent.llm.model import Message

RULES = """
[[rules]]
pattern = "is upright"
value = 1.0
"""
STEPS = 8192


@pytest.fixture
def rules(tmp_path: Path) -> str:
    path = tmp_path / "rules.toml"
    path.write_text(RULES)
    return f"rules:{path}"


def test_policies_learn_from_labels_which_are_kept_and_can_take_the_annotators_place(
    tmp_path: Path, rules: str
) -> None:
    seen: list[OniProgress] = []
    report = oni(
        "pendulum", goal="hold it upright", annotator=rules, env_steps=STEPS, seeds=2,
        output=tmp_path / "one", on_progress=seen.append,
    )  # fmt: skip
    assert all(one.fitness is not None and one.policy is not None for one in report.trainings)
    assert report.asking.answered >= 10
    assert report.known == 0
    best, *_, worst = report.captions()
    assert "is upright" in best.caption
    assert (best.now, worst.now) == (1.0, 0.0)
    assert "is upright" in (report.trainings[0].folder / "captions.svg").read_text()
    assert {one.replicate for one in seen} == {0, 1}
    assert seen[-1].reached.learned is not None
    assert seen[-1].reached.learned.labels > 0

    again = oni(
        "pendulum", goal="hold it upright", annotator=f"labels:{report.labels}", env_steps=STEPS,
        output=tmp_path / "two",
    )  # fmt: skip
    assert again.known > 5
    assert again.asking.answered == 0
    assert "is upright" in again.captions()[0].caption


def test_labels_of_an_earlier_training_are_not_asked_again(tmp_path: Path, rules: str) -> None:
    def train(output: str) -> int:
        report = oni(
            "pendulum", goal="hold it upright", annotator=rules, env_steps=4096, output=tmp_path / output,
            annotation=AnnotatorOptions(labels=tmp_path / LABELS),
        )  # fmt: skip
        return report.known

    assert train("one") == 0
    assert train("two") > 0


@pytest.mark.parametrize(
    ("learned", "words"),
    [
        (IntrinsicOptions(kind="classificaton"), "Did you mean 'classification'"),
        (IntrinsicOptions(captions="signal"), "Did you mean 'signals'"),
        (IntrinsicOptions(captions="message", message="text"), "'text' is no signal of 'pendulum'"),
        (IntrinsicOptions(blend="median"), "There is no blend 'median'"),
        (IntrinsicOptions(captions="message", message="angle"), "'angle' is no signal of 'pendulum'"),
        (IntrinsicOptions(beta=-1.0), "divided by the power -1"),
        (IntrinsicOptions(beta=float("nan")), "divided by the power nan"),
        (IntrinsicOptions(window=0), "A window has 0 steps"),
        (IntrinsicOptions(kind="ranking", ensemble=0), "cannot have 0 members"),
    ],
)
def test_what_there_is_not_is_said_before_anything_is_trained(
    tmp_path: Path, rules: str, learned: IntrinsicOptions, words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        oni("pendulum", goal="hold it upright", annotator=rules, learned=learned, output=tmp_path / "none")


@pytest.mark.parametrize(
    "annotator", ["rules:", "rules:missing.toml", "labels:missing.jsonl", "search", "auto", "none"]
)
def test_an_annotator_that_there_is_not(tmp_path: Path, annotator: str) -> None:
    with pytest.raises(ConfigError, match=r"annotator|labels no captions"):
        oni("pendulum", goal="hold it upright", annotator=annotator, output=tmp_path / "none")


def test_labels_for_another_goal_are_not_taken(tmp_path: Path) -> None:
    cache = LabelCache(tmp_path / LABELS)
    for goal in ("hold it upright", "let it hang"):
        cache.put(Source("rules", "", goal), [Label(Question(("the pendulum is upright, still",)), 1.0)])
    with pytest.raises(ConfigError, match="no labels for the goal 'spin it'") as refused:
        oni("pendulum", goal="spin it", annotator=f"labels:{tmp_path / LABELS}", output=tmp_path / "none")
    assert refused.value.allowed == "hold it upright; let it hang"


def test_where_labels_cannot_be_kept_nothing_is_begun(tmp_path: Path, rules: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        oni(
            "pendulum", goal="hold it upright", annotator=rules,
            annotation=AnnotatorOptions(labels=tmp_path / "file" / LABELS),
            output=tmp_path / "none",
        )  # fmt: skip


def test_a_bonus_for_captions_as_such_asks_nobody(tmp_path: Path) -> None:
    report = oni(
        "pendulum", goal="see everything", learned=IntrinsicOptions(kind="count", beta=3.0), env_steps=4096,
        output=tmp_path,
    )  # fmt: skip
    assert report.asking.asked == 0
    assert {row.now for row in report.captions()} == {1.0}


@pytest.mark.parametrize("trainer", ["population", "sb3"])
def test_random_network_distillation_asks_nobody_and_pays_by_features(tmp_path: Path, trainer: str) -> None:
    report = oni(
        "pendulum", goal="see everything", learned=IntrinsicOptions(kind="rnd"), env_steps=8192,
        output=tmp_path, trainer=trainer,
    )  # fmt: skip
    assert report.asking.asked == 0
    assert all(row.now == row.paid > 0.0 for row in report.captions())
    assert report.trainings[0].failure == ""


def test_two_annotators_are_a_retrieval_of_two(tmp_path: Path) -> None:
    """The least of both is paid: what one of them alone calls helpful is paid nothing."""
    agreed = Predicate("either", lambda text: float("upright" in text), "hold it")
    strict = Predicate("strict", lambda text: float("is upright" in text), "hold it")
    report = oni(
        "pendulum", goal="hold it", annotator=[agreed, strict], env_steps=STEPS, output=tmp_path,
        learned=IntrinsicOptions(ensemble=2, blend="worst"),
    )  # fmt: skip
    now = {row.caption: row.now for row in report.captions()}
    paid = [caption for caption, value in now.items() if value > 0]
    assert paid
    assert all("is upright" in caption for caption in paid)
    assert any("nearly upright" in caption for caption in now)
    assert [(one.annotator, one.variant) for one in report.annotators] == [
        ("either", "either"), ("strict", "strict"),
    ]  # fmt: skip
    sources = LabelCache(report.labels).sources()
    assert {source.annotator for source in sources} == {"either", "strict"}

    file = f"labels:{report.labels}"
    again = oni(
        "pendulum", goal="hold it", annotator=[f"{file}#either", f"{file}#strict"], env_steps=STEPS,
        output=tmp_path / "again", learned=IntrinsicOptions(blend="worst"),
    )  # fmt: skip
    assert again.asking.answered == 0
    assert "is upright" in again.captions()[0].caption


def first_paid(output: Path, service: Service) -> tuple[OniReport, int]:
    """Train until something is paid, and return how many requests came before that training.

    On a busy machine a training may be over before the first answers are there; they are kept for the next.
    """
    for _ in range(10):
        before = len(service.requests)
        report = oni(
            "pendulum", goal="hold it", annotator="openai/small-model-1", env_steps=STEPS, output=output,
            annotation=AnnotatorOptions(wordings=("plain", "reworded"), votes=2, check=6),
        )  # fmt: skip
        if any(row.now > 0 for row in report.captions()):
            return report, before
    pytest.fail("ten trainings learned nothing")


def test_votes_examinations_and_odds_reach_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model on a service that tells the probability of its words, which are all the same."""

    def said(body: dict[str, Any]) -> str:
        messages = [Message(turn["role"], turn["content"]) for turn in body["messages"]]
        yes = "M" if "log line" in messages[0].content else "A"
        return "".join(
            f"{n} | {'up' if 'upright' in texts[0] else 'down'} | {yes}\n"
            for n, texts in rows_of(messages).items()
        )

    def odds(text: str) -> list[dict[str, Any]]:
        rows = []
        for line in text.splitlines(keepends=True):
            yes, no = (-0.1, -3.0) if "| up |" in line else (-2.5, -0.2)
            words = [("A", yes), ("B", no), ("M", yes), ("K", no)]
            told = [{"token": word, "logprob": chance} for word, chance in words]
            rows += [{"token": line[:-2], "logprob": 0.0}]
            rows += [{"token": line[-2:], "logprob": yes, "top_logprobs": told}]
        return rows

    with serving(Service("openai", say=said)) as service:
        service.odds = odds
        monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
        report, before = first_paid(tmp_path, service)
    assert [one.variant for one in report.annotators] == ["plain", "reworded"]
    for one in report.annotators:
        assert one.noise is not None
        assert one.noise.differing.n > 0
        assert one.noise.rate == 0.0
        assert one.before is not None
        assert one.before.reworded == Share(6, 6)
        assert one.after is not None
    paid = [row for row in report.captions() if row.now > 0]
    assert paid
    assert all("upright" in row.caption for row in paid)
    _, _, label = LabelCache(report.labels).kept()[0]
    assert label.votes == len(label.answers) == 2
    assert label.value not in (0.0, 0.5, 1.0)
    assert report.requests == len([body for _, _, body in service.requests[before:] if body])


def test_what_contradicts_itself_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    answers = iter(range(10**6))
    fickle = Predicate("fickle", lambda text: float(next(answers) // 12 % 2 == 0), "hold it")
    with pytest.raises(ConfigError, match="The annotator fickle is not to be relied on: repeated 0% of 12"):
        oni(
            "pendulum", goal="hold it", annotator=fickle, env_steps=STEPS, output=tmp_path,
            annotation=AnnotatorOptions(check=12),
        )  # fmt: skip
    assert not list(tmp_path.glob("seed-*"))


def test_a_file_that_lacks_captions_is_told_once_and_is_nobodys_fault(tmp_path: Path) -> None:
    cache = LabelCache(tmp_path / LABELS)
    cache.put(Source("rules", "", "hold it"), [Label(Question(("the pendulum is upright, still",)), 1.0)])
    report = oni(
        "pendulum", goal="hold it", annotator=f"labels:{tmp_path / LABELS}", env_steps=4096,
        output=tmp_path / "out",
    )  # fmt: skip
    (notice,) = report.notices
    assert "questions have no label of labels:rules" in notice
    assert (report.asking.failed, report.asking.over) == (0, False)
    assert report.asking.given_up > 0


def test_an_annotator_that_is_slower_than_the_training_is_told_of(tmp_path: Path) -> None:
    class Slow(Predicate):
        def annotate(self, questions: Sequence[Question], stop: threading.Event) -> Sequence[Label | None]:
            stop.wait()
            raise ModelError("stopped while waiting")

    report = oni(
        "pendulum", goal="hold it", annotator=Slow("slow", lambda text: 1.0, "hold it"), env_steps=4096,
        output=tmp_path,
    )  # fmt: skip
    (notice,) = report.notices
    assert "over before the first answer came" in notice
    assert report.asking.answered == 0
