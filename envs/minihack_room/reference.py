"""Each step nearer to the stairs pays, and standing on them most."""


def compute_reward(stairs_distance, prev_stairs_distance, reached):
    """Pay for coming nearer, and for arriving."""
    approach = 0.1 * (prev_stairs_distance - stairs_distance)
    arrival = 1.0 * reached
    return approach + arrival, {"approach": approach, "arrival": arrival}
