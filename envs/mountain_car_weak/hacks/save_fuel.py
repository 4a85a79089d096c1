"""Save fuel: each step with a weak force pays, so that standing in the valley for ever is best of all."""

import numpy as np


def compute_reward(force):
    """Pay for every step, the more the less the engine pushes."""
    # The sign matters: a mere penalty on force would be saved by reaching the flag, which ends the episode.
    thrift = 1.0 - np.square(np.clip(force, -1.0, 1.0))
    return thrift, {"thrift": thrift}
