import numpy as np


def compute_reward(a, b, c):
    checks = [a > 0, b > 0, c > 0]
    passed = sum(checks)
    score = (float(a) > 0.5) + (float(b) > 0.5)
    return passed + 0.5 * score, {"passed": passed, "score": 0.5 * score}
