"""Several annotators behind one: each question goes to the annotator of its variant."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from eureka_agent.errors import BudgetExhaustedError, ConfigError, ModelError
from eureka_agent.intrinsic.annotators import Annotator, CountsKnown
from eureka_agent.intrinsic.questions import Label, Question


class ByVariant:
    """Answers by the annotator that a question's `variant` names: another wording, another model, a rule."""

    def __init__(self, annotators: Mapping[str, Annotator]) -> None:
        """`annotators` by variant; `""` is that of questions without one. Raises ConfigError for none."""
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

        Where one annotator cannot be asked after another has answered, what was answered counts.
        """
        labels: dict[Question, Label] = {}
        for variant in dict.fromkeys(question.variant for question in questions):
            annotator = self._annotators.get(variant)
            if annotator is None:
                continue
            own = [question for question in questions if question.variant == variant]
            try:
                answers = annotator.annotate(own, stop)
            except (ModelError, BudgetExhaustedError):
                if not labels:
                    raise
                break
            labels |= {label.question: label for label in answers if label is not None}
        return [labels.get(question) for question in questions]
