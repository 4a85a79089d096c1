"""What the language model of a chaotic run says: rewards for cartpole, some of them wrong at first."""

from __future__ import annotations

import itertools
import json
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

GENERATIONS, SAMPLES = 2, 2
_MODULE = """import numpy as np


def compute_reward(pole_angle, cart_position, pole_angular_velocity):
    \"\"\"Upright and in the middle, number {number}.\"\"\"
    upright = np.exp(-np.square(pole_angle / {width}))
    middle = -{middle} * np.abs(cart_position)
    calm = -{calm} * np.abs(pole_angular_velocity)
    return upright + middle + calm, {{"upright": upright, "middle": middle, "calm": calm}}
"""


def reward(number: int) -> str:
    """Return the source of a reward that differs from every other number's."""
    chance = random.Random(f"reward/{number}")
    width, middle, calm = (round(chance.uniform(*span), 4) for span in ((0.05, 0.3), (0, 0.4), (0, 0.1)))
    return _MODULE.format(number=number, width=width, middle=middle, calm=calm)


def reply(number: int, *, broken: bool = False) -> str:
    """Return a model's reply with a reward; a broken one must be mended once."""
    source = reward(number)
    code = source.replace("return upright", "return uprigth") if broken else source
    return f"Stay upright, gently.\n\n```python\n{code}```\n"


def write_recording(path: Path) -> Path:
    """Write replies to everything that a run may ask; every third must be repaired."""
    keys = [f"{generation}-{index:02d}" for generation in range(GENERATIONS) for index in range(SAMPLES)]
    lines = []
    for number, key in enumerate(keys):
        lines.append({"key": f"{key}/turn0", "reply": reply(number, broken=number % 3 == 2)})
        lines += [{"key": f"{key}/turn{turn}", "reply": reply(number)} for turn in (1, 2)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def author() -> Callable[[dict[str, Any]], str]:
    """Return what a service says: a new reward each time it is asked."""
    numbers, lock = itertools.count(100), threading.Lock()

    def say(_body: dict[str, Any]) -> str:
        with lock:
            number = next(numbers)
        return reply(number, broken=number % 4 == 0)

    return say
