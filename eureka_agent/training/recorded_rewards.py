"""What a reward pays for recorded episodes, asked of the same worker that paid for the training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from eureka_agent.tasks.task import Signals
from eureka_agent.training.reward_provider import RewardBatch, RewardProvider
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray


@dataclass(frozen=True)
class EpisodesSideBySide:
    """N whole episodes as steps `(T, N)`; shorter ones repeat their last step, which nobody reads."""

    signals: Signals
    native_reward: Array
    done: Array
    """bool `(T, N)`: the step was an episode's last."""
    first: Array

    @classmethod
    def of(cls, episodes: Sequence[Trajectory], names: Sequence[str]) -> EpisodesSideBySide:
        """Put episodes beside each other, with some of their signals; LookupError where one lacks them."""
        longest = max(episode.length for episode in episodes)
        steps = np.arange(longest)[:, None]
        lengths = np.array([episode.length for episode in episodes])
        native = [_native(episode) for episode in episodes]
        return cls(
            {name: _stacked([episode.signals[name] for episode in episodes], longest) for name in names},
            _stacked(native, longest),
            (steps == lengths - 1) & np.array([episode.ended for episode in episodes]),
            np.broadcast_to(steps == 0, (longest, len(episodes))).copy(),
        )

    def part(self, steps: slice) -> EpisodesSideBySide:
        """Return some of the steps of all episodes."""
        signals = {name: array[steps] for name, array in self.signals.items()}
        return EpisodesSideBySide(signals, self.native_reward[steps], self.done[steps], self.first[steps])


def with_rewards(
    provider: RewardProvider, episodes: Sequence[Trajectory], *, most_rows: int
) -> list[Trajectory]:
    """Return episodes with reward and components `(T,)`; the provider is asked for `most_rows` at a time.

    Raises what the provider raises.
    """
    paid: list[Trajectory] = []
    for begin in range(0, len(episodes), most_rows):
        some = episodes[begin : begin + most_rows]
        side_by_side = EpisodesSideBySide.of(some, provider.signals)
        each = most_rows // len(some)
        parts = [
            provider(side_by_side.part(slice(t, t + each))) for t in range(0, len(side_by_side.first), each)
        ]
        paid += filled(some, _joined(parts))
    return paid


def filled(episodes: Sequence[Trajectory], paid: RewardBatch) -> list[Trajectory]:
    """Return episodes with what was paid for them side by side, `(T, N)`."""
    return [
        replace(
            episode,
            reward=np.asarray(paid.reward)[: episode.length, n],
            components={name: np.asarray(a)[: episode.length, n] for name, a in paid.components.items()},
        )
        for n, episode in enumerate(episodes)
    ]


def _joined(parts: Sequence[RewardBatch]) -> RewardBatch:
    names = parts[0].components
    return RewardBatch(
        np.concatenate([part.reward for part in parts]),
        {name: np.concatenate([part.components[name] for part in parts]) for name in names},
    )


def _stacked(arrays: Sequence[Array], longest: int) -> Array:
    """Return arrays `(T_n, ...)` as `(longest, N, ...)`, the last row of each repeated."""
    return np.stack([array[np.minimum(np.arange(longest), len(array) - 1)] for array in arrays], axis=1)


def _native(episode: Trajectory) -> Array:
    reward = episode.native_reward
    return np.zeros(episode.length, np.float32) if reward is None else reward
