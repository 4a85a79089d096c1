"""What arithmetic sees in a parent's recorded episodes, as lines for prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eureka_agent.analysis.observation import Observation
from eureka_agent.analysis.whole import Known, Played, analyze_candidate
from eureka_agent.archive.candidate import Candidate
from eureka_agent.errors import TaskError
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.ending import events_of
from eureka_agent.trajectories.trajectory import Trajectory

ObservePolicy = Callable[[Candidate, Sequence[Trajectory]], Sequence[str]]
"""Says of a candidate what its recorded episodes show, a line each."""

MOST_LINES = 10
_SAME_KIND = 2
"""Lines of one kind: every episode may have one."""


class PolicyObserver:
    """Analyses recorded episodes of one task's candidates; `random_play` are episodes of random actions."""

    def __init__(self, task: Task, random_play: Sequence[Trajectory]) -> None:
        bounds = {s.name: (s.low, s.high) for s in task.signals if s.low is not None or s.high is not None}
        self._task = task
        self._known = Known(sign=task.fitness.sign, random_play=random_play, bounds=bounds)

    def __call__(self, candidate: Candidate, episodes: Sequence[Trajectory]) -> Sequence[str]:
        """Return at most `MOST_LINES` lines with their citations, the most telling first."""
        found = analyze_candidate(self._played(candidate, episodes), self._known).findings
        kinds: dict[str, int] = {}
        lines = []
        for seen in found:
            kinds[seen.kind] = kinds.get(seen.kind, 0) + 1
            if kinds[seen.kind] <= _SAME_KIND:
                lines.append(_line(seen))
        return lines[:MOST_LINES]

    def _played(self, candidate: Candidate, episodes: Sequence[Trajectory]) -> Played:
        try:
            events = [events_of(self._task, episode.signals) for episode in episodes]
        except (TaskError, LookupError):  # a recording of an earlier task may lack what events read
            events = []
        return Played(candidate, episodes, events=events)


def _line(seen: Observation) -> str:
    return f"{seen.text} [{seen.citation}]"
