"""Questions to a person in the terminal: which of two recorded episodes is better?"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from eureka_agent.escaping import visible
from eureka_agent.evolution.preferring import Question
from eureka_agent.store.said import MOST_CHARACTERS, Episode, Preference

_ANSWER = re.compile(r"(?P<better>[12=])(?:\s+(?P<why>.+))?", re.DOTALL)
_BETTER: dict[str, Literal["first", "second", "neither"]] = {"1": "first", "2": "second", "=": "neither"}


class Answering:
    """Asks one question after the other, until one is left unanswered."""

    def __init__(
        self,
        say: Callable[[str], object],
        lines: Callable[[threading.Event, float | None], Iterator[str]],
        *,
        stop: threading.Event,
        wait_s: float | None = None,
    ) -> None:
        """`say` shows a line; `wait_s` is how long an answer is waited for, None: as long as it takes."""
        self._say, self._lines, self._stop, self._wait_s = say, lines, stop, wait_s

    def __call__(self, questions: Sequence[Question]) -> Iterator[Preference]:
        """Yield an answer to each question; none to those after an empty line, or after nobody answered."""
        if questions:
            self._say("Which is better? 1, 2 or = and, if you like, why; an empty line ends the questions.")
            self._say("To see both side by side: eureka-agent serve")
        for number, question in enumerate(questions, start=1):
            alike = "; both begin from the same state" if question.alike else ""
            self._say(f"Question {number} of {len(questions)}{alike}:")
            for place, episode in enumerate(question, start=1):
                self._say(f"  {place}  {_shown(episode)}")
            answered = self._answer(question)
            if answered is None:
                return
            yield answered

    def _answer(self, question: Question) -> Preference | None:
        for line in self._lines(self._stop, self._wait_s):
            found = _ANSWER.fullmatch(line.strip())
            why = (found["why"] or "") if found else ""
            if found is not None and len(why) <= MOST_CHARACTERS:
                return Preference(question.first, question.second, _BETTER[found["better"]], why)
            self._say(f"This is no answer: {visible(line.strip())[:60]}. Type 1, 2 or =, or nothing to end.")
        return None


def _shown(episode: Episode) -> str:
    return f"{episode.name}, seed {episode.replicate}, episode {episode.number}"
