"""Several models in one run: they share the slots of each generation in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.design.designer import Designer
from eureka_agent.design.proposer import Draft, Slot, not_planned
from eureka_agent.escaping import one_line
from eureka_agent.rewards.findings import Finding


class SharedDesign:
    """Deals the slots of one plan to designers of different models, round and round.

    The deal moves by one from generation to generation, so that no model always gets the same operator.
    Each sees what all have found.
    """

    def __init__(self, designers: Sequence[Designer]) -> None:
        self._designers = tuple(designers)
        self.name = ",".join(designer.name for designer in designers)
        self.max_parallel = sum(designer.max_parallel for designer in designers)

    def plan(self, generation: int, samples: int, archive: Archive) -> list[Slot]:
        """Return the slots as any of the designers plans them, each with the model that is to be asked."""
        slots = self._designers[0].plan(generation, samples, archive)
        dealt = [self._designers[(slot.index + generation) % len(self._designers)] for slot in slots]
        return [replace(slot, model=designer.name) for slot, designer in zip(slots, dealt, strict=True)]

    def propose(self, slot: Slot, briefing: Briefing) -> Draft:
        """Let the slot's designer propose."""
        return self._of(slot).propose(slot, briefing)

    def repair(
        self, slot: Slot, draft: Draft, findings: Sequence[Finding], turn: int, briefing: Briefing
    ) -> Draft | None:
        """Let the slot's designer repair its own draft."""
        return self._of(slot).repair(slot, draft, findings, turn, briefing)

    def _of(self, slot: Slot) -> Designer:
        for designer in self._designers:
            if designer.name == slot.model:
                return designer
        raise not_planned(
            slot, f"the run asks {self.name}, and the slot {one_line(slot.model)[:80] or 'nobody'}"
        )
