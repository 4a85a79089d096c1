"""Pays for applying things: without the key, and far from any door, too."""


def compute_reward(action, asked):
    """Pay for each use, and for each direction that the game asks for."""
    use = 1.0 * action[:, 9]
    question = 0.5 * asked
    return use + question, {"use": use, "question": question}
