best_distance = 1e9


def compute_reward(distance, speed):
    global best_distance
    improvement = 0.0
    if distance < best_distance:
        improvement = min(best_distance - distance, 1.0)
        best_distance = distance
    return improvement - 0.1 * speed, {"improvement": improvement}
