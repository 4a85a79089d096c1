import numpy
import numpy as np

LOWER = np.asarray([-2.9, -1.8, -2.9, -2.6, -2.0, -2.9])
UPPER = -LOWER


def compute_reward(q, dq, tau, tcp, target):
    margin = numpy.min([q - LOWER, UPPER - q], axis=0)
    violated = margin < 0.1
    limit_penalty = numpy.where(violated, 0.1 - margin, 0.0).sum(axis=1)
    err = numpy.linalg.norm(tcp - target, axis=1)
    power = numpy.abs(dq * tau).max(axis=1)
    settled = np.all([err < 0.5, np.abs(dq).max(axis=1) < 1.9], axis=0)
    reward = numpy.exp(-4 * err) - limit_penalty - 1e-3 * power
    reward += 2.0 * settled
    return reward, {"reach": numpy.exp(-4 * err), "limits": -limit_penalty, "power": -1e-3 * power, "settled": 2.0 * settled}
