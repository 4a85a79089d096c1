"""How often answers are wrong by chance, what follows for labels, and whether a model keeps up with them.

Secrets of RLHF, part II (arXiv 2401.06080) finds wrong preferences by votes and softens them. Here the votes
are one annotator's repeated answers: two of them differ if one of both is wrong.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eureka_agent.intrinsic.annotation.questions import Label
from eureka_agent.intrinsic.saving import Array, array_of
from eureka_agent.intrinsic.shares import Share

_MOST = 0.49
"""Highest rate that is believed: at one half answers would say nothing, and a label could not be softened."""


@dataclass(frozen=True)
class Noise:
    """An estimate of the share of answers that are wrong by chance."""

    rate: float
    """Below one half."""
    differing: Share
    """Pairs of answers to one question that contradict each other."""


def noise_of(answers: Iterable[Sequence[float]]) -> Noise:
    """Estimate it from several answers to each of some questions, each 0 to 1; ties (0.5) are left out.

    If an answer is wrong with probability e, whatever the question, two of them differ with d = 2 e (1 - e).
    An annotator that is wrong in the same way each time is not noticed: that takes a person, or another one.
    """
    return noise_from(*contradictions(answers))


def contradictions(answers: Iterable[Sequence[float]]) -> tuple[int, int]:
    """Return how many pairs of answers to one question contradict each other, and how many there are."""
    differing = pairs = 0
    for given in answers:
        yes = sum(value > 0.5 for value in given)
        no = sum(value < 0.5 for value in given)
        differing += yes * no
        pairs += math.comb(yes + no, 2)
    return differing, pairs


def noise_from(differing: int, pairs: int) -> Noise:
    """Return the estimate from how many pairs of answers contradict each other; see `noise_of`."""
    share = differing / pairs if pairs else 0.0
    rate = 0.5 - 0.5 * math.sqrt(max(0.0, 1.0 - 2.0 * share))
    return Noise(min(rate, _MOST), Share(differing, pairs))


def softened(labels: Iterable[Label], noise: Noise) -> list[Label]:
    """Return labels as the probability that they are right, which each of their votes makes surer.

    Before any vote both answers count as equally probable. Ties stay ties; without noise nothing changes.
    """
    if noise.rate <= 0.0:
        return list(labels)
    evidence = math.log1p(-noise.rate) - math.log(noise.rate)  # finite for any rate; their quotient is not
    return [
        replace(label, value=_probability(label.votes * (2.0 * label.value - 1.0) * evidence))
        for label in labels
    ]


def _probability(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds)) if log_odds >= 0.0 else 1.0 - _probability(-log_odds)


class RecentAgreement:
    """Whether the newest questions were answered as expected: does a model follow what a policy meets?

    Expectations are those from before the label was learned from. It forgets all but the last `window`.
    """

    def __init__(self, window: int = 200) -> None:
        self._agreed: deque[bool] = deque(maxlen=window)

    def add(self, expected: Sequence[float], labels: Sequence[Label]) -> None:
        """Take note of one expectation, 0 to 1, for each label; ties agree with nothing and are left out."""
        for value, label in zip(expected, labels, strict=True):
            if label.value != 0.5:
                self._agreed.append((value > 0.5) == (label.value > 0.5))

    @property
    def share(self) -> Share:
        """Of the newest labels, those that were expected."""
        return Share(sum(self._agreed), len(self._agreed))

    def state_dict(self) -> dict[str, Array]:
        """Return the newest agreements, the oldest first."""
        return {"agreed": np.array(self._agreed, np.uint8)}

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is damaged."""
        agreed = array_of(saved, "agreed", (None,), least=0, most=1)
        self._agreed = deque(map(bool, agreed), maxlen=self._agreed.maxlen)
