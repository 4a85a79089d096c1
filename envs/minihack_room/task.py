"""An empty room with stairs in the opposite corner."""

from __future__ import annotations

from eureka_agent.tasks.nethack import MOVES, initial, measured

SIGNALS = ("message", "position", "stairs_shown", "stairs_distance", "hp", "turn", "died", "reached")


def initial_signals(state):
    return initial(state, len(MOVES), SIGNALS)


def signals(before, action, after):
    return measured(after, action, SIGNALS)


def fitness_step(signals):
    """One in the step that reaches the stairs, which is the last; else zero."""
    return signals["reached"]


def events(signals):
    return {
        "the character stands on the stairs": signals["reached"] > 0,
        "the character died": signals["died"] > 0,
    }
