"""The seam between the loop and whoever proposes rewards: ranked candidates in, sources out."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import candidate_id
from eureka_agent.llm.model import Message, Usage
from eureka_agent.rewards.findings import Finding

_NOTHING_USED = Usage(0, 0, 0.0)


@dataclass(frozen=True)
class Slot:
    """One place in a generation: what is to be proposed there, and from whom."""

    generation: int
    index: int
    operator: str
    """`seed`, `rewrite`, `cross`, … : the proposer's own names."""
    parents: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the candidate that will stand here."""
        return candidate_id(self.generation, self.index)


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
    """Proposes sources. Given the same archive it plans and proposes the same (as far as its model does)."""

    name: str
    max_parallel: int
    """How many slots may be asked for at once."""

    def plan(self, generation: int, samples: int, archive: Archive) -> list[Slot]:
        """Return the `samples` slots of a generation."""
        ...

    def propose(self, slot: Slot, archive: Archive, stop: threading.Event) -> Draft:
        """Answer one slot; raises ModelError when whoever is asked cannot answer."""
        ...

    def repair(
        self, slot: Slot, draft: Draft, findings: Sequence[Finding], turn: int, stop: threading.Event
    ) -> Draft | None:
        """Answer again, told what was wrong (turn counts from 1); None if this proposer cannot."""
        ...
