"""What earlier candidates' policies did, as behaviours that a new reward is asked about."""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.candidate import Candidate
from eureka_agent.errors import StoreError
from eureka_agent.store.checked import BASELINES
from eureka_agent.trajectories.scripted import NamedEpisodes

MOST_POLICIES = 10
"""Policies that a reward is asked about; of more those are taken that lie evenly apart in the ranking."""


class RecordedPolicies:
    """Reads a briefing's recorded episodes once: a generation asks about the same ones again and again.

    Baselines are left out, whatever a briefing holds: what a reward is told of their episodes would tell its
    author of the human reward.
    """

    def __init__(self) -> None:
        self._read: dict[str, NamedEpisodes] = {}
        self._of: object = None

    def of(self, briefing: Briefing) -> list[NamedEpisodes]:
        """Return episodes of at most `MOST_POLICIES` of a briefing's candidates, the best first.

        Those whose file is gone, damaged or another version's are left out.
        """
        if (
            self._of is not briefing.trajectories
        ):  # files may have gone since: a resumed run would not know them
            self._read, self._of = {}, briefing.trajectories
        ranked = briefing.archive.ranked()
        known = [c for c in ranked if c.id in briefing.trajectories and c.id not in BASELINES]
        found = [self._episodes(candidate, briefing) for candidate in _evenly(known)]
        return [one for one in found if one.episodes]

    def _episodes(self, candidate: Candidate, briefing: Briefing) -> NamedEpisodes:
        if candidate.id not in self._read:
            try:
                episodes = tuple(e for e in briefing.trajectories[candidate.id] if e.fitness is not None)
            except StoreError:
                episodes = ()
            first = min((e for e in candidate.evaluations if e.stage == "search"), key=lambda e: e.replicate)
            name = f"the policy of {candidate.id}"
            self._read[candidate.id] = NamedEpisodes(name, episodes, first.episode_fitness)
        return self._read[candidate.id]


def _evenly(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return at most `MOST_POLICIES`, with the first and the last among them."""
    if len(candidates) <= MOST_POLICIES:
        return list(candidates)
    step = (len(candidates) - 1) / (MOST_POLICIES - 1)
    return [candidates[round(place * step)] for place in range(MOST_POLICIES)]
