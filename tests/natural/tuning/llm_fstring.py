import numpy as np

LEG = "front"


def compute_reward(feet, base):
    name = "feet"
    comps = {f"{name}_contact": feet.sum(axis=-1), f"base_{1}": base}
    comps[f"total_{name}"] = comps["feet_contact"] * 0.5
    r = 0.5 * comps["feet_contact"] + base
    return r, comps
