"""Does an annotator mean what it says? The same asked in other ways, before a training relies on it.

The idea is that of Contrast Instructions, which tests reward models by questions whose answers must agree.
Pairs are asked in the other order, questions again and in other words, captions in triples and with one
number changed.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from eureka_agent.intrinsic.annotation.annotators import Annotator
from eureka_agent.intrinsic.annotation.questions import Question
from eureka_agent.intrinsic.shares import Share

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_NOTHING = Share(0, 0)
_ONLY_TOLD = ("noticed", "alike")
THRESHOLD = 0.8
"""Share of equal answers that a training asks for."""


@dataclass(frozen=True)
class Consistency:
    """Shares of questions with the same answer when asked in another way; of nothing where none could be."""

    answered: Share
    """Of all questions, those with a usable answer. The others count nowhere else."""
    swapped: Share = _NOTHING
    """Pairs whose better caption stayed the same when they were asked in the other order."""
    repeated: Share = _NOTHING
    """Questions that were asked again beside others in another order."""
    reworded: Share = _NOTHING
    """Questions that were asked in the other wording."""
    transitive: Share = _NOTHING
    """Triples of captions whose three comparisons are no circle."""
    noticed: Share = _NOTHING
    """Captions whose answer changed with one of their numbers. It decides nothing, since not every number
    matters; but 0 of many says that numbers are not read."""
    alike: Share = _NOTHING
    """Questions with the answer that most of them have. It decides nothing, since all may be bad news; but
    an annotator that says the same of everything agrees with itself, and teaches nothing."""

    def passes(self, threshold: float = THRESHOLD) -> bool:
        """Return whether all that could be asked and decides reaches the threshold; False of nothing.

        Shares and not their intervals decide: with two dozen questions even a perfect annotator has a lower
        bound near 0.86.
        """
        asked = [share for name, share in self.shares.items() if share.n and name not in _ONLY_TOLD]
        return len(asked) > 1 and not self.below(threshold)

    def below(self, threshold: float = THRESHOLD, *, surely: bool = False) -> dict[str, Share]:
        """Return by their names the shares below the threshold, of those that decide.

        With `surely` only those that lie below it with their whole interval: of few questions hardly any.
        """
        return {
            name: share
            for name, share in self.shares.items()
            if share.n
            and name not in _ONLY_TOLD
            and (share.interval()[1] if surely else share.share) < threshold
        }

    def __str__(self) -> str:
        """Say all shares of which anything is known, with their intervals."""
        told = [f"{name} {share}" for name, share in self.shares.items() if share.n]
        return ", ".join(told) or "nothing asked"

    @property
    def shares(self) -> dict[str, Share]:
        """All of them, by their names here."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def consistency_of(
    annotator: Annotator,
    questions: Sequence[Question | str],
    *,
    seed: int = 0,
    reworded: Annotator | None = None,
    most: int = 24,
    stop: threading.Event | None = None,
) -> Consistency:
    """Ask about captions, plain or as questions, or pairs in other ways.

    `reworded` is the same annotator with the other wording. Up to `most` of the questions, drawn by `seed`,
    are asked in each way. Raises ModelError when the annotator could not be asked.
    """
    asking = _Examination(annotator, np.random.default_rng(seed), most, stop or threading.Event())
    asked = [Question((each,)) if isinstance(each, str) else each for each in questions]
    drawn = asking.drawn(list(dict.fromkeys(asked)))
    answers = asking.answers(drawn)
    again = asking.answers(asking.shuffled(drawn))
    other = asking.answers(drawn, reworded) if reworded is not None else {}
    pairs = [question for question in drawn if question.is_pair]
    turned = asking.answers([pair.swapped for pair in pairs])
    back = {pair: -turned[pair.swapped] for pair in pairs if pair.swapped in turned}
    transitive, noticed = asking.transitive(pairs), asking.noticed(drawn, answers)
    return Consistency(
        answered=Share(asking.usable, asking.asked),
        swapped=_agreement(answers, back),
        repeated=_agreement(answers, again),
        reworded=_agreement(answers, other),
        transitive=transitive,
        noticed=noticed,
        alike=Share(max(Counter(answers.values()).values(), default=0), len(answers)),
    )


