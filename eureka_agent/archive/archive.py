"""All candidates of a run, ranked on what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eureka_agent.archive.candidate import Candidate, Status

_USABLE = (Status.TRAINED, Status.STOPPED, Status.CONFIRMED)


@dataclass(frozen=True)
class Archive:
    """An immutable view of a run's candidates."""

    candidates: tuple[Candidate, ...] = ()
    """In order of id, whatever order they finished in."""
    sign: float = 1.0
    """+1 where a larger fitness is better, else -1."""
    incumbent_id: str | None = None

    @classmethod
    def of(cls, candidates: Iterable[Candidate], *, sign: float, incumbent_id: str | None = None) -> Archive:
        """Build an archive; candidates are put in order of (generation, index)."""
        ordered = tuple(sorted(candidates, key=lambda c: (c.generation, c.index)))
        return cls(ordered, sign, incumbent_id)

    def get(self, candidate_id: str) -> Candidate:
        """Return the candidate called `candidate_id`; KeyError if there is none."""
        for candidate in self.candidates:
            if candidate.id == candidate_id:
                return candidate
        raise KeyError(candidate_id)

    @property
    def incumbent(self) -> Candidate | None:
        """The best so far: it was dethroned by nobody on more than one seed."""
        return self.get(self.incumbent_id) if self.incumbent_id else None

    def generation(self, number: int) -> tuple[Candidate, ...]:
        """Return the candidates of one generation in order of index."""
        return tuple(c for c in self.candidates if c.generation == number)

    def ranked(self) -> tuple[Candidate, ...]:
        """Return the trained candidates, the incumbent first, then by mean fitness; ties by age.

        The incumbent leads even where a single-seed score is higher: one lucky seed is no proof. Those that
        were stopped early come last, ranked among themselves: their scores are of smaller budgets.
        """
        usable = [c for c in self.candidates if c.status in _USABLE and c.fitness is not None]

        def standing(candidate: Candidate) -> tuple[bool, bool, float, int, int]:
            score, stopped = self.sign * (candidate.fitness or 0.0), candidate.stopped is not None
            return candidate.id != self.incumbent_id, stopped, -score, candidate.generation, candidate.index

        return tuple(sorted(usable, key=standing))

    def unusable(self) -> tuple[Candidate, ...]:
        """Return the candidates that were refused, failed or timed out, with their reasons."""
        return tuple(
            c for c in self.candidates if c.status in (Status.REFUSED, Status.FAILED, Status.TIMED_OUT)
        )
