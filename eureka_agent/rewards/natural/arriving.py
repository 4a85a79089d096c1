"""What happens once, when a text arrives: it is brought into the portable subset, and notes say how."""

from __future__ import annotations

from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.natural.normalising import Normalised, normalise
from eureka_agent.tasks.task import Task

REWRITTEN = "rewritten"
"""The rule by which notes on rewriting go."""

_MOST_NOTES = 24


def arrived(text: str, task: Task) -> Normalised:
    """Return a text that somebody wrote for a task in the portable subset."""
    shapes = {signal.name: signal.shape for signal in task.readable_signals}
    dtypes = {signal.name: signal.dtype for signal in task.readable_signals}
    return normalise(text, shapes, dtypes=dtypes)


def notes_on(made: Normalised) -> list[Finding]:
    """Return what was rewritten as notes, by lines of the original."""
    notes = [Finding(REWRITTEN, "note", note.line, note.what, "", "") for note in made.rewrites[:_MOST_NOTES]]
    if more := len(made.rewrites) - len(notes):
        notes.append(Finding(REWRITTEN, "note", None, f"{more} more places were rewritten.", "", ""))
    if made.batched is not None and made.rewrites:
        read = "one over all worlds at once" if made.batched else "one for a single world"
        notes.insert(0, Finding(REWRITTEN, "note", None, f"The code was read as {read}.", "", ""))
    return notes
