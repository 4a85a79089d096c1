"""All candidates of a run, ranked on what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.archive.posterior import Belief, beliefs

_USABLE = (Status.TRAINED, Status.STOPPED, Status.CONFIRMED)


@dataclass(frozen=True)
class Archive:
    """An immutable view of a run's candidates."""

    candidates: tuple[Candidate, ...] = ()
    """In order of id, whatever order they finished in."""
    sign: float = 1.0
    """+1 where a larger fitness is better, else -1."""
    incumbent_id: str | None = None
    by_posterior: bool = False
    """Whether candidates are ranked by what is believed of a fresh seed, and not by the mean of theirs."""
    vetoed: frozenset[str] = frozenset()
    """Candidates that a person does not want built on: they stand in no ranking."""

    @classmethod
    def of(
        cls,
        candidates: Iterable[Candidate],
        *,
        sign: float,
        incumbent_id: str | None = None,
        by_posterior: bool = False,
        vetoed: frozenset[str] = frozenset(),
    ) -> Archive:
        """Build an archive; candidates are put in order of (generation, index)."""
        ordered = tuple(sorted(candidates, key=lambda c: (c.generation, c.index)))
        return cls(ordered, sign, incumbent_id, by_posterior, vetoed)

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

        Vetoed ones are left out. The incumbent leads even where a single-seed score is higher: one lucky seed
        is no proof. By posterior nobody has a privilege: what is believed of a fresh seed decides. Those that
        were stopped early come last, ranked among themselves: their scores are of smaller budgets.
        """
        usable = [c for c in self._wanted() if c.fitness is not None]
        known = self.beliefs if self.by_posterior else {}

        def standing(candidate: Candidate) -> tuple[bool, bool, float, int, int]:
            score, stopped = self.sign * (candidate.fitness or 0.0), candidate.stopped is not None
            first = candidate.id == self.incumbent_id and not self.by_posterior
            score = known[candidate.id].mean if candidate.id in known else score
            return not first, stopped, -score, candidate.generation, candidate.index

        return tuple(sorted(usable, key=standing))

    @property
    def beliefs(self) -> dict[str, Belief]:
        """What is believed of each candidate that was trained to the end; see `posterior.beliefs`."""
        whole = (c for c in self._wanted() if c.stopped is None)
        return beliefs({c.id: c.fitnesses() for c in whole}, sign=self.sign)

    def _wanted(self) -> list[Candidate]:
        return [c for c in self.candidates if c.status in _USABLE and c.id not in self.vetoed]

    def unusable(self) -> tuple[Candidate, ...]:
        """Return the candidates that were refused, failed or timed out, with their reasons."""
        return tuple(
            c for c in self.candidates if c.status in (Status.REFUSED, Status.FAILED, Status.TIMED_OUT)
        )
