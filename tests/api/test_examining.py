"""Whether annotators mean what they say."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from annotator_fakes import Answering, Failing

from eureka_agent.api.annotators import annotators_of
from eureka_agent.api.examining import Examination
from eureka_agent.errors import ConfigError, ModelError
from eureka_agent.intrinsic.annotation.annotator_options import AnnotatorOptions
from eureka_agent.intrinsic.annotation.questions import Question
from eureka_agent.intrinsic.options import IntrinsicOptions
from eureka_agent.tasks.registry import find_task

GOAL = "hold it upright"
MET = [f"{'upright' if n % 2 else 'down'} {n}" for n in range(20)]


class Examined:
    """An examination of one annotator on `pendulum`."""

    def __init__(self, folder: Path, annotator: Any, *, captions: int = 12, kind: str = "retrieval") -> None:
        self.task = find_task("pendulum")
        self.stop = threading.Event()
        self.notices: list[str] = []
        plan = IntrinsicOptions(kind=kind).plan(self.task, GOAL, coded=False, paid=False)
        who = annotators_of(annotator, GOAL, AnnotatorOptions(), folder=folder)
        self.examination = Examination(
            who, plan, captions, seed=0, notice=self.notices.append, stop=self.stop
        )

    def before(self) -> None:
        self.examination.before(self.task)

    def after(self) -> None:
        self.examination.after(MET)

    @property
    def report(self) -> Any:
        (one,) = self.examination.reports()
        return one


def by_text(question: Question) -> float:
    values = [float("upright" in caption) for caption in question.captions]
    return values[0] if len(values) == 1 else 0.5 + (values[0] - values[1]) / 2


def wavering(captions: int) -> Callable[[Question], float]:
    """Says yes, and no to the first so many captions when it is asked again."""
    asked: Counter[Question] = Counter()

    def answer(question: Question) -> float:
        asked[question] += 1
        return float(asked[question] == 1 or list(asked).index(question) >= captions)

    return answer


def test_an_annotator_that_means_what_it_says_is_examined_before_and_after(tmp_path: Path) -> None:
    annotator = Answering(by_text)
    examined = Examined(tmp_path, annotator)
    examined.before()
    asked = {text for batch in annotator.batches for question in batch for text in question.captions}
    assert len(asked) == 12
    assert all("pendulum" in text for text in asked)
    examined.after()
    assert examined.report.before.repeated.count == examined.report.before.repeated.n == 12
    assert examined.report.after.repeated.n == 12
    assert set(MET) & {text for batch in annotator.batches for q in batch for text in q.captions}
    assert examined.notices == []


def test_rankings_are_examined_with_pairs(tmp_path: Path) -> None:
    annotator = Answering(by_text)
    examined = Examined(tmp_path, annotator, kind="ranking")
    examined.before()
    assert all(question.is_pair for batch in annotator.batches for question in batch)
    assert examined.report.before.swapped.n > 5
    assert examined.report.before.transitive.n > 0


def test_one_that_surely_contradicts_itself_begins_no_training(tmp_path: Path) -> None:
    examined = Examined(tmp_path, Answering(wavering(12)))
    with pytest.raises(ConfigError, match=r"not to be relied on: repeated 0% of 12 \[0%, 24%\]"):
        examined.before()


def test_one_that_seldom_answers_begins_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="answered 0% of"):
        Examined(tmp_path, Answering(lambda question: None)).before()


def test_one_that_may_contradict_itself_by_chance_is_told_of(tmp_path: Path) -> None:
    examined = Examined(tmp_path, Answering(wavering(3)))
    examined.before()
    (notice,) = [notice for notice in examined.notices if "same of all" not in notice]
    assert "may not be relied on, before the training: repeated 75% of 12 [47%, 91%]; 80%" in notice


def test_one_that_says_the_same_of_everything_is_told_of(tmp_path: Path) -> None:
    examined = Examined(tmp_path, Answering(lambda question: 0.0))
    examined.before()
    assert examined.notices == [
        "The annotator answering said the same of all 12 questions before the training: that teaches nothing."
    ]


def test_after_a_training_nothing_is_refused_and_failures_are_told(tmp_path: Path) -> None:
    examined = Examined(tmp_path / "one", Answering(wavering(12)))
    examined.after()
    assert "after the training" in examined.notices[0]
    broken = Examined(tmp_path / "two", Failing(ModelError("the server is down")))
    broken.after()
    assert broken.notices == ["Annotators could not be examined after the training: the server is down"]
    assert broken.report.after is None


def test_a_model_that_cannot_be_asked_begins_no_training(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        Examined(tmp_path, Failing(ModelError("the server is down"))).before()


def test_nobody_is_asked_without_captions_for_files_or_after_a_stop(tmp_path: Path) -> None:
    annotator = Answering(by_text)
    off = Examined(tmp_path / "off", annotator, captions=0)
    off.before()
    off.after()
    stopped = Examined(tmp_path / "stopped", annotator)
    stopped.stop.set()
    stopped.after()
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rules]]\npattern = "upright"\nvalue = 1.0\n')
    file = Examined(tmp_path / "file", f"rules:{rules}")
    file.before()
    file.after()
    assert (file.report.before, file.report.after, file.report.noise) == (None, None, None)
    assert file.notices == ["Nobody was examined: rules and files of labels cannot contradict themselves."]
    assert off.notices == []
    assert annotator.batches == []
