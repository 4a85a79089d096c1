"""What a policy is paid by: a reward function as text, or what the task itself pays."""

from __future__ import annotations

from dataclasses import dataclass

from eureka_agent.rewards.source import RewardSource, normalised_digest, parse_reward


@dataclass(frozen=True)
class Coded:
    """A reward function as text, whoever wrote it; it runs in a reward worker only.

    The text may be no reward at all: where no critic looked at it, its training says so.
    """

    text: str

    @property
    def parsed(self) -> RewardSource:
        """What can be read from the text without running it, read once; RewardError where it is no reward."""
        return parse_reward(self.text)

    @property
    def digest(self) -> str:
        """What it has in common with every text that differs in comments or formatting only."""
        return normalised_digest(self.text)


@dataclass(frozen=True)
class Native:
    """The environment's own reward."""


@dataclass(frozen=True)
class Sparse:
    """The task's fitness as reward."""


Reward = Coded | Native | Sparse


def reference_reward(reference: str) -> Coded | Native:
    """Return what a task's `reference` stands for: "native", or the text of a reward."""
    return Native() if reference == "native" else Coded(reference)
