"""The seam between a learned reward and whoever labels captions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from eureka_agent.intrinsic.annotation.questions import Label, Question


class Asks(Protocol):
    """Where questions go and answers come from; neither call waits for an annotator."""

    def submit(self, questions: Sequence[Question]) -> None:
        """Let these be answered some time, the most wanted first; called once a rollout, also with none."""
        ...

    def collect(self) -> Sequence[Label]:
        """Return the labels that came since the last call, each once."""
        ...
