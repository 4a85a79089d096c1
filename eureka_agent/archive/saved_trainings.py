"""What early stops of a generation saved, in whole trainings: so many others can be paid for with it."""

from __future__ import annotations

from collections.abc import Iterable

from eureka_agent.archive.candidate import Candidate


def trainings_saved(candidates: Iterable[Candidate]) -> int:
    """Return how many whole trainings the early stops of some candidates saved in the search, rounded down.

    A whole training is the longest of these that went to the end, in environment steps with evaluation; where
    none did nothing is known of its length, and 0 is returned. So a training that is paid for takes no more
    steps than were planned for those that were stopped.
    """
    searched = [e for candidate in candidates for e in candidate.evaluations if e.stage == "search"]
    whole = max((e.env_steps for e in searched if e.stopped is None), default=0)
    saved = sum(max(whole - e.env_steps, 0) for e in searched if e.stopped is not None)
    return saved // whole if whole else 0
