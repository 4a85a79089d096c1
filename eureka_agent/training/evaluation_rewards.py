"""What a reward pays in the episodes that checkpoints are chosen by: curves that belong beside the fitness.

Training rollouts explore, evaluation episodes do not: a policy that only noise keeps going earns in the first
and scores nothing in the second. Steps are kept as they come and paid once learning is over, so that the
memory of a reward that is still learned from is left alone.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from eureka_agent.tasks.task import Signals
from eureka_agent.training.reward_provider import RewardBatch
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray

PAID_EPISODES = 5
"""Episodes of each checkpoint that are paid: a mean and its error, for about 1 % of a training's time."""


@dataclass(frozen=True, eq=False)
class EvaluationSteps:
    """T steps of N episodes side by side, arrays `(T, N, ...)`; those that ended repeat their last step."""

    signals: Signals
    native_reward: Array
    first: Array
    """bool `(T, N)`."""
    lengths: Array
    """int `(N,)`: steps of each episode."""
    progress: Array
    """float32 `(N,)`: what `Trajectory.progress` says of each."""

    @classmethod
    def of(cls, episodes: Sequence[Trajectory], names: Sequence[str]) -> EvaluationSteps | None:
        """Keep the signals `names` of some episodes; None of no episodes, or without native rewards."""
        native = [episode.native_reward for episode in episodes if episode.native_reward is not None]
        if not native or len(native) < len(episodes):
            return None
        longest = max(episode.length for episode in episodes)
        first = np.zeros((longest, len(episodes)), bool)
        first[0] = True
        return cls(
            {name: _side_by_side([one.signals[name] for one in episodes], longest) for name in names},
            _side_by_side(native, longest),
            first,
            np.array([episode.length for episode in episodes]),
            np.array([episode.progress for episode in episodes], np.float32),
        )

    @property
    def done(self) -> Array:
        """bool `(T, N)`: the episode ended with the step."""
        return np.arange(len(self.first))[:, None] == self.lengths - 1

    def parts(self, rows: int) -> Iterator[EvaluationSteps]:
        """Yield the steps in order, at most `rows` of all episodes together at once, one step at least."""
        steps = max(1, rows // len(self.lengths))
        for begin in range(0, len(self.first), steps):
            part = slice(begin, begin + steps)
            yield EvaluationSteps(
                {name: values[part] for name, values in self.signals.items()},
                self.native_reward[part],
                self.first[part],
                self.lengths - begin,
                self.progress,
            )


class Payer(NamedTuple):
    """What pays steps that nothing is learned from, once learning is over."""

    pay: Callable[[EvaluationSteps], RewardBatch]
    """Returns rewards `(T, N)`; parts of the same episodes are asked for in order."""
    rows: int
    """How many steps it takes at once."""


def evaluation_curves(payer: Payer, checkpoints: Sequence[EvaluationSteps | None]) -> dict[str, list[float]]:
    """Return the curves `evaluation/...` of a training, a value a checkpoint; none if one was not kept.

    Raises what the payer raises.
    """
    curves: dict[str, list[float]] = defaultdict(list)
    for steps in checkpoints:
        if steps is None:
            return {}
        for name, value in _means(payer, steps).items():
            curves[f"evaluation/{name}"].append(value)
    return dict(curves)


def _means(payer: Payer, steps: EvaluationSteps) -> Mapping[str, float]:
    """Return mean reward and components a step, and the mean return of an episode with its error."""
    paid = [payer.pay(part) for part in steps.parts(payer.rows)]
    lived = np.arange(len(steps.first))[:, None] < steps.lengths
    reward = np.concatenate([part.reward for part in paid]).astype(np.float64)
    returns = np.where(lived, reward, 0.0).sum(axis=0)
    found = {
        "reward": float(reward[lived].mean()),
        "return": float(returns.mean()),
        "return_error": float(returns.std() / math.sqrt(len(returns))),
    }
    for name in paid[0].components:
        values = np.concatenate([part.components[name] for part in paid]).astype(np.float64)
        found[f"component/{name}"] = float(values[lived].mean())
    return found


def _side_by_side(arrays: Sequence[Array], longest: int) -> Array:
    """Return arrays `(T_i, ...)` as `(longest, N, ...)`."""
    return np.stack([np.concatenate([a, np.repeat(a[-1:], longest - len(a), 0)]) for a in arrays], axis=1)
