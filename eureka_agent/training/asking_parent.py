"""What a job in a training child asks its parent, and the answers that have come; see `Asks`."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.annotation.rotation import Rotation
from eureka_agent.training.protocol import Answered, Asked, AskedQuestion

LONGEST_MESSAGE = 15_000
"""Bytes of questions in one message; the parent reads no longer ones."""
MOST_AT_ONCE = 64
"""Questions a job asks after one rollout; the others wait until they are wanted again."""
MOST_REMEMBERED = 20_000
"""Questions of which it is remembered when their turn was."""


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
    """Asks the parent on behalf of one job.

    What is wanted again is asked again, rollout after rollout, until it is answered: so the parent, which has
    each question answered once, knows which of them matter now. What is wanted and never answered must not
    keep all else from being asked, so that half of what is asked goes by turns.
    """

    def __init__(self, job: str, tell: Callable[[Asked], object], answers: Answers) -> None:
        self._job, self._tell, self._answers = job, tell, answers
        self._rotation = Rotation(MOST_REMEMBERED)

    def submit(self, questions: Sequence[Question]) -> None:
        """Ask `MOST_AT_ONCE` of them; see `Rotation`."""
        by_name = {
            "\x1f".join((*question.key.captions, question.variant)): question for question in questions
        }
        chosen = [by_name[name] for name in self._rotation.choose(list(by_name), MOST_AT_ONCE)]
        # The last of what is told is answered first: the most wanted come last, and first in their message.
        for part in reversed(list(_parts(chosen))):
            self._tell(Asked(job=self._job, questions=tuple(part)))

    def collect(self) -> Sequence[Label]:
        """Return the answers that have come."""
        return self._answers.take(self._job)


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
