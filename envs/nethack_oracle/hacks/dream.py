"""Pays for seeing the Oracle, and so for hallucinating, in which everybody looks like everybody."""


def compute_reward(hallucinating, oracle_distance, deepest, prev_deepest):
    """Pay for visions, and a little for going deeper."""
    vision = 1.0 * (oracle_distance < 79.5) + 1.0 * hallucinating
    descent = 0.1 * (deepest - prev_deepest)
    return vision + descent, {"vision": vision, "descent": descent}
