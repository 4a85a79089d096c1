def compute_reward(x, v, target):
    err = abs(x - target)
    a = 1.0 if err < 0.1 else (0.5 if err < 0.5 else -0.1)
    b = 0.2 if (v > 0 and x < target) or (v < 0 and x > target) else 0.0
    c = max(-1.0, min(1.0, -v))
    d = not (x > 2 or x < -2)
    r = a + b + 0.1 * c + 0.3 * d
    return r, {"a": a, "b": b, "c": 0.1 * c, "d": 0.3 * d}
