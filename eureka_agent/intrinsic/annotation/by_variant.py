"""Several annotators behind one: each question goes to the annotator of its variant."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from eureka_agent.errors import BudgetExhaustedError, ConfigError, EurekaError, ModelError
from eureka_agent.intrinsic.annotation.annotators import Annotator, CountsKnown, KnowsItsLimits
from eureka_agent.intrinsic.annotation.questions import Label, Question

_GIVE_UP_AFTER = 5


@runtime_checkable
class LeavesUnasked(Protocol):
    """Consists of several annotators, of which some may fail while others answer."""

    @property
    def unasked(self) -> Mapping[Question, EurekaError]:
        """The questions of the last call that nobody could be asked, and why."""
        ...

    def is_over(self, variant: str) -> bool:
        """Whether questions of a variant are not asked any more."""
        ...


class ByVariant:
    """Answers by the annotator that a question's `variant` names: another wording, another model, a rule.

    One that cannot be asked keeps no other from being asked. After five failures in a row, or when its money
    is spent, it isn't asked any more.
    """

    def __init__(self, annotators: Mapping[str, Annotator]) -> None:
        """`annotators` by variant; `""` is that of questions without one. Raises ConfigError for none."""
        self.unasked: dict[Question, EurekaError] = {}
        """The questions of the last call that nobody could be asked; see `LeavesUnasked`."""
        self._in_a_row: Counter[str] = Counter()
        """Failures of each variant since it last answered."""
        if not annotators:
            raise ConfigError("There is no annotator.", allowed="one or more, by variant", fix="Name one.")
        self._annotators = dict(annotators)
        self.name = " and ".join(dict.fromkeys(annotator.name for annotator in annotators.values()))

    @property
    def known(self) -> int:
        """Answers so far that nobody had to be asked for; see `CountsKnown`."""
        return sum(one.known for one in self._annotators.values() if isinstance(one, CountsKnown))

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> Sequence[Label | None]:
        """Return one label a question; see `Annotator`. Those of a variant without annotator are None.

        What others answered counts where one annotator cannot be asked: see `unasked`. Where the last attempt
        with each of them failed, the error is raised.
        """
        labels: dict[Question, Label] = {}
        self.unasked = {}
        for variant in dict.fromkeys(question.variant for question in questions):
            own = [question for question in questions if question.variant == variant]
            if variant in self._annotators and not self.is_over(variant):
                labels |= self._answers(variant, own, stop)
        if self.unasked and all(self._in_a_row[variant] for variant in self._annotators):
            raise next(iter(self.unasked.values()))
        return [labels.get(question) for question in questions]

    def is_over(self, variant: str) -> bool:
        """Whether questions of a variant are not asked any more."""
        return self._in_a_row[variant] >= _GIVE_UP_AFTER

    def never_answers(self, question: Question) -> bool:
        """Whether the annotator of a question's variant never answers it; see `KnowsItsLimits`."""
        one = self._annotators.get(question.variant)
        return isinstance(one, KnowsItsLimits) and one.never_answers(question)

    def _answers(self, variant: str, own: Sequence[Question], stop: threading.Event) -> dict[Question, Label]:
        try:
            answers = self._annotators[variant].annotate(own, stop)
        except (ModelError, BudgetExhaustedError) as error:
            self.unasked |= dict.fromkeys(own, error)
            self._in_a_row[variant] += _GIVE_UP_AFTER if isinstance(error, BudgetExhaustedError) else 1
            return {}
        self._in_a_row[variant] = 0
        return {label.question: label for label in answers if label is not None}
