"""What the policy that a reward trained meets in the task, as words for the next prompt."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from eureka_agent.analysis.trajectories import read_trajectories
from eureka_agent.archive.candidate import Candidate
from eureka_agent.design.quantiles import quantiles_of
from eureka_agent.store.layout import RunFolder

Trained = Callable[[Candidate], Mapping[str, str]]
"""Gives what a candidate's kept policy meets of each signal in recorded episodes, if any were kept."""


def trained_in(folder: RunFolder) -> Trained:
    """Return what tells of the policies that a run has trained, each by its first search training."""

    def told(candidate: Candidate) -> Mapping[str, str]:
        first = min(e.replicate for e in candidate.evaluations if e.stage == "search")
        episodes = read_trajectories(folder.training(candidate.id, "search", first))
        names = episodes[0] if episodes else ()
        return quantiles_of({name: np.concatenate([episode[name] for episode in episodes]) for name in names})

    return told
