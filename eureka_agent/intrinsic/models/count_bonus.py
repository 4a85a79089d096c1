"""A bonus for captions as such, whatever they say: what labels are to be compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.models.model import CaptionedSteps
from eureka_agent.intrinsic.saving import Saved, about, expect

Array = np.ndarray
_KIND = "count"


class CountBonus:
    """Pays 1 for every caption and asks nobody.

    Divided by a power of how often the caption was seen in its episode it is an episodic count bonus: gains
    that remain without any label are not the annotator's.
    """

    @property
    def informed(self) -> bool:
        """There is nothing to learn."""
        return True

    def ingest(self, labels: Sequence[Label]) -> None:
        """Labels change nothing."""

    def observe(self, steps: CaptionedSteps) -> Sequence[Question]:
        """Return nothing: nobody needs to answer."""
        return ()

    def reward(self, steps: CaptionedSteps) -> Array:
        """Return 1 for each step with a caption, float32 `(T, N)`."""
        return steps.captions.spread(np.ones(len(steps.captions.texts), np.float32))

    def estimate(self, texts: Sequence[str]) -> Array:
        """Return 1 for each caption."""
        return np.ones(len(texts), np.float64)

    def expected(self, questions: Sequence[Question]) -> Array:
        """Return nothing that could be right or wrong; see `Expects`."""
        return np.full(len(questions), np.nan)

    def errors(self) -> Mapping[tuple[str, ...], bool]:
        """Return nothing: it makes no guesses."""
        return {}

    def state_dict(self) -> Saved:
        """Return that there is nothing to keep."""
        return about(_KIND)

    def load_state_dict(self, saved: Saved) -> None:
        """Check that the state is of this kind; ConfigError if not."""
        expect(saved, _KIND)
