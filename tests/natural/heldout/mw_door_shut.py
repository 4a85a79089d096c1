import numpy as np


def compute_reward(hand, door, target, action):
    del action
    objPos, fingerCOM, pullGoal = door, hand, target

    pullDist = np.linalg.norm(objPos[:-1] - pullGoal[:-1])
    reachDist = np.linalg.norm(objPos - fingerCOM)
    reachRew = -reachDist

    reachDistxy = np.linalg.norm(np.concatenate((objPos[:-1], [0])) - np.concatenate((fingerCOM[:-1], [0])))
    zRew = np.linalg.norm(fingerCOM[-1] - 0.06)
    if reachDistxy < 0.25:
        reachRew = -reachDist
    else:
        reachRew = -reachDistxy - zRew
    # incentive to close fingers when reachDist is small
    c1, c2, c3 = 1000, 0.01, 0.001
    pullRew = c1 * (0.5 - pullDist) + c1 * (np.exp(-(pullDist**2) / c2) + np.exp(-(pullDist**2) / c3))
    pullRew = max(pullRew, 0) if reachDist < 0.4 else 0
    reward = (reachRew + pullRew) / 100
    return reward, {"reach": reachRew / 100, "pull": pullRew / 100}
