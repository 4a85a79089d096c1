"""What was proposed before is refused: training it again could only repeat a known score."""

from __future__ import annotations

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.candidate import Status
from eureka_agent.critique.critic import NOTHING_KNOWN
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.reward import Coded


class DuplicateCheck:
    """A `Check` against the candidates of the briefing's archive."""

    def __call__(self, source: str, briefing: Briefing = NOTHING_KNOWN) -> list[Finding]:
        """Return which earlier candidate it equals, if it equals one."""
        digest = Coded(source).digest
        tried = (c for c in briefing.archive.candidates if c.status is not Status.DRAFTED_OUT)
        twin = next((c for c in tried if c.source and Coded(c.source).digest == digest), None)
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
