"""How much of NetHack's dungeon is seen: a measure that no reward of the game is about."""

from __future__ import annotations


def fitness_step(signals):
    """Squares seen so far; the last step's count."""
    return signals["explored"]


def events(signals):
    return {
        "the character died": signals["died"] > 0,
        "a deeper level was reached": signals["deepest"] > signals["prev_deepest"],
        "much was seen at once": signals["explored"] - signals["prev_explored"] >= 20,
        "fewer than a third of the hit points are left": 3 * signals["hp"] < signals["max_hp"],
        "the character is weak with hunger": signals["hunger"] >= 3,
    }
