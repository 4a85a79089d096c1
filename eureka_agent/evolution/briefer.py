"""What a generation is briefed with: parents' policies are measured and analysed before it is proposed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

from eureka_agent.analysis.briefing import Briefing, RecordedEpisodes
from eureka_agent.analysis.other_seeds import most_different_training
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate
from eureka_agent.design.analyst import Analyst
from eureka_agent.design.observing import ObservePolicy
from eureka_agent.design.policy_stats import MeasurePolicy, PayEpisodes
from eureka_agent.design.proposer import Slot
from eureka_agent.errors import BudgetExhaustedError, RewardError, StoreError, WorkerError
from eureka_agent.evolution.side_by_side import side_by_side
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.event_types import Notice, PolicyAnalyzed, PolicyMeasured
from eureka_agent.store.events import EventLog
from eureka_agent.store.judged import JudgedCaptions
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import PolicyStats
from eureka_agent.store.said import Heard
from eureka_agent.store.state import RunState
from eureka_agent.tasks.fitness import Fitness
from eureka_agent.trajectories.files import CHECKPOINTS
from eureka_agent.trajectories.trajectory import Trajectory

_Episodes = Mapping[str, Sequence[Trajectory]]
"""By candidate."""


@dataclass(frozen=True)
class PolicyStudy:
    """How parents' policies are looked at; None where nobody would read it."""

    measure: MeasurePolicy
    pay: PayEpisodes
    """Gives recorded episodes what their reward pays."""
    observe: ObservePolicy | None = None
    analyst: Analyst | None = None
    max_parallel: int = 1
    """Parents that the analyst looks at side by side."""


@dataclass(frozen=True)
class Briefer:
    """Makes the briefing of each generation; what took time or money is journalled and never done again."""

    folder: RunFolder
    log: EventLog
    state: RunState
    stop: threading.Event
    study: PolicyStudy | None
    fitness: Fitness | None = None
    """By what recorded episodes are scored, where that is newer than what they were recorded with."""
    rejudge: Callable[[Sequence[Trajectory]], Sequence[Trajectory]] | None = None
    """What says of recorded steps what the learned reward of the generation pays for them."""
    judged: JudgedCaptions | None = None
    """What is told of that reward."""

    def brief(self, archive: Archive, open_slots: Sequence[Slot]) -> Briefing:
        """Return what the open slots' proposers and checks may know.

        Raises ModelError when the analyst cannot answer; where it cannot be paid there is no report.
        """
        read = partial(
            RecordedEpisodes, self.folder, archive, on_unreadable=self._note, fitness=self.fitness,
            rejudge=self.rejudge,
        )  # fmt: skip
        episodes, learning = read(), read(file=CHECKPOINTS)
        said = self.state.feedback.at(open_slots[0].generation) if open_slots else ()
        other_seeds = read(of=most_different_training)
        if self.study is not None:
            names = sorted({parent for slot in open_slots for parent in slot.parents} & set(episodes))
            parents = [archive.get(name) for name in names]
            recorded = {parent.id: episodes[parent.id] for parent in parents}
            paid = self._paid(self.study, parents, recorded)
            known = Briefing(archive, trajectories=episodes, checkpoints=learning, other_seeds=other_seeds)
            self._measure(self.study, parents, paid, known)
            self._analyse(self.study, parents, recorded, paid, said)
        policies, reports = dict(self.state.policies), dict(self.state.reports)
        return Briefing(
            archive, MappingProxyType(policies), MappingProxyType(reports), episodes, other_seeds, learning,
            said, self.judged, self.stop,
        )  # fmt: skip

    def _note(self, name: str, error: StoreError) -> None:
        """Journal, once, that a candidate's recording cannot be read: proposers go without."""
        where = error.what.replace(str(self.folder.root), self.folder.name)
        text = f"Nothing is told of the recorded episodes of {name}: {where}"
        if text not in self.state.notices:
            self.log.append(Notice(text=text))

    def _paid(self, study: PolicyStudy, parents: Sequence[Candidate], recorded: _Episodes) -> _Episodes:
        """Return the episodes of those that are still to be looked at, with what their rewards pay."""
        wanted = [
            parent
            for parent in parents
            if self._to_observe(study, parent)
            or (study.analyst is not None and parent.id not in self.state.reports)
        ]
        return {one.id: self._pay(study, one, recorded[one.id]) for one in wanted if recorded[one.id]}

    def _pay(
        self, study: PolicyStudy, one: Candidate, episodes: Sequence[Trajectory]
    ) -> Sequence[Trajectory]:
        """Return episodes with what a reward pays; without it, and a notice why, where that fails."""
        try:
            return study.pay(Coded(one.source or ""), episodes)
        except (RewardError, WorkerError) as error:
            text = f"What the reward of {one.id} pays for its recorded episodes is not known: {error.what}"
            if text not in self.state.notices:
                self.log.append(Notice(text=text))
            return episodes

    def _measure(
        self, study: PolicyStudy, parents: Sequence[Candidate], paid: _Episodes, known: Briefing
    ) -> None:
        for parent in parents:
            if not self._to_observe(study, parent):
                continue
            stats = self.state.policies.get(parent.id)
            if stats is None:
                stats = study.measure(Coded(parent.source or ""), known.trajectories[parent.id])
            if study.observe is not None and parent.id in paid:
                seen = study.observe(parent, paid[parent.id], known)
                stats = replace(stats, observations=tuple(seen))
            stats = replace(stats, seeds=len(parent.fitnesses()))
            self.log.append(PolicyMeasured(name=parent.id, stats=stats))

    def _to_observe(self, study: PolicyStudy, parent: Candidate) -> bool:
        """Tell whether a parent was never looked at, or was trained on another seed since then."""
        known = self.state.policies.get(parent.id)
        return known is None or (study.observe is not None and known.seeds < len(parent.fitnesses()))

    def _analyse(
        self,
        study: PolicyStudy,
        parents: Sequence[Candidate],
        recorded: _Episodes,
        paid: _Episodes,
        said: Sequence[Heard],
    ) -> None:
        analyst = study.analyst
        if analyst is None:
            return
        wanted = [c for c in parents if c.id not in self.state.reports and c.id in paid]

        def analyse(parent: Candidate) -> None:
            stats = self.state.policies.get(parent.id, PolicyStats())
            try:
                report = analyst(parent, stats, {**recorded, parent.id: paid[parent.id]}, self.stop, said)
            except BudgetExhaustedError:
                return
            self.log.append(PolicyAnalyzed(name=parent.id, report=report))

        side_by_side(analyse, wanted, study.max_parallel)
