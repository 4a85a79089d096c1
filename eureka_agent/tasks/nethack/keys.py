"""The actions of a policy as keys of the game, and the answers to what the game asks on the way.

A policy cannot spell: whatever is asked after an action that needs an answer is answered here, or declined.
Only a direction is left to the policy, whose next move names it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eureka_agent.errors import TaskError, did_you_mean

ESCAPE, SPACE, YES = 27, 32, ord("y")

_COMPASS = {
    "north": "k", "east": "l", "south": "j", "west": "h",
    "northeast": "u", "southeast": "n", "southwest": "b", "northwest": "y",
}  # fmt: skip

KEYS: dict[str, int] = {
    **{name: ord(key) for name, key in _COMPASS.items()},
    **{f"far_{name}": ord(key.upper()) for name, key in _COMPASS.items()},
    "down": ord(">"),
    "up": ord("<"),
    "search": ord("s"),
    "kick": 4,  # ctrl-d
    "eat": ord("e"),
    "pray": 0x80 | ord("p"),
    "pickup": ord(","),
    "apply": ord("a"),
    "open": ord("o"),
}
"""Every action there is, and its key."""

MOVES = tuple(_COMPASS)
"""One step, or an attack on what stands there. A closed door is opened by walking into it."""

PLAY = (*MOVES, *(f"far_{name}" for name in MOVES), "down", "up", "search", "kick", "eat")
"""What a policy may do unless a task says otherwise: 21 actions. Gold, scrolls, potions and wands are picked
up by walking over them. Praying is left out: who prays often, as a beginner would, is struck dead."""

_OFFERED = re.compile(rb"\[(?:- )?([a-zA-Z-]+) or \?\*\]")
_CONSENTED = re.compile(rb"Unlock it\?|want to pray\?")
"""Questions that the action has answered."""
_SATIATED, _HUNGRY = 0, 2
"""Among the degrees of hunger, which go up to 6: starved."""


def check_actions(actions: Sequence[str]) -> tuple[str, ...]:
    """Return names of actions; raises TaskError for one that is none, or where there are none at all."""
    for name in actions:
        if name not in KEYS:
            raise TaskError(
                f"NetHack has no action {name!r:.40} here.{did_you_mean(str(name), KEYS)}",
                allowed=", ".join(KEYS),
                fix="Correct `actions` among the arguments of the environment.",
            )
    if not actions:
        raise TaskError(
            "NetHack was given no actions to choose from.",
            allowed=", ".join(KEYS),
            fix="Name some in `actions` among the arguments of the environment, or leave it out.",
        )
    return tuple(actions)


def answer(action: str, question: bytes, *, hunger: int) -> int | None:
    """Return the key that answers what the game asks after an action; None where the policy names it.

    What lies on the floor is eaten unless one is satiated (`hunger` 0), what is carried only when one is
    hungry (2 and more), and nobody goes on eating when the game warns: else policies that try everything
    choke. Of things that may be used the one that came into the bag last is taken.
    """
    if b"direction" in question:
        return None
    if _CONSENTED.search(question) or (b"eat it?" in question and hunger != _SATIATED):
        return YES
    offered = _OFFERED.search(question)
    if offered is not None and (action == "apply" or (action == "eat" and hunger >= _HUNGRY)):
        return offered.group(1)[-1]
    return ESCAPE
