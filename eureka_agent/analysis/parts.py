"""Why a score that asks for several things at once is zero: which of them was never there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from eureka_agent.analysis.observation import Observation, ObservationKind

Array = np.ndarray


def observe_zero_parts(
    parts: Mapping[str, Array], fitness: float | None, episode: int = 0
) -> Iterator[Observation]:
    """Yield which parts of a compound fitness hold it at zero in one episode.

    `parts` are the events that a task declares as conditions of its fitness, bool `(T,)` each. Of a score
    that is not zero, or of a task that declares no parts, nothing is said.
    """
    if not parts or fitness is None or fitness != 0.0:
        return
    steps = len(next(iter(parts.values())))
    missing = [name for name, mask in parts.items() if not np.any(mask)]
    if missing:
        listed = " and ".join(f"'{name}'" for name in missing)
        text = f"The fitness is 0, and {listed} held on no step."
        yield _zero(text, episode, (0, steps - 1), parts)
    elif not np.any(np.logical_and.reduce([np.asarray(mask, bool) for mask in parts.values()])):
        rarest = min(parts, key=lambda name: float(np.mean(parts[name])))
        text = (
            f"The fitness is 0: all its parts were there, but never at once; '{rarest}' least often, on "
            f"{int(np.sum(parts[rarest]))} of {steps} steps."
        )
        held = np.flatnonzero(parts[rarest])
        yield _zero(text, episode, (int(held[0]), int(held[-1])), parts)


def _zero(text: str, episode: int, steps: tuple[int, int], parts: Mapping[str, Array]) -> Observation:
    values = {name: float(np.mean(mask)) for name, mask in parts.items()}
    return Observation(ObservationKind.ZERO_PART, text, episode=episode, steps=steps, values=values)
