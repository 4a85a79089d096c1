"""A reward over the signals that it reads, as data: what `plot` draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eureka_agent.analysis.slices import Shape
from eureka_agent.trajectories.trajectory import Array, Trajectory


@dataclass(frozen=True, eq=False)
class RewardPlot:
    """Everything that is drawn of a reward."""

    task: str
    reward: str
    """As it was given."""
    recorded: str
    """What the recorded steps are of, in words."""
    shapes: tuple[Shape, ...]
    """The total first."""
    episode: Trajectory | None
    """With what the reward pays; None where none was recorded."""
    episode_name: str
    seen: Mapping[str, Array]
    """Some recorded values by axis, in the same order of steps."""
    notes: tuple[str, ...] = ()
    """What is held, left out or constant, each a sentence."""
    code: str = ""

    @property
    def title(self) -> str:
        """Its name without folders."""
        return Path(self.reward).name
