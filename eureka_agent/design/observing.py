"""What arithmetic sees in a parent's recorded episodes, as lines for prompts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from eureka_agent.analysis.behaviours import PaidEpisodes
from eureka_agent.analysis.briefing import Briefing
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.others import best_beside, paid_others
from eureka_agent.analysis.siblings import siblings_of
from eureka_agent.analysis.whole import Known, Played, analyze_candidate
from eureka_agent.archive.candidate import Candidate
from eureka_agent.design.policy_stats import PayEpisodes
from eureka_agent.errors import RewardError, StoreError, TaskError, WorkerError
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.ending import events_of
from eureka_agent.trajectories.trajectory import Trajectory

ObservePolicy = Callable[[Candidate, Sequence[Trajectory], Briefing], Sequence[str]]
"""Says of a candidate what its recorded episodes show, a line each; the briefing knows its kin."""

NOTHING_KNOWN = Briefing()
MOST_LINES = 10
"""Beside the peaks of safety signals, of which nothing else in a prompt tells."""
_SAME_KIND = 2
"""Lines of one kind: every episode may have one."""


class PolicyObserver:
    """Analyses recorded episodes of one task's candidates; `random_play` are episodes of random actions.

    With `pay` a reward is also asked what it pays for random play and for the best of the other candidates.
    """

    def __init__(self, task: Task, random_play: Sequence[Trajectory], pay: PayEpisodes | None = None) -> None:
        bounds = {s.name: (s.low, s.high) for s in task.signals if s.low is not None or s.high is not None}
        self._task, self._pay = task, pay
        self._known = Known(
            sign=task.fitness.sign,
            random_play=random_play,
            bounds=bounds,
            solved=task.fitness.solved,
            safety=task.safety_signals,
        )

    def __call__(
        self, candidate: Candidate, episodes: Sequence[Trajectory], briefing: Briefing = NOTHING_KNOWN
    ) -> Sequence[str]:
        """Return lines with their citations, as `lines_of` chooses them.

        With a `briefing` that knows its parent they end with what siblings changed instead, and what came
        of it.
        """
        everybody = {one.id: one for one in briefing.archive.candidates}
        parent = next((everybody[name] for name in candidate.parents[:1] if name in everybody), None)
        siblings = [] if parent is None else siblings_of(candidate, everybody.values())
        found = analyze_candidate(
            self._played(candidate, episodes, briefing),
            replace(self._known, span=_span(everybody.values())),
            None if parent is None else _recorded(parent, briefing),
            [_recorded(sibling, briefing) for sibling in siblings],
        ).findings  # fmt: skip
        return lines_of(found)

    def _played(self, candidate: Candidate, episodes: Sequence[Trajectory], briefing: Briefing) -> Played:
        try:
            events = [events_of(self._task, episode.signals) for episode in episodes]
        except (TaskError, LookupError):  # a recording of an earlier task may lack what events read
            events = []
        return Played(
            candidate,
            episodes,
            at_checkpoints=briefing.checkpoints.get(candidate.id, ()),
            other_seed=briefing.other_seeds.get(candidate.id, ()),
            events=events,
            others=self._others(candidate, episodes, briefing),
        )

    def _others(
        self, candidate: Candidate, episodes: Sequence[Trajectory], briefing: Briefing
    ) -> tuple[PaidEpisodes, ...]:
        """Return what the candidate's reward pays for others; nothing where it cannot be asked."""
        if self._pay is None or candidate.source is None or not episodes:
            return ()
        pay = partial(self._pay, Coded(candidate.source))
        sign, recorded = self._known.sign or 1.0, briefing.trajectories
        best = best_beside(candidate, briefing.archive.candidates, recorded, sign)
        try:
            progress = episodes[0].progress
            return paid_others(pay, self._known.random_play, best, recorded, progress=progress)
        except (RewardError, WorkerError, StoreError):  # it was trained: what fails is one recording
            return ()


def lines_of(found: Sequence[Observation]) -> list[str]:
    """Return at most `MOST_LINES` lines, two of a kind, and two more of peaks; `found` is sorted by kind.

    Peaks stand behind the others, and what siblings changed last.
    """
    chosen: dict[ObservationKind, list[str]] = {}
    for seen in found:
        chosen.setdefault(seen.kind, []).append(_line(seen))
    peaks, kin = (
        chosen.pop(kind, [])[:_SAME_KIND] for kind in (ObservationKind.PEAK, ObservationKind.SIBLING)
    )
    others = [line for lines in chosen.values() for line in lines[:_SAME_KIND]]
    return [*others[: MOST_LINES - len(kin)], *peaks, *kin]


def _span(candidates: Iterable[Candidate]) -> tuple[float, float] | None:
    scores = [one.fitness for one in candidates if one.fitness is not None]
    return (min(scores), max(scores)) if scores else None


def _recorded(candidate: Candidate, briefing: Briefing) -> Played:
    """Return another candidate with its episodes; without them where they cannot be read."""
    try:
        return Played(candidate, briefing.trajectories.get(candidate.id, ()))
    except StoreError as error:
        return Played(candidate, unreadable=error.what)


def _line(seen: Observation) -> str:
    return f"{seen.text} [{seen.citation}]"
