"""Imported by the zygote before its first fork: runs the whole path once.

After the lock-down nothing can be imported or read, so whatever Python, NumPy or the loader would fetch at
first use is fetched here: a reward with memory, one that raises, and one that is not a number.
"""

from __future__ import annotations

import contextlib
import json
import unicodedata  # noqa: F401 - Python's parser asks for it at the first name that is not ASCII

import numpy as np

from eureka_agent.errors import RewardError
from eureka_agent.isolation.plain import load_plain
from eureka_agent.rewards.loader import load_reward
from eureka_agent.rewards.output import validated

_SOURCES = (
    """
import numpy as np
MEMORY = {"steps": 0.0}
def compute_reward(position, memory):
    steps = memory["steps"] + 1.0
    near = np.exp(-np.sum(np.square(position), axis=-1))
    return near - 0.01 * steps, {"near": near, "steps": steps}, {"steps": steps}
""",
    """
import numpy as np
def compute_reward(position):
    return np.log(-np.sum(np.square(position), axis=-1)), {"part": position[:, 0]}
""",
    """
import numpy as np
def compute_reward(position):
    return position @ np.zeros((7, 5)), {"part": position[:, 0]}
""",
    """
import numpy as np
def compute_reward(position):
    return open("no such file"), {}
""",
)


def _run(text: str) -> None:
    reward = load_reward(text, signals=["position"], strict=True)
    signals = {"position": np.ones((4, 3), np.float32)}
    memory = reward.initial_memory(4) if reward.source.uses_memory else None
    output = validated(reward(signals, memory), 4)
    if output.memory is not None:
        reward.reset_memory(output.memory, np.array([True, False, False, True]))


def _run_plain(text: str) -> None:
    reward = load_plain(text, signals=["position"])
    validated(reward({"position": np.ones((4, 3), np.float32)}, reward.initial_memory(4)), 4)


with np.errstate(all="ignore"):
    for _text in _SOURCES:
        with contextlib.suppress(RewardError):
            _run(_text)
    _run_plain(_SOURCES[0])
json.loads(json.dumps({"ready": [1.5, "é"]}))
