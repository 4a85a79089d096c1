"""NetHack's points: all signals of NetHack, and the score."""

from __future__ import annotations

from eureka_agent.tasks.nethack import PLAY, initial, measured


def initial_signals(state):
    return initial(state, len(PLAY))


def signals(before, action, after):
    return measured(after, action)


def fitness_step(signals):
    """Points so far; the last step's count."""
    return signals["score"]


def events(signals):
    return {
        "the character died": signals["died"] > 0,
        "a deeper level was reached": signals["deepest"] > signals["prev_deepest"],
        "gold was found": signals["gold"] > signals["prev_gold"],
        "a monster was killed": signals["experience"] > signals["prev_experience"],
        "fewer than a third of the hit points are left": 3 * signals["hp"] < signals["max_hp"],
        "the character is weak with hunger": signals["hunger"] >= 3,
    }
