"""The simplest learned reward: what was said of exactly this caption (arXiv 2410.23022)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.models.model import CaptionedSteps
from eureka_agent.intrinsic.models.settings import ModelSettings
from eureka_agent.intrinsic.saving import Saved, about, array_of, expect, packed, texts_of

Array = np.ndarray
UNKNOWN = 0.5
"""What is estimated of a caption without a label; nothing is paid for it."""


class Retrieval:
    """A table from captions to labels; captions that are not in it pay 0 and are asked.

    Of two labels of one caption the later stands: whoever answers again takes the first answer back, and
    answers are averaged where they are given (`Label.votes`). Labels of pairs, and of other variants, are
    left alone. At most `settings.capacity` captions are kept; those not seen for longest are dropped, and
    asked again when they are met again, which the backlog answers as long as it remembers what was said.
    """

    def __init__(self, settings: ModelSettings | None = None, *, variant: str = "", goal: str = "") -> None:
        self._settings = settings or ModelSettings()
        self._variant = variant
        self._facts = {"goal": goal, "variant": variant}
        self._table: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        """How many captions have a label."""
        return len(self._table)

    @property
    def informed(self) -> bool:
        """Whether any label is known."""
        return bool(self._table)

    def ingest(self, labels: Sequence[Label]) -> None:
        """Keep the labels of single captions."""
        for label in labels:
            question = label.question
            if question.is_pair or question.variant != self._variant:
                continue
            self._table[question.captions[0]] = label.value
            self._table.move_to_end(question.captions[0])
        while len(self._table) > self._settings.capacity:
            self._table.popitem(last=False)

    def observe(self, steps: CaptionedSteps) -> Sequence[Question]:
        """Return a question for each caption without a label, the most frequent of these steps first."""
        for text in steps.captions.texts:
            if text in self._table:
                self._table.move_to_end(text)
        return [
            Question((text,), self._variant)
            for text in by_frequency(steps.captions, self._table.__contains__)
        ]

    def reward(self, steps: CaptionedSteps) -> Array:
        """Return each caption's label, or 1 where it is above the threshold; 0 where there is none."""
        known = np.array([self._table.get(text, 0.0) for text in steps.captions.texts], np.float32)
        threshold = self._settings.retrieval_threshold
        if threshold is not None:
            known = np.array(
                [self._table.get(text, -1.0) > threshold for text in steps.captions.texts], np.float32
            )
        return steps.captions.spread(known)

    def estimate(self, texts: Sequence[str]) -> Array:
        """Return the label of each caption, `UNKNOWN` where there is none."""
        return np.array([self._table.get(text, UNKNOWN) for text in texts], np.float64)

    def expected(self, questions: Sequence[Question]) -> Array:
        """Return nothing that could be right or wrong; see `Expects`."""
        return np.full(len(questions), np.nan)

    def errors(self) -> Mapping[tuple[str, ...], bool]:
        """Return nothing: a table makes no guesses that could be wrong."""
        return {}

    def state_dict(self) -> Saved:
        """Return the table, in the order in which captions were seen."""
        return about("retrieval", **self._facts) | {
            "captions": packed(list(self._table)),
            "labels": np.array(list(self._table.values()), np.float64),
        }

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is of another kind, goal or variant."""
        expect(saved, "retrieval", **self._facts)
        captions = texts_of(saved, "captions")
        labels = array_of(saved, "labels", (len(captions),), least=0.0, most=1.0)
        self._table = OrderedDict(zip(captions, map(float, labels), strict=True))


def by_frequency(captions: Captions, known: Callable[[str], bool]) -> list[str]:
    """Return the captions that are not `known`, the most frequent first, then in the order they came in."""
    order = np.argsort(-captions.counts, kind="stable")
    return [captions.texts[i] for i in order if not known(captions.texts[i])]
