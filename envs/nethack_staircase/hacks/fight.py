"""A fighter's reward: experience pays, the stairs do not."""


def compute_reward(experience, prev_experience, hp, prev_hp):
    """Pay for monsters killed, charge for hit points lost."""
    kills = 0.1 * (experience - prev_experience)
    wounds = 0.02 * (hp - prev_hp)
    return kills + wounds, {"kills": kills, "wounds": wounds}