Decisions = dict[Question, int]
"""What was decided of questions with a usable answer: 1 yes or the first, -1 no or the second, 0 neither."""


class _Examination:
    """Asks in batches of one kind, and counts what was asked and answered."""

    def __init__(
        self, annotator: Annotator, random: np.random.Generator, most: int, stop: threading.Event
    ) -> None:
        self.asked = self.usable = 0
        self._annotator, self._random, self._most, self._stop = annotator, random, most, stop

    def drawn(self, questions: Sequence[Question]) -> list[Question]:
        """Return up to `most` of the questions."""
        return self.shuffled(questions)[: self._most]

    def shuffled(self, questions: Sequence[Question]) -> list[Question]:
        """Return them in another order."""
        return [questions[place] for place in self._random.permutation(len(questions))]

    def answers(self, questions: Sequence[Question], annotator: Annotator | None = None) -> Decisions:
        """Ask, and return what was decided."""
        if not questions:
            return {}
        labels = (annotator or self._annotator).annotate(questions, self._stop)
        found = {label.question: _decision(label.value) for label in labels if label is not None}
        self.asked += len(questions)
        self.usable += len(found)
        return found

    def transitive(self, pairs: Sequence[Question]) -> Share:
        """Compare the captions of pairs in triples: a over b, b over c and c over a is a circle."""
        triples = self._triples(pairs)[: self._most // 3]
        rounds = [
            [Question(two, variant) for two in ((a, b), (b, c), (c, a))] for a, b, c, variant in triples
        ]
        found = self.answers(list(dict.fromkeys(itertools.chain.from_iterable(rounds))))
        decided = [[found[question] for question in one] for one in rounds if all(q in found for q in one)]
        return Share(sum(abs(sum(one)) < len(one) for one in decided), len(decided))

    def _triples(self, pairs: Sequence[Question]) -> list[tuple[str, str, str, str]]:
        """Return triples of captions in pairs of one variant, which stands behind them."""
        found: list[tuple[str, str, str, str]] = []
        for variant in dict.fromkeys(pair.variant for pair in pairs):
            own = (caption for pair in pairs if pair.variant == variant for caption in pair.captions)
            captions = list(dict.fromkeys(own))
            mixed = [captions[place] for place in self._random.permutation(len(captions))]
            found += [(a, b, c, variant) for a, b, c in zip(mixed, mixed[1:], mixed[2:], strict=False)]
        return found

    def noticed(self, questions: Sequence[Question], answers: Decisions) -> Share:
        """Change a number in captions; a caption's answer should change, a pair of both be no tie."""
        changed: dict[Question, int | None] = {}
        """The question with the number changed, and the answer that would say that nothing was noticed."""
        for question in questions:
            caption = question.captions[0]
            if (other := self._with_another_number(caption)) == caption:
                continue
            if question.is_pair:
                changed[Question((caption, other), question.variant)] = 0
            elif question in answers:
                changed[Question((other,), question.variant)] = answers[question]
        found = self.answers(list(changed))
        return Share(sum(decision != changed[question] for question, decision in found.items()), len(found))

    def _with_another_number(self, caption: str) -> str:
        numbers = list(_NUMBER.finditer(caption))
        if not numbers:
            return caption
        one = numbers[self._random.integers(len(numbers))]
        return caption[: one.start()] + ("0" if float(one[0]) else "1") + caption[one.end() :]


def _agreement(answers: Decisions, others: Decisions) -> Share:
    both = answers.keys() & others.keys()
    return Share(sum(answers[question] == others[question] for question in both), len(both))


def _decision(value: float) -> int:
    return (value > 0.5) - (value < 0.5)
