import jax.numpy as jnp


def compute_reward(gap, ego_speed, lead_speed, accel, lane_probs):
    closing = jnp.maximum(ego_speed - lead_speed, 1e-3)
    ttc = gap / closing
    safety = jnp.where(ttc < 4.0, jnp.log(ttc / 4.0 + 1e-3), 0.0)
    headway = gap / jnp.clip(ego_speed, 1.0)
    comfortable = jnp.exp(-0.5 * ((headway - 1.6) / 0.8) ** 2)
    lane = lane_probs.max(axis=-1) / (lane_probs.sum(axis=-1) + 1e-6)
    terms = jnp.stack([safety, comfortable, 0.2 * lane, -0.05 * accel**2], axis=-1)
    return terms.sum(-1), {"safety": safety, "headway": comfortable, "lane": 0.2 * lane}
