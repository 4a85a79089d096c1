import numpy as np

PRICES = [1.0, 2.0, 4.0, 8.0, 16.0]


def compute_reward(inventory, prev_inventory, health, prev_health, last_action):
    """What a collecting agent gains in one step of a survival game."""
    gains = inventory - prev_inventory
    collected = 0.0
    for i, price in enumerate(PRICES):
        collected += price * max(gains[i], 0.0)
    hurt = min(health - prev_health, 0)
    idle = last_action == 0
    dying = health <= 1.0

    reward = 0.1 * collected + 0.5 * hurt
    if dying:
        reward -= 2.0
    if idle and not dying:
        reward -= 0.05
    return float(reward), {"collected": 0.1 * collected, "hurt": 0.5 * hurt}
