"""A learned reward beside another one, at the seam where rewards are paid: once a rollout."""

from __future__ import annotations

from eureka_agent.intrinsic.captions import Captioner
from eureka_agent.intrinsic.learned import LearnedReward
from eureka_agent.intrinsic.mixing import Coefficients, mixed
from eureka_agent.training.reward_provider import RewardBatch, RewardProvider, RolloutSteps

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
    ) -> None:
        """`coded` tells that `base` is a reward function, and not the task's own reward."""
        self.base, self.learned = base, learned
        self.signals = tuple(dict.fromkeys((*base.signals, *captioner.signals)))
        self._captioner, self._coefficients, self._coded = captioner, coefficients, coded

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        """Return both; components are the base's, and what the learned reward adds under `INTRINSIC`."""
        paid = self.base(rollout)
        captions = self._captioner(rollout.signals, rollout.first)
        learned = self.learned.pay(captions, rollout.first)
        total = mixed(
            self._coefficients,
            rollout.progress,
            intrinsic=learned,
            **{"coded" if self._coded else "extrinsic": paid.reward},
        )
        return RewardBatch(total.total, {**paid.components, INTRINSIC: total.parts["intrinsic"]})


def base_of(provider: RewardProvider) -> RewardProvider:
    """Return what pays beside a learned reward, or the provider itself where there is none."""
    return provider.base if isinstance(provider, IntrinsicProvider) else provider
