import numpy as np

Q = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.1, 0.0], [0.0, 0.0, 0.0, 0.1]])
R = 0.01 * np.eye(2)


def compute_reward(x, u):
    state_cost = x.T @ Q @ x
    control_cost = u @ R @ u
    return -(state_cost + control_cost), {"state": -state_cost, "control": -control_cost}
