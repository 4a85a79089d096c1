"""`oni`: captions, labels, a learned reward, policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from eureka_agent.api.annotators import LABELS, AnnotatorOptions
from eureka_agent.api.oni import OniProgress, oni
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.intrinsic.annotators import Source
from eureka_agent.intrinsic.label_cache import LabelCache
from eureka_agent.intrinsic.options import IntrinsicOptions
from eureka_agent.intrinsic.questions import Label, Question

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
