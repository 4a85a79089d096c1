"""The way down to the Oracle."""

from __future__ import annotations


def fitness_step(signals):
    """One in the step that comes to stand beside the Oracle, which is the last; else zero."""
    return signals["reached"]


def events(signals):
    return {
        "the character stands beside the Oracle": signals["reached"] > 0,
        "the character died": signals["died"] > 0,
        "the Oracle is in sight": signals["oracle_distance"] < 80,
        "a deeper level was reached": signals["deepest"] > signals["prev_deepest"],
        "the character hallucinates": signals["hallucinating"] > 0,
        "the character is weak with hunger": signals["hunger"] >= 3,
    }
