"""Numbers of a reward with the fewest digits that say the same to a person."""

from __future__ import annotations

import math
from typing import NamedTuple

from eureka_agent.rewards.refining.editing import TokenEdits
from eureka_agent.rewards.refining.literals import quantities
from eureka_agent.rewards.tree import parse_python

NEAR = 0.05
"""Share of a number by which one digit may miss it; else it gets two, which miss it by as much at most."""
_EXACT = 1e-3
"""Share within which a number counts as a multiple of pi: rounding would break an angle."""


class Rounded(NamedTuple):
    """A reward whose numbers are rounded."""

    text: str
    numbers: tuple[tuple[str, str], ...]
    """Each number that changed: as it was and as it is."""


def with_rounded_numbers(text: str) -> Rounded:
    """Return a reward with each quantity rounded to one significant digit if that is within 5 %, else to two.

    Which literals are quantities says `literals.py`. Multiples of pi and simple fractions of it stay.
    """
    edits, changed = TokenEdits(text), []
    for node in quantities(parse_python(edits.text)):
        (token,) = edits.of(node)
        value = node.value
        assert isinstance(value, (int, float))
        short = type(value)(rounded(value))
        if short != value:
            edits.write(token, repr(short))
            changed.append((edits.tokens[token].string, repr(short)))
    return Rounded(edits.result(), tuple(changed))


def rounded(value: float) -> float:
    """Return a number with one or two significant digits."""
    if not math.isfinite(value) or _of_pi(value):
        return value
    one = float(f"{value:.0e}")
    return one if abs(one - value) <= NEAR * abs(value) else float(f"{value:.1e}")


def _of_pi(value: float) -> bool:
    twelfths = value / (math.pi / 12)
    whole = round(twelfths)
    return whole in (3, 4, 6, 8, 9, 12, 24) and abs(twelfths - whole) <= _EXACT * whole
