"""What single components of a reward do: never fire, flood the others, saturate, pay with the wrong sign."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

import numpy as np

from eureka_agent.analysis.curves import component_shares
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
Curves = Mapping[str, Sequence[float]]

FLOODS = 0.85
"""Beside a component of that share of all that is paid the others are noise to a learner."""
SATURATED = 0.9
"""A component at its largest or smallest value on that share of the steps no longer tells steps apart."""
AT_AN_EXTREME = 1e-3
"""Nearness to an extreme, as a share of the component's range."""
LEAST_STEPS = 20
"""Fewer steps tell nothing of a component's range."""
LAST_STEPS = 10
"""Steps before the end that are compared with those before them."""
SHIFTED = 0.2
"""A component's share before the end is worth a word if it moved by a fifth of all that is paid."""
_COST = re.compile(r"(^|_)(penalty|penalties|cost|costs|punishment|fine)($|_)")
_BONUS = re.compile(r"(^|_)(bonus|incentive|prize)($|_)")


def observe_component_curves(curves: Curves) -> Iterator[Observation]:
    """Yield what the components' means at the checkpoints show over the whole training."""
    shares = component_shares(curves)
    where = "all checkpoints"
    for name, values in curves.items():
        if not values:
            continue
        share = shares.get(name, 0.0)
        told = {"share": share, "mean": fmean(values)}
        if not any(values):
            text = f"Component '{name}' never fires: it is zero at every checkpoint."
            yield Observation(ObservationKind.NEVER_FIRES, text, reason=where)
        elif share > FLOODS and len(shares) > 1:
            text = f"Component '{name}' is {share:.0%} of all that is paid; the others hardly count."
            yield Observation(ObservationKind.FLOODS, text, reason=where, values=told)
        if (wrong := _wrong_sign(name, values)) is not None:
            yield Observation(ObservationKind.WRONG_SIGN, wrong, reason=where, values=told)


def _wrong_sign(name: str, values: Sequence[float]) -> str | None:
    """Say that a component does the opposite of its name at every checkpoint; None where it does not."""
    if _COST.search(name.lower()) and min(values) > 0:
        return f"Component '{name}' is called a cost and always pays ({fmean(values):.4g} a step)."
    if _BONUS.search(name.lower()) and max(values) < 0:
        return f"Component '{name}' is called a bonus and always costs ({fmean(values):.4g} a step)."
    return None


def observe_saturation(trajectories: Sequence[Trajectory]) -> Iterator[Observation]:
    """Yield which components rest at an extreme of what they pay, over all the episodes together.

    Nothing is said where rewards were not asked for.
    """
    for name, paid in _paid(trajectories).items():
        span = float(paid.max() - paid.min())
        if len(paid) < LEAST_STEPS or span <= 1e-6 * max(float(np.abs(paid).max()), 1e-12):
            continue
        for extreme, word in ((float(paid.max()), "largest"), (float(paid.min()), "smallest")):
            share = float(np.mean(np.abs(paid - extreme) <= AT_AN_EXTREME * span))
            if share >= SATURATED and extreme != 0.0:  # resting at zero is what a rare event does
                text = f"Component '{name}' saturates: {share:.0%} of steps at its {word}, {extreme:.4g}."
                values = {"share": share, "value": extreme}
                together = "all episodes together"
                yield Observation(ObservationKind.SATURATES, text, reason=together, values=values)


def shares(trajectory: Trajectory, begin: int, end: int) -> dict[str, float]:
    """Return each component's part of all sizes on steps `begin` to before `end`; {} if all are zero."""
    sizes = {
        name: float(np.abs(paid[begin:end]).sum(dtype=np.float64))
        for name, paid in trajectory.components.items()
    }
    total = sum(sizes.values())
    return {name: size / total for name, size in sizes.items()} if total > 0 else {}


def observe_before_the_end(trajectory: Trajectory, episode: int = 0) -> Iterator[Observation]:
    """Yield how what is paid in the last steps before an early end differs from what was paid before."""
    begin = trajectory.length - LAST_STEPS
    if not trajectory.terminated or begin < LAST_STEPS:
        return
    before, last = shares(trajectory, 0, begin), shares(trajectory, begin, trajectory.length)
    if not before or not last or len(last) < 2:
        return
    shift = {name: last[name] - before[name] for name in last}
    most = max(shift, key=lambda name: abs(shift[name]))
    if abs(shift[most]) < SHIFTED:
        return
    text = (
        f"In the last {LAST_STEPS} steps before '{trajectory.ending}' '{most}' is {last[most]:.0%} of "
        f"what is paid, before that {before[most]:.0%}."
    )
    cited = (begin, trajectory.length - 1)
    yield Observation(ObservationKind.BEFORE_THE_END, text, episode=episode, steps=cited, values=dict(last))


def _paid(trajectories: Sequence[Trajectory]) -> dict[str, Array]:
    """Return what each component paid on all steps of the episodes that know it."""
    names = dict.fromkeys(name for trajectory in trajectories for name in trajectory.components)
    return {
        name: np.concatenate([t.components[name] for t in trajectories if name in t.components]).astype(
            np.float64
        )
        for name in names
    }
