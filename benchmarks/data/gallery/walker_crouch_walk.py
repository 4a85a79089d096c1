import numpy as np

DT = 0.008
H_TOP = 0.95          # m
H_BOTTOM = 0.78
TOP_TEMP = 0.09
BOTTOM_TEMP = 0.07
V_GOAL = 1.0          # m/s
TURN = 3.0            # rad/s, a brisk thigh

MEMORY = {"air_right": 0.0, "air_left": 0.0}


def ramp(x, zero, one):
    return np.clip((x - zero) / (one - zero), 0.0, 1.0)


def compute_reward(x_velocity, height, pitch, pitch_velocity, joint_angles,
                   joint_velocities, right_foot_height, left_foot_height,
                   body_clearance, impact, joint_limit_proximity, action, memory):
    # posture
    over = np.maximum(height - H_TOP, 0.0)
    under = np.maximum(H_BOTTOM - height, 0.0)
    band = np.exp(-np.square(over / TOP_TEMP) - np.square(under / BOTTOM_TEMP))
    lower = ramp(height, 1.32, H_TOP) * ramp(height, 0.60, H_BOTTOM)
    ahead = np.maximum(pitch - 0.05, 0.0) / 0.25
    behind = np.maximum(-0.45 - pitch, 0.0) / 0.20
    lean = np.exp(-np.square(ahead) - np.square(behind))
    ok = band * lean
    posture = 0.3 + lean * (0.4 + 0.8 * lower) + 1.0 * ok

    # stride: lifted thigh forward, standing thigh back
    down_r = 1.0 - ramp(right_foot_height, 0.02, 0.05)
    down_l = 1.0 - ramp(left_foot_height, 0.02, 0.05)
    lift_r = ramp(right_foot_height, 0.02, 0.05) * (1.0 - ramp(right_foot_height, 0.25, 0.45)) * down_l
    lift_l = ramp(left_foot_height, 0.02, 0.05) * (1.0 - ramp(left_foot_height, 0.25, 0.45)) * down_r
    turn_r = np.clip((joint_velocities[:, 0] - pitch_velocity) / TURN, -1.5, 1.5)
    turn_l = np.clip((joint_velocities[:, 3] - pitch_velocity) / TURN, -1.5, 1.5)
    stride = (0.3 + 0.7 * ok) * 0.6 * (lift_r * (turn_r - turn_l) + lift_l * (turn_l - turn_r))
    stride = stride + 0.3 * ok * np.maximum(lift_r, lift_l)

    # forward
    stands = np.maximum(down_r, down_l)
    v = np.clip(x_velocity, -1.0, 3.0)
    paid = np.minimum(v, V_GOAL) - 0.7 * np.maximum(v - 1.4, 0.0)
    forward = np.where(paid > 0.0,
                       1.8 * paid * (0.2 + 0.8 * ok) * (0.3 + 0.7 * stands),
                       0.5 * paid)

    # legs left in the air
    air_right = np.where(right_foot_height > 0.03, np.minimum(memory["air_right"] + DT, 1.5), 0.0)
    air_left = np.where(left_foot_height > 0.03, np.minimum(memory["air_left"] + DT, 1.5), 0.0)
    idle = ramp(air_right, 0.4, 1.0) + ramp(air_left, 0.4, 1.0)
    high = ramp(right_foot_height, 0.3, 0.7) + ramp(left_foot_height, 0.3, 0.7)
    drawn = ramp(joint_angles[:, 0], -1.3, -2.4) + ramp(joint_angles[:, 3], -1.3, -2.4)
    legs = -np.minimum(0.8 * idle + 0.4 * high + 0.4 * drawn, 1.6)

    # safety
    tread = np.clip(0.4 * (impact - 400.0) / 500.0, 0.0, 0.8)
    stops = np.clip(0.07 * np.sum(np.maximum(joint_limit_proximity - 0.98, 0.0) / 0.1, axis=-1),
                    0.0, 0.6)
    kneel = 0.8 * ramp(body_clearance, 0.20, 0.08)
    effort = 0.01 * np.sum(np.square(action), axis=-1)
    fallen = np.logical_or(height < 0.6, np.abs(pitch) > 1.0)
    safety = np.where(fallen, -8.0, -(tread + stops + kneel + effort))

    reward = posture + stride + forward + legs + safety
    parts = {"posture": posture, "stride": stride, "forward": forward, "legs": legs,
             "safety": safety}
    return reward, parts, {"air_right": air_right, "air_left": air_left}
