"""The seam between the loop and whoever proposes rewards: ranked candidates in, sources out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.errors import StoreError
from eureka_agent.llm.model import Message, Usage
from eureka_agent.rewards.findings import Finding
from eureka_agent.store.records import Slot

__all__ = ["Draft", "Proposer", "Slot", "not_planned"]

_NOTHING_USED = Usage(0, 0, 0.0)


@dataclass(frozen=True)
class Draft:
    """One answer to a slot: a source, or the reasons why there is none."""

    source: str | None
    problems: tuple[Finding, ...] = ()
    """Why no source could be taken from the reply; empty when there is one."""
    conversation: tuple[Message, ...] = ()
    """What was asked and answered so far, reply included; empty for proposers that ask nobody."""
    usage: Usage = _NOTHING_USED
    """What this answer took, not the turns before it."""
    genome: Mapping[str, Any] | None = None
    proposer: str = ""
    """Who answered, where several share a generation; empty means the proposer itself."""


class Proposer(Protocol):
    """Proposes sources. Given the same archive it plans the same slots.

    A slot says all that `propose` needs beside the briefing: given the same two, any proposer of the same run
    proposes the same (as far as its model does), whether or not it planned the generation.
    """

    name: str
    max_parallel: int
    """How many slots may be asked for at once."""

    def plan(self, generation: int, samples: int, archive: Archive) -> list[Slot]:
        """Return the `samples` slots of a generation; `archive` holds the earlier ones of its restart."""
        ...

    def propose(self, slot: Slot, briefing: Briefing) -> Draft:
        """Answer one slot; raises ModelError when the model cannot answer.

        Raises StoreError for a slot that this proposer cannot have planned.
        """
        ...

    def repair(
        self, slot: Slot, draft: Draft, findings: Sequence[Finding], turn: int, briefing: Briefing
    ) -> Draft | None:
        """Answer again, told what was wrong (turn counts from 1); None if this proposer cannot."""
        ...


def not_planned(slot: Slot, why: str) -> StoreError:
    """Say of a slot, which came from a log, that its proposer cannot have planned it."""
    return StoreError(
        f"Slot {slot.id} cannot be filled: {why}.",
        allowed="slots as the run's own proposer plans them",
        fix="The log was damaged or edited. Restore it from a copy, or start with --new.",
    )
