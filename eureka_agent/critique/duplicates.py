"""What was proposed before is refused: training it again could only repeat a known score."""

from __future__ import annotations

from functools import cached_property

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.reward import Coded


class DuplicateCheck:
    """A `Check` against the candidates of an archive, whose digests are taken at the first question."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def __call__(self, source: str) -> list[Finding]:
        """Return what candidate it is, if it is one."""
        twin = self._by_digest.get(Coded(source).digest)
        if twin is None:
            return []
        scored = f" and scored {twin.fitness:.4g}" if twin.fitness is not None else ""
        return [
            Finding(
                "duplicate", "error", None,
                f"This is the same reward as candidate {twin.id}, which was tried{scored}.",
                "Only comments or formatting differ.", "Propose something that behaves differently.",
            )
        ]  # fmt: skip

    @cached_property
    def _by_digest(self) -> dict[str, Candidate]:
        """The first candidate of each digest."""
        known: dict[str, Candidate] = {}
        for candidate in self._archive.candidates:
            if candidate.source:
                known.setdefault(Coded(candidate.source).digest, candidate)
        return known
