"""What the analysis saw in the recordings of one candidate, as sentences with their citations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.whole import CandidateAnalysis
from eureka_agent.report.words import cut

LONGEST = 600
"""Characters of a sentence; names in it are the reward's own."""
_LESS_TELLING = (ObservationKind.OUTCOME, ObservationKind.EVENT, ObservationKind.UNKNOWN)


@dataclass(frozen=True)
class Seen:
    """One thing that was seen, and where."""

    kind: str
    text: str
    citation: str
    """Without the candidate, beside whose name it stands."""

    @classmethod
    def of(cls, seen: Observation) -> Seen:
        """Return an observation in words."""
        where = replace(seen, candidate="").citation
        return cls(str(seen.kind), cut(seen.text, LONGEST), cut(where, LONGEST))


def telling(analysis: CandidateAnalysis) -> tuple[Seen, ...]:
    """Return the first finding of each kind that says more than how episodes ended, most telling first."""
    return tuple(Seen.of(seen) for seen in first_of_each(analysis.findings))


def first_of_each(findings: Sequence[Observation]) -> list[Observation]:
    """Return the first telling finding of each kind: every episode may have one."""
    first: dict[ObservationKind, Observation] = {}
    for seen in findings:
        if seen.kind not in _LESS_TELLING:
            first.setdefault(seen.kind, seen)
    return list(first.values())
