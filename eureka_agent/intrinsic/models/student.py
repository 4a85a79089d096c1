"""What learned rewards with a network share: labels, held-out labels, and learning within bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from eureka_agent.intrinsic.models.encoding import Encoder, stable_hash
from eureka_agent.intrinsic.models.labelled import Drawn, Key, LabelTable
from eureka_agent.intrinsic.models.network import Network, Slopes
from eureka_agent.intrinsic.models.settings import ModelSettings
from eureka_agent.intrinsic.saving import (
    Array,
    array_of,
    damaged,
    generator_state,
    nested,
    part_of,
    restore_generator,
)
from eureka_agent.seeds import generator_for, seed_for

EXTRA = "extra"
"""The name of the one parameter that an objective may have beside the network."""
_FELL = 1e-3
"""A held-out loss that fell by less did not fall."""


class Losses(NamedTuple):
    """Losses of B labels, and their derivatives."""

    losses: Array
    """`(B,)`"""
    by_output: Array
    """`(B, k)`: by the outputs for the k captions of each question."""
    by_extra: Array | float = 0.0
    """`(B,)`: by the extra parameter."""


class Objective(Protocol):
    """The loss of outputs `(B, k)` for labels `(B,)` whose mean over all labels is `share`."""

    def __call__(self, outputs: Array, values: Array, *, share: float, extra: float) -> Losses:
        """Return the loss of each label."""
        ...


class Student:
    """A network that learns from a bounded number of labels, a bounded number of updates a rollout.

    Every label pays for `updates_per_label` updates; at most `most_updates` of them are made in one call of
    `learn`, and at most `most_credits` wait. Every `hold_out`-th question, by a hash of its captions, is
    never learned from; all students of one `part` hold out the same ones. Learning rests while the held-out
    loss does not fall, until enough labels are new or have changed since.
    With a `member`, each label's weight is drawn from a hash (the Bayesian bootstrap, Rubin 1981,
    doi 10.1214/aos/1176345338), so that the members of an ensemble differ.
    """

    def __init__(
        self,
        settings: ModelSettings,
        objective: Objective,
        *,
        seed: int,
        member: int | None = None,
        extra: float | None = None,
        encoder: Encoder | None = None,
        part: int = 0,
    ) -> None:
        """`encoder` may be that of others; `part`, below `hold_out`, tells which labels are held out."""
        self._part = part
        self._settings, self._objective, self._member = settings, objective, member
        self._encoder = encoder or Encoder(
            settings.encoder, dimension=settings.dimension, cache=settings.cache
        )
        self._network = Network(
            seed=seed_for(seed, "network"),
            dimension=settings.dimension,
            width=settings.width,
            hidden=settings.hidden,
            rate=settings.learning_rate,
            decay=settings.weight_decay,
            extra=None if extra is None else {EXTRA: extra},
        )
        self._has_extra = extra is not None
        self._rng = generator_for(seed, "minibatches")
        self.lessons = LabelTable(settings.most_labels)
        """The labels that are learned from."""
        self.exam = LabelTable(settings.most_held_out)
        """The labels that are held out."""
        self.updates = 0
        """How many updates were made."""
        self.credits = 0.0
        """Updates that are paid for and not made yet."""
        self._best, self._idle, self._news = math.inf, 0, 0

    def __contains__(self, key: object) -> bool:
        """Whether a question with these captions has been answered."""
        return key in self.lessons or key in self.exam

    @property
    def extra(self) -> float:
        """The extra parameter; 0 if there is none."""
        return self._network.extra(EXTRA) if self._has_extra else 0.0

    def add(self, key: Key, value: float) -> None:
        """Take a label, to learn from or to hold out."""
        name = "\x1f".join(key)
        if stable_hash(name, "held out") % self._settings.hold_out == self._part:
            self.exam.add(key, value)
        elif self.lessons.add(key, value, self._weight(name)):
            self._news += 1
            bought = self.credits + self._settings.updates_per_label
            self.credits = min(bought, float(self._settings.most_credits))

    def _weight(self, name: str) -> float:
        if self._member is None:
            return 1.0
        return -math.log((stable_hash(name, f"member {self._member}") + 1) / (2**64 + 1))

    def outputs(self, texts: Sequence[str]) -> Array:
        """Return the network's number for each caption, float64 `(len(texts),)`."""
        return self._network.outputs(self._encoder.bags(texts)).astype(np.float64)

    def of_labels(self, drawn: Drawn) -> Array:
        """Return the network's numbers for the captions of some labels, `(B, k)`."""
        outputs = self.outputs([text for key in drawn.keys for text in key])
        return outputs.reshape(len(drawn.keys), len(drawn.keys[0]) if drawn.keys else 1)

    def learn(self) -> int:
        """Make the updates that are due in one rollout; return how many they were."""
        if self._resting():
            return 0
        count = min(int(self.credits), self._settings.most_updates) if len(self.lessons) else 0
        share = self.lessons.share
        for _ in range(count):
            self._update(self.lessons.draw(self._rng, self._settings.batch), share)
        self.credits -= count
        self.updates += count
        if count:
            self._examine()
        return count

    def _update(self, drawn: Drawn, share: float) -> None:
        texts = self._encoder.bags([text for key in drawn.keys for text in key])
        weights = drawn.weights / max(float(drawn.weights.sum()), 1e-12)

        def slopes(outputs: Array) -> Slopes:
            answers = outputs.astype(np.float64).reshape(len(drawn.keys), -1)
            losses = self._objective(answers, drawn.values, share=share, extra=self.extra)
            extra = {EXTRA: float(np.sum(losses.by_extra * weights))} if self._has_extra else {}
            return Slopes((losses.by_output * weights[:, None]).ravel(), extra)

        self._network.update(texts, slopes)

    def _resting(self) -> bool:
        if self._idle < self._settings.patience:
            return False
        if self._news <= self._settings.waking * len(self.lessons):
            return True
        self._idle, self._best = 0, math.inf
        return False

    def _examine(self) -> None:
        """Note whether the held-out loss has fallen; without enough held-out labels nothing tells."""
        if len(self.exam) < self._settings.enough:
            return
        drawn = self.exam.all()
        losses = self._objective(self.of_labels(drawn), drawn.values, share=self.exam.share, extra=self.extra)
        loss = float(losses.losses.mean())
        fell = loss < self._best - _FELL
        self._best = loss if fell else self._best
        self._idle = 0 if fell else self._idle + 1
        self._news = 0

    def state_dict(self) -> dict[str, Array]:
        """Return everything that was learned and is still to be learned."""
        progress = [self.updates, self.credits, self._best, self._idle, self._news]
        return {
            **nested("network", self._network.state_dict()),
            **nested("lessons", self.lessons.state_dict()),
            **nested("exam", self.exam.state_dict()),
            "progress": np.array(progress, np.float64),
            "minibatches": generator_state(self._rng),
        }

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result."""
        self._network.load_state_dict(part_of(saved, "network"))
        self.lessons.load_state_dict(part_of(saved, "lessons"))
        self.exam.load_state_dict(part_of(saved, "exam"))
        progress = array_of(saved, "progress", (5,), least=0.0, infinite=True)
        updates, self.credits, self._best, idle, news = map(float, progress)
        if not all(map(math.isfinite, (updates, self.credits, idle, news))):
            raise damaged("'progress' counts without an end")
        self.updates, self._idle, self._news = int(updates), int(idle), int(news)
        restore_generator(self._rng, saved, "minibatches")
