"""Annotators and models for tests: they answer at once, when told to, or never."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Sequence

from eureka_agent.intrinsic.annotation.annotators import Source
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.llm.model import Message

ROW = re.compile(r'^(\d+)\. (?:\S+: )?(".*)$', re.MULTILINE)


def ask(*captions: str, variant: str = "") -> Question:
    return Question(captions, variant)


class Answering:
    """Answers by a function of the question; notes every batch."""

    def __init__(self, value: Callable[[Question], float | None] = lambda question: 1.0) -> None:
        self.name = "answering"
        self.source = Source("answering", "", "g")
        self.batches: list[list[Question]] = []
        self._value = value

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> list[Label | None]:
        self.batches.append(list(questions))
        values = [self._value(question) for question in questions]
        return [None if v is None else Label(q, v) for q, v in zip(questions, values, strict=True)]


class Held(Answering):
    """Answers when the test lets it: `began` is set with each batch, `go` lets one batch through."""

    def __init__(self, value: Callable[[Question], float | None] = lambda question: 1.0) -> None:
        super().__init__(value)
        self.began, self.go = threading.Event(), threading.Semaphore(0)

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> list[Label | None]:
        self.began.set()
        self.go.acquire()
        return super().annotate(questions, stop)


class Failing(Answering):
    """Raises `errors` one after the other, then answers."""

    def __init__(self, *errors: BaseException) -> None:
        super().__init__()
        self._errors = list(errors)

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> list[Label | None]:
        if self._errors:
            self.batches.append(list(questions))
            error = self._errors.pop(0)
            raise error
        return super().annotate(questions, stop)


def rows_of(messages: Sequence[Message]) -> dict[int, list[str]]:
    """The numbered rows of a request, each as the captions that a reader decodes from it."""
    found = ROW.findall(messages[-1].content)
    return {int(number): _texts(row) for number, row in found}


def _texts(row: str) -> list[str]:
    decoder, texts = json.JSONDecoder(), []
    while (start := row.find('"')) >= 0:
        text, end = decoder.raw_decode(row, start)
        texts.append(text)
        row = row[end:]
    return texts


def replying(answer: Callable[[list[str]], str]) -> Callable[[str, Sequence[Message]], str]:
    """A script for `ScriptedModel`: one good line for each row, with what `answer` says of its captions."""

    def script(key: str, messages: Sequence[Message]) -> str:
        return "\n".join(f"{n} | because | {answer(texts)}" for n, texts in rows_of(messages).items())

    return script
