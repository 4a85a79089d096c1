"""Everybody who labels captions of a training."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from annotator_fakes import Answering, ask, rows_of
from servers import Service, serving

from eureka_agent.api.annotators import LABELS, Annotators, annotators_of, variants_of
from eureka_agent.errors import ConfigError, ModelError
from eureka_agent.intrinsic.annotation.annotator_options import AnnotatorOptions
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.questions import Label
from eureka_agent.llm.model import Message

GOAL = "reach the flag"
STOP = threading.Event()
MODEL, OTHER = "openai/small-model-1", "openai/big-model-2"
YES = {"plain": "A", "reworded": "M"}
NO = {"plain": "B", "reworded": "K"}


def answering(judged: Callable[[str, str, str], bool]) -> Service:
    """A service that judges captions by model, wording and text."""

    def say(body: dict[str, Any]) -> str:
        messages = [Message(turn["role"], turn["content"]) for turn in body["messages"]]
        wording = "reworded" if "log line" in messages[0].content else "plain"
        return "\n".join(
            f"{number} | so | {(YES if judged(body['model'], wording, texts[0]) else NO)[wording]}"
            for number, texts in rows_of(messages).items()
        )

    return Service("openai", say=say)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The big model sees flags, and the small one walls; in other words, each sees the contrary."""

    def judged(model: str, wording: str, text: str) -> bool:
        return ("flag" if model == "big-model-2" else "wall") in text and wording == "plain"

    with serving(answering(judged)) as served:
        monkeypatch.setenv("OPENAI_BASE_URL", served.base_url)
        yield served


def made(folder: Path, given: Any, **options: Any) -> Annotators:
    return annotators_of(given, GOAL, AnnotatorOptions(**options), folder=folder)


def values(who: Annotators, *captions: str) -> dict[str, list[float | None]]:
    """Return by variant what everybody answers."""
    told: dict[str, list[float | None]] = {}
    for one in who.labellers:
        questions = [ask(caption, variant=one.variant) for caption in captions]
        labels = who.annotator.annotate(questions, STOP)
        told[one.variant] = [None if label is None else label.value for label in labels]
    return told


def bodies(service: Service) -> list[dict[str, Any]]:
    return [body for _, _, body in service.requests if body]


def test_each_annotator_answers_the_questions_of_its_variant(tmp_path: Path, service: Service) -> None:
    who = made(tmp_path, [MODEL, OTHER])
    assert values(who, "a flag", "a wall") == {MODEL: [0.0, 1.0], OTHER: [1.0, 0.0]}
    assert who.annotator.name == f"{MODEL} and {OTHER}"
    assert who.look_up(ask("a wall", variant=MODEL)) == Label(ask("a wall", variant=MODEL), 1.0)
    assert who.look_up(ask("a wall", variant=OTHER)) == Label(ask("a wall", variant=OTHER), 0.0)
    assert who.look_up(ask("a wall")) is None
    sources = LabelCache(tmp_path / LABELS).sources()
    assert [source.annotator for source in sources] == [MODEL, OTHER]


def test_wordings_of_one_model_are_variants_and_one_model(tmp_path: Path, service: Service) -> None:
    who = made(tmp_path, MODEL, wordings=("plain", "reworded"))
    assert values(who, "a flag", "a wall") == {"plain": [0.0, 1.0], "reworded": [0.0, 0.0]}
    assert who.spent[0] == 2
    again = made(tmp_path, MODEL, wordings=("reworded", "plain"))
    assert values(again, "a wall") == {"reworded": [0.0], "plain": [1.0]}
    assert again.spent[0] == 0, "known by source, whatever the variant is called"


def test_all_share_one_budget(tmp_path: Path, service: Service) -> None:
    who = made(tmp_path, [MODEL, OTHER], most_requests=1)
    assert values(who, "a flag") == {MODEL: [0.0], OTHER: [None]}
    assert len(bodies(service)) == 1


