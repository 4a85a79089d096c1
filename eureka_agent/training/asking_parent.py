"""What a job in a training child asks its parent, and the answers that have come; see `Asks`."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from eureka_agent.intrinsic.questions import Label, Question
from eureka_agent.training.protocol import Answered, Asked, AskedQuestion

AGAIN_AFTER = 200
"""Rollouts after which an unanswered question is asked again: annotators drop what they cannot get to."""
MOST_WAITING = 20_000
LONGEST_MESSAGE = 15_000
"""Bytes of questions in one message; the parent reads no longer ones."""
MOST_AT_ONCE = 64
"""Questions a job asks after one rollout; what is wanted less waits until it is wanted again."""


class Answers:
    """Answers as they arrive from the parent, until their jobs take them; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrived: defaultdict[str, list[Label]] = defaultdict(list)

    def put(self, told: Answered) -> None:
        """Take in what the parent says."""
        label = Label(Question(told.captions, told.variant), told.value, told.votes)
        with self._lock:
            self._arrived[told.job].append(label)

    def take(self, job: str) -> list[Label]:
        """Return what has arrived for a job since the last call."""
        with self._lock:
            return self._arrived.pop(job, [])


class AskingParent:
    """Asks the parent on behalf of one job."""

    def __init__(self, job: str, tell: Callable[[Asked], object], answers: Answers) -> None:
        self._job, self._tell, self._answers = job, tell, answers
        self._asked: dict[Question, int] = {}
        """Questions without an answer, with the rollout after which they were asked, the earliest first."""
        self._rollout = 0

    def submit(self, questions: Sequence[Question]) -> None:
        """Ask the first of those that are not under way."""
        new = [question for question in questions if question.key not in self._asked][:MOST_AT_ONCE]
        self._asked |= {question.key: self._rollout for question in new}
        # The last of what is told is answered first: the most wanted come last, and first in their message.
        for part in reversed(list(_parts(new))):
            self._tell(Asked(job=self._job, questions=tuple(part)))
        while len(self._asked) > MOST_WAITING:
            del self._asked[next(iter(self._asked))]

    def collect(self) -> Sequence[Label]:
        """Return the answers that have come; called once a rollout."""
        self._rollout += 1
        labels = self._answers.take(self._job)
        for label in labels:
            self._asked.pop(label.question.key, None)
        overdue = [question for question, since in self._asked.items() if since + AGAIN_AFTER < self._rollout]
        for question in overdue:
            del self._asked[question]
        return labels


def _parts(questions: Sequence[Question]) -> Iterator[list[AskedQuestion]]:
    """Yield questions in as many messages as their length requires."""
    part: list[AskedQuestion] = []
    size = 0
    for question in questions:
        asked = AskedQuestion(captions=question.captions, variant=question.variant)
        own = len(json.dumps(asked.model_dump(mode="json"))) + 2
        if part and size + own > LONGEST_MESSAGE:
            yield part
            part, size = [], 0
        part.append(asked)
        size += own
    if part:
        yield part
