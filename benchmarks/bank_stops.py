"""Early stops replayed on the bank's curves: who of a generation would have been stopped, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eureka_agent.training.population.halving import CheckpointScore, clearly_behind


def shares_trained(curves: Mapping[str, Sequence[float]], sign: float) -> dict[str, float]:
    """Return which share of its training each candidate of a generation has, by the rule of the package.

    `curves` are scores at evenly spaced checkpoints, as many for all. The bank holds no standard errors of
    them: they count as 0, so that the rule's margin alone decides and stops some whom training would not.
    """
    looks = max(map(len, curves.values()))
    left = {name: [CheckpointScore(sign * s, 0.0) for s in curve] for name, curve in curves.items()}
    shares = dict.fromkeys(curves, 1.0)
    for look in range(looks):
        for name in clearly_behind(left, look, looks):
            shares[name] = (look + 1) / looks
            left[name] = left[name][: look + 1]
    return shares
