"""The one place where reward files are written: candidates, the best, exports."""

from __future__ import annotations

from pathlib import Path

from eureka_agent.files import write_atomic
from eureka_agent.rewards.loader import check_reward
from eureka_agent.rewards.saved import Header, reward_bytes


def write_reward(path: Path, source: str, header: Header | None = None) -> None:
    """Write a reward that may be imported outside the sandbox, under `header` as its docstring.

    The static rules are applied again, whoever applied them before. Raises RewardError if they refuse the
    source or Python would read the file as anything else, and StoreError if the disk does not take it;
    nothing is written then.
    """
    check_reward(source)
    write_atomic(path, reward_bytes(source, header))
