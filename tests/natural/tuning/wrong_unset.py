def compute_reward(x, y):
    if x > 0:
        bonus = 1.0
    return y + bonus, {"bonus": bonus}
