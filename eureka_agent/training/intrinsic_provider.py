"""A learned reward beside another one, at the seam where rewards are paid: once a rollout."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eureka_agent.intrinsic.captioning.captions import Captioner
from eureka_agent.intrinsic.captioning.features import stacked
from eureka_agent.intrinsic.learned import LearnedReward
from eureka_agent.intrinsic.mixing import Coefficients, Schedule, mixed
from eureka_agent.training.reward_provider import RewardBatch, RewardProvider, RolloutSteps

Array = np.ndarray
INTRINSIC = "intrinsic"
"""The component that a learned reward is, as it is paid."""


class IntrinsicProvider:
    """Pays what `base` pays and what was learned from labels, each times its coefficient."""

    def __init__(
        self,
        base: RewardProvider,
        learned: LearnedReward,
        captioner: Captioner,
        coefficients: Coefficients,
        *,
        coded: bool,
        features: Sequence[str] = (),
    ) -> None:
        """`coded` tells that `base` is a reward function, and not the task's own reward.

        `features` are signals that the learned reward reads beside captions.
        """
        self.base, self.learned = base, learned
        self.signals = tuple(dict.fromkeys((*base.signals, *captioner.signals, *features)))
        self._features = tuple(features)
        self._captioner, self._coefficients, self._coded = captioner, coefficients, coded

    @property
    def pays_base(self) -> bool:
        """Whether the base is ever paid."""
        return self._of_base.start != 0.0 or self._of_base.end != 0.0

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        """Return what is paid: components are the base's, as they are paid, and `INTRINSIC`."""
        captions = self._captioner(rollout.signals, rollout.first)
        learned = self.learned.pay(captions, rollout.first, self._features_of(rollout))
        if not self.pays_base:
            total = mixed(self._coefficients, rollout.progress, intrinsic=learned)
            return RewardBatch(total.total, {INTRINSIC: total.parts["intrinsic"]})
        paid = self.base(rollout)
        if self._is_alone:
            return paid
        total = mixed(
            self._coefficients,
            rollout.progress,
            intrinsic=learned,
            **{"coded" if self._coded else "extrinsic": paid.reward},
        )
        share = np.asarray(self._of_base(rollout.progress), np.float32)
        components = {_told(name): share * values for name, values in paid.components.items()}
        return RewardBatch(total.total, {**components, INTRINSIC: total.parts["intrinsic"]})

    def _features_of(self, rollout: RolloutSteps) -> Array | None:
        """Return the features of a rollout, float32 `(T, N, d)`; None where none are read."""
        return stacked(rollout.signals, self._features, rollout.first.shape) if self._features else None

    @property
    def _is_alone(self) -> bool:
        """Whether the base is paid as it is: captions are counted, and nothing is added."""
        learned, of_base = self._coefficients.intrinsic, self._of_base
        return learned.start == learned.end == 0.0 and of_base.start == of_base.end == 1.0

    @property
    def _of_base(self) -> Schedule:
        return self._coefficients.coded if self._coded else self._coefficients.extrinsic


def _told(component: str) -> str:
    """Return a base's component by a name that the learned reward does not have."""
    return f"own_{component}" if component == INTRINSIC else component


def base_of(provider: RewardProvider) -> RewardProvider:
    """Return what pays beside a learned reward, or the provider itself where there is none."""
    return provider.base if isinstance(provider, IntrinsicProvider) else provider
