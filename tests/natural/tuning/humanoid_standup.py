import numpy


def compute_reward(pos_z, ctrl, cfrc_ext):
    uph_cost = pos_z / 0.015
    quad_ctrl_cost = 0.1 * numpy.square(ctrl).sum()
    quad_impact_cost = 0.5e-6 * numpy.square(cfrc_ext).sum()
    quad_impact_cost = min(quad_impact_cost, 10)
    reward = uph_cost - quad_ctrl_cost - quad_impact_cost + 1
    return reward, {"linup": uph_cost, "quadctrl": -quad_ctrl_cost, "impact": -quad_impact_cost}
