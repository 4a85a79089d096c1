"""How films, contact sheets and their descriptions say when something is."""

from __future__ import annotations


def when(step: int, seconds_a_step: float | None) -> str:
    """Return the time of a step in simulated seconds; its number where nobody knows those."""
    return f"step {step}" if seconds_a_step is None else f"{step * seconds_a_step:.2f} s"
