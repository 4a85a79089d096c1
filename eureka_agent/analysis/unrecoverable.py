"""The first step after which a failure can no longer be averted, by bisection over an episode's states.

OmegaPRM (arXiv 2406.06592) bisects a wrong derivation for its first wrong step: a prefix is still right
where some continuation of it succeeds. Here a prefix is the state after some recorded actions, and it is
recoverable if at least one of K continuations from it averts the failure; `LostEpisode` says what that means.

Bisection assumes that a state lost stays lost. That is not guaranteed: K continuations may all miss a way
out that those from a later state find. So states after the found one are asked, too, and where one of them
is recoverable the search goes on from there. What is said is therefore: the last state found recoverable,
and how many later ones were not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eureka_agent.analysis.observation import Observation, ObservationKind

Recoverable = Callable[[int], bool]
"""Whether the state after so many recorded actions can still avert the failure; 0 is the start."""

HALFWAY = 0.5
"""Averted is what makes up half of what the failed episode lost against the best from its start."""
CLEARLY = 0.25
"""A best nearer to the failed score than this share of the larger one may be luck: nothing is said then."""
NEIGHBOURS = 4
"""States right after the found one that are asked."""
LATER = 4
"""States between these and the end that are asked, evenly spread."""


@dataclass(frozen=True)
class LostEpisode:
    """What an episode lost: its score, and the best whole-episode score of continuations from its start.

    `sign` is +1 where more is better, -1 where less is.
    """

    score: float
    best: float
    sign: float = 1.0

    @property
    def clear(self) -> bool:
        """Whether something much better was possible from the start; else nothing can be called lost."""
        return self.sign * (self.best - self.score) > CLEARLY * max(abs(self.best), abs(self.score))

    @property
    def level(self) -> float:
        """Score from which on a continuation averts the failure, halfway between the two."""
        return self.score + HALFWAY * (self.best - self.score)

    def averted_by(self, score: float) -> bool:
        """Whether a whole episode with this score averts the failure."""
        return self.sign * (score - self.level) >= 0


@dataclass(frozen=True)
class PointOfNoReturn:
    """Where an episode was lost."""

    step: int
    """The action of this step, from 0, led from the last recoverable state to one that is not."""
    lost: tuple[int, ...]
    """States after the last recoverable one that were asked; the end, which needs no asking, is not in it."""


def point_of_no_return(recoverable: Recoverable, length: int) -> PointOfNoReturn | None:
    """Return where an episode of `length` steps was lost; None where its start is not recoverable.

    `recoverable` is asked at most once about each state, some `log2(length) + NEIGHBOURS + LATER` in all
    where the assumption holds.
    """
    asked: dict[int, bool] = {}

    def ask(state: int) -> bool:
        if state not in asked:
            asked[state] = recoverable(state)
        return asked[state]

    if not ask(0):
        return None
    good, bad = 0, length
    while True:
        good = _bisected(ask, good, bad)
        later = next((state for state in _later(good + 1, length) if ask(state)), None)
        if later is None:
            return PointOfNoReturn(good, tuple(sorted(s for s in asked if s > good)))
        good, bad = later, length


def observe_unrecoverable(
    point: PointOfNoReturn | None,
    failure: LostEpisode,
    *,
    continuations: int,
    env_steps: int,
    episode: int = 0,
) -> Iterator[Observation]:
    """Yield where an episode was lost, or why nobody can say."""
    values = {
        "continuations": float(continuations), "env_steps": float(env_steps),
        "score": failure.score, "best": failure.best,
    }  # fmt: skip
    if point is None:
        text = (
            f"Whether episode {episode} was lost anywhere is not known: the best of {continuations} "
            f"continuations from its start scores {failure.best:.4g}, and it itself {failure.score:.4g}."
        )
        reason = f"{env_steps:,} simulated steps"
        yield Observation(ObservationKind.UNKNOWN, text, episode=episode, reason=reason, values=values)
        return
    values |= {"level": failure.level, "lost_states": float(len(point.lost))}
    text = (
        f"With this step it was lost: from {len(point.lost)} later states none of {continuations} "
        f"continuations reaches {failure.level:.4g}, half of the way from its {failure.score:.4g} to the "
        f"{failure.best:.4g} that was possible from its start ({env_steps:,} simulated steps)."
    )
    steps = (point.step, point.step)
    yield Observation(ObservationKind.UNRECOVERABLE, text, episode=episode, steps=steps, values=values)


def _bisected(recoverable: Recoverable, good: int, bad: int) -> int:
    """Return the state before the first lost one, where `good` is recoverable and `bad` is lost."""
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if recoverable(middle) else (good, middle)
    return good


def _later(first: int, length: int) -> Sequence[int]:
    """Return states from `first` to the last before the end: the neighbours, then some evenly spread."""
    near = range(first, min(first + NEIGHBOURS, length))
    far = np.linspace(min(first + NEIGHBOURS, length), length - 1, LATER).astype(int).tolist()
    return list(dict.fromkeys([*near, *(state for state in far if first <= state < length)]))
