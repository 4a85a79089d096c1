"""Whether annotators mean what they say: examined before a training, which they can hold up, and after it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eureka_agent.api.annotators import Annotators, Labeller
from eureka_agent.errors import BudgetExhaustedError, ConfigError, ModelError
from eureka_agent.intrinsic.annotation.asking import Notice
from eureka_agent.intrinsic.annotation.consistency import THRESHOLD, Consistency, consistency_of
from eureka_agent.intrinsic.annotation.noise import Noise
from eureka_agent.intrinsic.annotation.questions import Question
from eureka_agent.intrinsic.plan import IntrinsicPlan
from eureka_agent.seeds import generator_for
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.inspection import inspect_environment

_MANY = 5
"""Questions with the same answer that a person is told of."""


@dataclass(frozen=True)
class AnnotatorReport:
    """How far one annotator, in one wording, is to be believed."""

    annotator: str
    variant: str = ""
    """Of the questions that it was asked; empty where it was the only one."""
    noise: Noise | None = None
    """How often its answers are wrong by chance; None where no question was asked several times."""
    before: Consistency | None = None
    """Whether it meant what it said of captions of random play; None where it was not examined."""
    after: Consistency | None = None
    """The same of captions that were met in training, those first that random play has not."""


class Examination:
    """Examines all annotators that can contradict themselves, with up to `captions` captions; 0 with none.

    An examination takes up to 4 requests to a language model, 6 where captions are compared.
    """

    def __init__(
        self,
        annotators: Annotators,
        plan: IntrinsicPlan,
        captions: int,
        *,
        seed: int,
        notice: Notice,
        stop: threading.Event,
    ) -> None:
        self._annotators, self._captions, self._pairs = annotators, captions, plan.kind == "ranking"
        self._captioning, self._seed, self._notice, self._stop = plan.captioning, seed, notice, stop
        self._random: tuple[str, ...] = ()
        self._before: Mapping[str, Consistency] = {}
        self._after: Mapping[str, Consistency] = {}

    def before(self, task: Task) -> None:
        """Ask about captions of random play.

        Raises:
            ConfigError: an annotator contradicts itself, beyond what so few captions show by chance.
            ModelError: one could not be asked.
        """
        if not self._examined:
            if self._captions:
                self._notice("Nobody was examined: rules and files of labels cannot contradict themselves.")
            return
        played = inspect_environment(task)
        self._random = self._captioning.captioner(task)(played.signals, played.first).texts
        self._before = {one.variant: self._of(one, self._random) for one in self._examined}
        for one in self._examined:
            _judge(one, self._before[one.variant], self._notice)

    def after(self, met: Sequence[str]) -> None:
        """Ask about captions that were met in training; what is found, or cannot be, is only told."""
        if self._stop.is_set() or not met:
            return
        new = [caption for caption in met if caption not in self._random]
        captions = new if len(new) >= self._captions else met
        try:
            self._after = {one.variant: self._of(one, captions) for one in self._examined}
        except (ModelError, BudgetExhaustedError) as error:
            self._notice(f"Annotators could not be examined after the training: {error.what}")
        for one in self._examined:
            if found := self._after.get(one.variant):
                _warn(one, found, "after the training", self._notice)

    def reports(self) -> tuple[AnnotatorReport, ...]:
        """Return what is known of each annotator."""
        noise = {one.variant: self._annotators.softening.noise(one.variant) for one in self._labellers}
        return tuple(
            AnnotatorReport(
                one.annotator.name,
                one.variant,
                noise[one.variant] if noise[one.variant].differing.n else None,
                self._before.get(one.variant),
                self._after.get(one.variant),
            )
            for one in self._labellers
        )

    @property
    def _labellers(self) -> tuple[Labeller, ...]:
        return self._annotators.labellers

    @property
    def _examined(self) -> list[Labeller]:
        return [one for one in self._labellers if one.examined is not None and self._captions > 0]

    def _of(self, one: Labeller, captions: Sequence[str]) -> Consistency:
        assert one.examined is not None
        questions = _questions(captions, self._captions, pairs=self._pairs, seed=self._seed)
        return consistency_of(
            one.examined, questions, seed=self._seed, reworded=one.reworded, most=self._captions,
            stop=self._stop,
        )  # fmt: skip


def _questions(captions: Sequence[str], most: int, *, pairs: bool, seed: int) -> list[Question]:
    """Return questions about up to `most` captions, each compared with the next where pairs are asked."""
    order = generator_for(seed, "examined").permutation(len(captions))[:most]
    drawn: list[str] = [captions[int(place)] for place in order]
    if not pairs:
        return [Question((caption,)) for caption in drawn]
    neighbours = zip(drawn, [*drawn[1:], *drawn[:1]], strict=True)
    found = [Question((one, other)) for one, other in neighbours if one != other]
    return list({question.key: question for question in found}.values())


def _judge(one: Labeller, found: Consistency, notice: Notice) -> None:
    if failed := found.below(surely=True):
        raise ConfigError(
            f"{_name(one)} is not to be relied on: {_shares(failed)}.",
            allowed=f"{THRESHOLD:.0%} of equal answers, or so few captions that fewer may be chance",
            fix="Choose a better model, or a clearer goal; without --check-annotator it is not examined.",
        )
    _warn(one, found, "before the training", notice)


def _warn(one: Labeller, found: Consistency, when: str, notice: Notice) -> None:
    if found.alike.count == found.alike.n >= _MANY:
        notice(f"{_name(one)} said the same of all {found.alike.n} questions {when}: that teaches nothing.")
    if low := found.below():
        notice(f"{_name(one)} may not be relied on, {when}: {_shares(low)}; {THRESHOLD:.0%} is asked for.")


def _name(one: Labeller) -> str:
    return f"The annotator {one.annotator.name}"


def _shares(shares: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {share}" for name, share in shares.items())