def test_two_people_are_asked_in_files_of_their_own(tmp_path: Path) -> None:
    who = made(tmp_path, ["manual:ann", "manual:bob"])
    stopped = threading.Event()
    stopped.set()
    for one in who.labellers:
        with pytest.raises(ModelError):
            one.annotator.annotate([ask("a flag", variant=one.variant)], stopped)
    assert len(list((tmp_path / "outbox").glob("*.md"))) == 2, "nobody answers in another's place"


def test_one_annotator_has_no_variant() -> None:
    assert variants_of("rules:r.toml", ("plain",)) == ()
    assert variants_of([MODEL], ("reworded",)) == ()
    assert variants_of(Answering(), ("plain",)) == ()


def test_names_of_variants_are_short_and_say_whom_they_are_of() -> None:
    names = variants_of([MODEL, f"local:/{'deep/' * 40}model.gguf", Answering()], ("plain", "reworded"))
    assert names[:2] == (f"{MODEL}, plain", f"{MODEL}, reworded")
    assert names[2].endswith("model.gguf, plain")
    assert names[4] == "answering"
    assert all(len(name) <= 64 for name in names), "a longer one cannot be told to a training"


@pytest.mark.parametrize(
    ("given", "wordings", "words"),
    [
        ([MODEL, MODEL], ("plain",), "named twice"),
        ([], ("plain",), "Nobody labels"),
        ("rules:r.toml", ("plain", "reworded"), "another wording"),
        (["rules:r.toml", Answering()], ("reworded",), "another wording"),
    ],
)
def test_annotators_that_there_cannot_be(given: Any, wordings: Sequence[str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        variants_of(given, wordings)


@pytest.mark.parametrize(
    "options", [{"votes": 0}, {"check": -1}, {"wordings": ()}, {"wordings": ("plain", "plain")}]
)
def test_options_that_there_cannot_be(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        AnnotatorOptions(**options)


def test_an_unknown_wording_is_told_with_the_nearest(tmp_path: Path, service: Service) -> None:
    with pytest.raises(ConfigError, match="Did you mean 'reworded'"):
        made(tmp_path, MODEL, wordings=("rewordet",))


def test_votes_are_kept_raw_and_softened_where_they_are_looked_up(tmp_path: Path) -> None:
    given = {"a": iter([1.0, 0.0, 1.0]), "b": iter([1.0, 1.0, 1.0])}
    who = made(tmp_path, Answering(lambda question: next(given[question.captions[0]])), votes=3)
    who.annotator.annotate([ask("a"), ask("b")], STOP)
    (line,) = [json.loads(row) for row in (tmp_path / LABELS).read_text().splitlines() if '"a"' in row]
    assert (line["answers"], line["votes"]) == ([1.0, 0.0, 1.0], 3)
    again = made(tmp_path, Answering(), votes=3)
    noise = again.softening.noise()
    assert noise.differing.n == 6
    softened = again.look_up(ask("b"))
    assert softened is not None
    assert softened.value == pytest.approx((1 - noise.rate) ** 3 / ((1 - noise.rate) ** 3 + noise.rate**3))


def test_rules_cannot_vote_and_that_is_told(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rules]]\npattern = "flag"\nvalue = 1.0\n')
    who = made(tmp_path, f"rules:{rules}", votes=3)
    assert values(who, "a flag") == {"": [1.0]}
    assert list(who.notices()) == ["Nobody voted: rules and files of labels answer the same each time."]
    assert list(made(tmp_path, Answering(), votes=3).notices()) == []


def test_labels_of_several_annotators_are_replayed_by_name(tmp_path: Path, service: Service) -> None:
    values(made(tmp_path, [MODEL, OTHER]), "a flag")
    file = f"labels:{tmp_path / LABELS}"
    with pytest.raises(ConfigError, match="labels of 2 annotators"):
        made(tmp_path / "again", file)
    with pytest.raises(ConfigError, match=f"Did you mean '{MODEL}'"):
        made(tmp_path / "again", f"{file}#{MODEL[:-1]}")
    who = made(tmp_path / "again", [f"{file}#{MODEL}", f"{file}#{OTHER}"])
    assert list(values(who, "a flag", "unknown").values()) == [[0.0, None], [1.0, None]]
    assert [notice for notice in who.notices() if "have no label of" in notice]
