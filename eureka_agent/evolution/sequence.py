"""A sequence of rewards: where each training of a run that goes on after another begins, and how long it is.

In the search every training goes on from one saved policy. What is chosen and confirmed is the whole
sequence from random weights: on each seed the rewards before are trained in order, once for all finalists,
and these go on from the policy that was left there. So does the reference, which is the last reward before,
trained on for as long. The sparse baseline has the steps of the whole sequence in one training.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from eureka_agent.config import Earlier, RunConfig
from eureka_agent.store.checked import before_name
from eureka_agent.store.layout import RunFolder
from eureka_agent.training.policies import policy_of


@dataclass(frozen=True)
class RewardSequence:
    """The rewards before those of the search; none where trainings begin with random weights."""

    config: RunConfig
    folder: RunFolder
    env_steps: int
    """Steps of a candidate's training."""

    @cached_property
    def rewards(self) -> dict[str, Earlier]:
        """The rewards before by the names of their trainings, in order."""
        return {before_name(number): one for number, one in enumerate(self.config.training.after, start=1)}

    def previous(self, name: str, stage: str) -> str | None:
        """Return whose policy on the same seed a training goes on from; None where it is nobody's."""
        if stage == "search" or name == "sparse":
            return None
        names = list(self.rewards)
        place = names.index(name) if name in names else len(names)
        return names[place - 1] if place else None

    def start(self, name: str, stage: str, replicate: int) -> Path | None:
        """Return the policy that a training starts from; None for random weights."""
        if self.config.training.init_policy is not None and (stage == "search" or not self.rewards):
            return self.folder.init_policy
        previous = self.previous(name, stage)
        if previous is None:
            return None
        return policy_of(self.config.training.trainer, self.folder.training(previous, stage, replicate))

    def seed_key(self, stage: str, replicate: int) -> tuple[str | int, ...]:
        """Return the key of a training's seed under the run's root seed.

        A run often has the root seed of the one before, on one of whose confirmation seeds the policy was
        trained that its search starts from: what is chosen and confirmed needs others.
        """
        again = stage != "search" and len(self.rewards) > 0
        return (stage, replicate, f"after {len(self.rewards)}") if again else (stage, replicate)

    def steps(self, name: str) -> int:
        """Return the environment steps of a training."""
        if name in self.rewards:
            return self.rewards[name].env_steps
        before = sum(one.env_steps for one in self.rewards.values())
        return self.env_steps + (before if name == "sparse" else 0)
