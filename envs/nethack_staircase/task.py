"""The stairs down of NetHack's first level."""

from __future__ import annotations


def fitness_step(signals):
    """One in the step that reaches the stairs, which is the last; else zero."""
    return signals["reached"]


def events(signals):
    return {
        "the character stands on stairs down": signals["reached"] > 0,
        "the character died": signals["died"] > 0,
        "stairs down came into sight": (signals["stairs_shown"] > 0) & (signals["prev_stairs_shown"] == 0),
        "fewer than a third of the hit points are left": 3 * signals["hp"] < signals["max_hp"],
    }
