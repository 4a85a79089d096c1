"""A saved reward as plain Python imports it: the real NumPy, all of Python's functions, nothing checked.

That is how a person's own code will run it. It belongs into a locked-down worker only, where it shows that
the plain file and the loaded reward are one and the same.
"""

from __future__ import annotations

from collections.abc import Collection
from types import FunctionType
from typing import Any

from eureka_agent.rewards.loader import FILENAME, REWARD_FAULTS, RewardFunction, raise_explained
from eureka_agent.rewards.source import ENTRY, parse_reward


class PlainReward(RewardFunction):
    """A reward executed as its file stands."""

    def _instance(self, device: Any) -> FunctionType:
        scope: dict[str, Any] = {"__name__": "reward"}
        try:
            # From bytes, as an import does: the file itself says how they are to be read.
            exec(compile(self.source.text.encode(), FILENAME, "exec", dont_inherit=True), scope)
        except REWARD_FAULTS as fault:
            raise_explained(fault)
        return scope[ENTRY]


def load_plain(text: str, *, signals: Collection[str]) -> PlainReward:
    """Execute a reward's file; RewardError if it cannot be."""
    reward = PlainReward(parse_reward(text))
    reward._function_for({})
    return reward
