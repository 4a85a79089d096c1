"""What a generation is briefed with: parents' policies are measured and analysed before it is proposed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from eureka_agent.analysis.briefing import Briefing, RecordedEpisodes
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate
from eureka_agent.design.analyst import Analyst
from eureka_agent.design.observing import ObservePolicy
from eureka_agent.design.policy_stats import MeasurePolicy, PayEpisodes
from eureka_agent.design.proposer import Slot
from eureka_agent.errors import BudgetExhaustedError
from eureka_agent.evolution.side_by_side import side_by_side
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.event_types import PolicyAnalyzed, PolicyMeasured
from eureka_agent.store.events import EventLog
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import PolicyStats
from eureka_agent.store.state import RunState


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

    def brief(self, archive: Archive, open_slots: Sequence[Slot]) -> Briefing:
        """Return what the open slots' proposers and checks may know.

        Raises ModelError when the analyst cannot answer; where it cannot be paid there is no report.
        """
        episodes = RecordedEpisodes(self.folder, archive)
        if self.study is not None:
            names = sorted({parent for slot in open_slots for parent in slot.parents} & set(episodes))
            parents = [archive.get(name) for name in names]
            self._measure(self.study, parents, episodes)
            self._analyse(self.study, parents, episodes)
        policies, reports = dict(self.state.policies), dict(self.state.reports)
        return Briefing(archive, MappingProxyType(policies), MappingProxyType(reports), episodes, self.stop)

    def _measure(self, study: PolicyStudy, parents: Sequence[Candidate], episodes: RecordedEpisodes) -> None:
        for parent in parents:
            if parent.id not in self.state.policies:
                reward, recorded = Coded(parent.source or ""), episodes[parent.id]
                stats = study.measure(reward, recorded)
                if study.observe is not None and recorded:
                    seen = study.observe(parent, study.pay(reward, recorded))
                    stats = replace(stats, observations=tuple(seen))
                self.log.append(PolicyMeasured(name=parent.id, stats=stats))

    def _analyse(self, study: PolicyStudy, parents: Sequence[Candidate], episodes: RecordedEpisodes) -> None:
        analyst = study.analyst
        if analyst is None:
            return
        wanted = [c for c in parents if c.id not in self.state.reports and episodes[c.id]]
        recorded = {parent.id: episodes[parent.id] for parent in parents}

        def analyse(parent: Candidate) -> None:
            paid = study.pay(Coded(parent.source or ""), recorded[parent.id])
            stats = self.state.policies.get(parent.id, PolicyStats())
            try:
                report = analyst(parent, stats, recorded | {parent.id: tuple(paid)}, self.stop)
            except BudgetExhaustedError:
                return
            self.log.append(PolicyAnalyzed(name=parent.id, report=report))

        side_by_side(analyse, wanted, study.max_parallel)
