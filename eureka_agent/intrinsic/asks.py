"""The seam between a learned reward and whoever labels captions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from eureka_agent.intrinsic.questions import Label, Question


class Asks(Protocol):
    """Where questions go and answers come from; neither call waits for an annotator."""

    def submit(self, questions: Sequence[Question]) -> None:
        """Have questions answered, most wanted first; those that were asked already are no second time."""
        ...

    def collect(self) -> Sequence[Label]:
        """Return the answers that have come since the last call."""
        ...
