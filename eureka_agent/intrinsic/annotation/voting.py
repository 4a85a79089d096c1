"""Each question asked several times: what an annotator says by chance shows in its answers."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence

from eureka_agent.errors import BudgetExhaustedError, ConfigError, ModelError
from eureka_agent.intrinsic.annotation.annotators import SourcedAnnotator
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.seeds import generator_for

MOST_VOTES = 25


class Voting:
    """Asks `annotator` each question `votes` times, beside others in another order, and keeps all answers.

    A label is the mean of its answers (`Label.answers`). Where the annotator fails after the first round,
    what was answered counts. One that never errs by chance, such as rules, is asked again for nothing.
    """

    def __init__(self, annotator: SourcedAnnotator, votes: int) -> None:
        """Raises ConfigError for a number of votes that there cannot be."""
        self.name, self.source = annotator.name, annotator.source
        self._annotator, self._votes = annotator, check_votes(votes)

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> Sequence[Label | None]:
        """Return one label a question; see `Annotator`."""
        given: defaultdict[Question, list[float]] = defaultdict(list)
        for vote in range(self._votes):
            try:
                labels = self._annotator.annotate(_mixed(questions, vote), stop)
            except (ModelError, BudgetExhaustedError):
                if not given:
                    raise
                break
            for label in labels:
                if label is not None:
                    given[label.question].append(label.value)
        return [
            Label.of_answers(question, given[question]) if given[question] else None for question in questions
        ]


def check_votes(votes: int) -> int:
    """Return a number of votes; ConfigError for one that there cannot be."""
    if not 1 <= votes <= MOST_VOTES:
        raise ConfigError(
            f"A question cannot be asked {votes} times.",
            allowed=f"1 to {MOST_VOTES}",
            fix="Choose 1, which asks once, or a few.",
        )
    return votes


def _mixed(questions: Sequence[Question], vote: int) -> list[Question]:
    """Return the questions in the order of one round; the first is asked as they came."""
    if vote == 0:
        return list(questions)
    order = generator_for(0, "votes", vote, len(questions)).permutation(len(questions))
    return [questions[place] for place in order]
