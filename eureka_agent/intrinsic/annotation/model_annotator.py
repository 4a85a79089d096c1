"""A language model, or a person through files, that labels captions: many in one request."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eureka_agent.errors import BudgetExhaustedError, ConfigError, ModelError, did_you_mean
from eureka_agent.escaping import item, one_line
from eureka_agent.intrinsic.annotation.annotators import Source
from eureka_agent.intrinsic.annotation.answer_odds import surer
from eureka_agent.intrinsic.annotation.answers import answer_grammar, numbers_for, read_answers, shown
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.llm.formed import Form, TokenOdds, formed
from eureka_agent.llm.model import LanguageModel, Message, Reply
from eureka_agent.llm.templates import Templates
from eureka_agent.resources import resource_folders

MOST = 64
"""Questions of one request."""
LONGEST_GOAL = 2_000


@dataclass(frozen=True)
class _Form:
    """How one kind of question is asked; what the template calls an answer is what the reply is read by."""

    template: str
    names: Mapping[str, str]
    """Of an answer in the template: the word that stands for it. Short, and neither praise nor blame."""

    @property
    def values(self) -> Mapping[str, float]:
        """Word to label."""
        return {word: _VALUES[name] for name, word in self.names.items()}


_VALUES = {"helpful": 1.0, "unhelpful": 0.0, "unsure": 0.5, "first": 1.0, "second": 0.0, "tie": 0.5}
_JUDGING = {
    "plain": _Form("judging", {"helpful": "A", "unhelpful": "B", "unsure": "?"}),
    "reworded": _Form("judging_reworded", {"helpful": "M", "unhelpful": "K", "unsure": "?"}),
}
_COMPARING = {
    "plain": _Form("comparing", {"first": "LEFT", "second": "RIGHT", "tie": "SAME"}),
    "reworded": _Form("comparing_reworded", {"first": "P", "second": "Q", "tie": "="}),
}
WORDINGS = tuple(_JUDGING)
"""Ways of asking the same; an answer that depends on which of them it is says little about the caption."""


class ModelAnnotator:
    """Asks `model` about up to `MOST` captions, or pairs, in a request, and reads only whole, clear answers.

    The goal sentence steers it. Captions are data of unknown origin: each is shown as one quoted line that
    cannot take the form of an answer. A refusal, a missing, doubled or unreadable line is None. Where the
    model tells the probabilities of its words, a label is that of yes against no, and not 0 or 1; a model on
    this machine is held to the form of an answer.
    """

    def __init__(
        self,
        model: LanguageModel,
        goal: str,
        *,
        wording: str = "plain",
        about: Sequence[str] = (),
        templates: Templates | None = None,
        key: str = "annotate",
        first: int = 0,
        most: int = MOST,
    ) -> None:
        """`about` are lines on the world, such as a captioner's legend; `most` questions share a request.

        Requests are `<key>/<n>-<digest>`, counted from `first`, with a digest of all that is asked: what lies
        there as a reply to another request, from another training in the same folder, say, is never taken for
        one to this. One that goes on from a saved training begins with the `requests` of that, and two that
        ask one model have different keys. Raises ConfigError for an empty or overlong goal, or an unknown
        wording; ValueError for requests without questions.
        """
        if most < 1:
            raise ValueError(f"a request cannot have {most} questions")
        self.goal = _checked_goal(goal)
        self._judging, self._comparing = _form(_JUDGING, wording), _form(_COMPARING, wording)
        self.requests = first
        """Number of the next request."""
        self._model, self._key, self._most = model, key, min(most, MOST)
        self._held = True
        """Whether the model is held to the form, if it can be: one that must think first cannot answer so."""
        self._about = tuple(item(line) for line in about)
        self._templates = templates or Templates(resource_folders("templates"))
        self.name = model.name if wording == WORDINGS[0] else f"{model.name} ({wording})"
        self.source = Source(self.name, self._digest(), self.goal)

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> Sequence[Label | None]:
        """Return one label a question; see `Annotator`. Single captions and pairs are asked separately.

        Where a later request fails, the answers to those before count, and the rest are None.
        """
        labels: dict[int, Label | None] = {}
        for form, places in self._requests(questions):
            try:
                values = self._asked(form, [questions[place] for place in places], stop)
            except (ModelError, BudgetExhaustedError):
                if not labels:
                    raise
                break
            for place, value in zip(places, values, strict=True):
                labels[place] = None if value is None else Label(questions[place], value)
        return [labels.get(place) for place in range(len(questions))]

    def _requests(self, questions: Sequence[Question]) -> Iterator[tuple[_Form, list[int]]]:
        """Yield the places of the questions of each request, and how they are asked."""
        for form, pairs in ((self._judging, False), (self._comparing, True)):
            places = [place for place, question in enumerate(questions) if question.is_pair == pairs]
            for start in range(0, len(places), self._most):
                yield form, places[start : start + self._most]

    def messages(self, questions: Sequence[Question]) -> tuple[Message, ...]:
        """Return what the model is asked about questions of one kind."""
        form = self._comparing if questions and questions[0].is_pair else self._judging
        return self._messages(form, questions)

    def next_key(self, questions: Sequence[Question]) -> str:
        """Return the key that a request with questions of one kind would have now."""
        return self._request_key(self.messages(questions))

    def _request_key(self, messages: Sequence[Message]) -> str:
        told = "\0".join(f"{message.role}\0{message.content}" for message in messages)
        return f"{self._key}/{self.requests}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"

    def _asked(
        self, form: _Form, questions: Sequence[Question], stop: threading.Event
    ) -> Sequence[float | None]:
        messages, numbers, words = self._messages(form, questions), numbers_for(questions), form.values
        wanted = Form(answer_grammar(numbers, tuple(words)) if self._held else "", odds=True)
        reply, odds = self._reply(messages, stop, wanted)
        if reply.finish == "refusal":
            return [None] * len(questions)
        captions = [caption for question in questions for caption in question.captions]
        values = read_answers(reply.text, numbers, words, whole=reply.finish == "stop", captions=captions)
        self._held = self._held and any(value is not None for value in values)
        return surer(values, numbers, words, odds)

    def _reply(
        self, messages: Sequence[Message], stop: threading.Event, wanted: Form
    ) -> tuple[Reply, Sequence[TokenOdds]]:
        answer = formed(self._model, self._request_key(messages), messages, stop, wanted)
        self.requests += 1  # one that brought no reply keeps its number: it was not answered
        return answer.reply, answer.odds

    def _messages(self, form: _Form, questions: Sequence[Question]) -> tuple[Message, ...]:
        system = self._templates.render(
            f"annotator/{form.template}.md.j2", answers=tuple(form.names.values()), **form.names
        )
        request = self._templates.render(
            "annotator/request.md.j2",
            goal=self.goal,
            about=self._about,
            rows=[f"{n}. {_row(q, form)}" for n, q in zip(numbers_for(questions), questions, strict=True)],
        )
        return Message("system", system), Message("user", request)

    def _digest(self) -> str:
        """Return a hash of all words that it is told beside goal and captions."""
        told = [self._messages(form, ()) for form in (self._judging, self._comparing)]
        words = "\0".join(message.content for messages in told for message in messages)
        return hashlib.sha256(words.encode()).hexdigest()[:16]


def _row(question: Question, form: _Form) -> str:
    if not question.is_pair:
        return shown(question.captions[0])
    first, second = map(shown, question.captions)
    return f"{form.names['first']}: {first} {form.names['second']}: {second}"


def _form(forms: Mapping[str, _Form], wording: str) -> _Form:
    if wording not in forms:
        raise ConfigError(
            f"There is no wording '{wording}' of questions to an annotator.{did_you_mean(wording, forms)}",
            allowed=", ".join(forms),
            fix="Choose one of these.",
        )
    return forms[wording]


def _checked_goal(goal: str) -> str:
    tidy = one_line(goal)
    if not tidy or len(tidy) > LONGEST_GOAL:
        raise ConfigError(
            f"Captions cannot be judged by a goal of {len(tidy)} characters.",
            allowed=f"a sentence of up to {LONGEST_GOAL:,} characters",
            fix='Say what the policy is to do, for example "reach the flag on the right hill".',
        )
    return tidy
