"""A key, a locked door, and stairs behind it."""

from __future__ import annotations

from eureka_agent.tasks.nethack import initial, measured

SIGNALS = (
    "message", "position", "stairs_shown", "stairs_distance", "hp", "turn", "died", "reached",
    "asked", "blind", "explored", "action",
)  # fmt: skip
ACTIONS = 10


def initial_signals(state):
    return initial(state, ACTIONS, SIGNALS)


def signals(before, action, after):
    return measured(after, action, SIGNALS)


def fitness_step(signals):
    """One in the step that reaches the stairs, which is the last; else zero."""
    return signals["reached"]


def events(signals):
    return {
        "the character stands on the stairs": signals["reached"] > 0,
        "the character died": signals["died"] > 0,
        "stairs came into sight": (signals["stairs_shown"] > 0) & (signals["prev_stairs_shown"] == 0),
        "the character put a blindfold on": (signals["blind"] > 0) & (signals["prev_blind"] == 0),
    }
