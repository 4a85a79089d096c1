"""How sure a model was of its answers: the probabilities of the words that it might have answered with.

Small models' answers are often all the same, while the probability that they give to a word still tells the
captions apart; so where a service tells it, a label is that probability, and not the word.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate

from eureka_agent.intrinsic.annotation.answers import TRIMMED, placed_answer
from eureka_agent.llm.formed import TokenOdds

_ROUND = TRIMMED + "|\r\n"
"""What a token may hold beside the beginning of a word."""


def surer(
    values: Sequence[float | None],
    numbers: Sequence[int],
    words: Mapping[str, float],
    odds: Sequence[TokenOdds],
) -> list[float | None]:
    """Return read answers as probabilities, P(yes) / (P(yes) + P(no)), where the reply's `odds` tell them.

    `values` are those that were read, by `numbers`; `words` has the value of each word, 1 for yes, 0 for no.
    An answer that is neither, or none, stays what it is.
    """
    told = _told(numbers, words, odds)
    return [
        told.get((number, value), value) if value in (0.0, 1.0) else value
        for number, value in zip(numbers, values, strict=True)
    ]


def _told(
    numbers: Sequence[int], words: Mapping[str, float], odds: Sequence[TokenOdds]
) -> dict[tuple[int, float | None], float]:
    """Return the probability of yes by number and the answer that was given; of several lines the last's."""
    starts = [0, *accumulate(len(token.text) for token in odds)]
    text, begin = "".join(token.text for token in odds), 0
    found: dict[tuple[int, float | None], float] = {}
    for line in text.split("\n"):
        answer = placed_answer(line)
        if answer is not None and answer.number in numbers and answer.word in words:
            token = odds[bisect_right(starts, begin + answer.place) - 1]
            if (chance := _chance(token, words)) is not None:
                found[answer.number, words[answer.word]] = chance
        begin += len(line) + 1
    return found


def _chance(token: TokenOdds, words: Mapping[str, float]) -> float | None:
    """Return P(yes) / (P(yes) + P(no)) at a token; one that begins two words counts for neither."""
    mass: defaultdict[float, float] = defaultdict(float)
    for text, log_chance in token.alternatives:
        begun = text.strip(_ROUND).upper()
        meant = [word for word in words if begun and word.startswith(begun)]
        if len(meant) == 1:
            mass[words[meant[0]]] += math.exp(log_chance)
    decided = mass[1.0] + mass[0.0]
    return mass[1.0] / decided if decided > 0.0 else None
