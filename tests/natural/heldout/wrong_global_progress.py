import numpy as np

last_distance = None


def compute_reward(position, goal):
    global last_distance
    distance = np.linalg.norm(position - goal)
    if last_distance is None:
        last_distance = distance
    progress = last_distance - distance
    last_distance = distance
    return 10 * progress - 0.1 * distance, {"progress": 10 * progress, "distance": -0.1 * distance}
