"""Rewards, signals and process watching shared by the tests of this folder."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from eureka_agent.isolation import SignalLayout

PLAIN = """
import numpy as np
def compute_reward(x, action):
    effort = -0.1 * np.sum(np.square(action), axis=-1)
    return x + effort, {"x": x, "effort": effort}
"""
MEMORY = """
import numpy as np
MEMORY = {"previous": 0.0, "steps": 0.0}
def compute_reward(x, memory):
    steps = memory["steps"] + 1.0
    gain = x - memory["previous"]
    return gain + steps, {"gain": gain, "steps": steps}, {"previous": x, "steps": steps}
"""
ENDLESS = """
import numpy as np
def compute_reward(x):
    total = np.zeros_like(x)
    for a in range(200):
        for b in range(200):
            for c in range(200):
                for d in range(200):
                    total = total + 1.0
    return total, {"total": total}
"""
HUGE = """
import numpy as np
def compute_reward(x, action):
    grown = action
    for i in range(40):
        grown = np.concatenate([grown, grown], axis=-1)
    return x, {"x": grown[:, 0]}
"""


def layout(capacity: int = 64) -> SignalLayout:
    return SignalLayout.build(
        [("x", (), np.float32), ("action", (2,), np.float32), ("kind", (3, 3), np.int32)], capacity
    )


def signals(*leading: int, seed: int = 0) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    return {
        "x": generator.normal(size=leading).astype(np.float32),
        "action": generator.normal(size=(*leading, 2)).astype(np.float32),
        "kind": generator.integers(0, 9, size=(*leading, 3, 3)).astype(np.int32),
    }


def descendants(pid: int) -> set[int]:
    """Return the pids of all living processes below `pid`."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1])
    found = {pid}
    while grown := {child for child, parent in parents.items() if parent in found} - found:
        found |= grown
    return found - {pid}


def eventually(condition, within_s: float = 30.0) -> bool:
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
