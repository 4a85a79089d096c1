"""Which recorded episodes of a run are deleted once all of them take more than they may.

It is looked at after each judgement and after the confirmation. What is deleted is in the log before it is
gone, so that a killed run deletes the rest when it goes on.
"""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.archive.archive import Archive
from eureka_agent.store.checked import BASELINES
from eureka_agent.store.event_types import Notice
from eureka_agent.store.events import EventLog
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.recordings import RecordingFile, recordings_of
from eureka_agent.store.state import RunState

MOST_BYTES = 2**30
"""Of all recorded episodes of a run, as they lie on the disk."""
RULE = (
    "episodes of checkpoints before those of kept policies, of the worst candidate before a better one, of "
    "repeated trainings before the first; those of leaders and baselines stay"
)


def thin_recordings(
    folder: RunFolder, log: EventLog, state: RunState, *, sign: float, most: int = MOST_BYTES
) -> None:
    """Delete recordings by `RULE` until a run's take `most` bytes, and say so in the log first."""
    files = recordings_of(folder, state)
    leaders = {judgement.incumbent for judgement in state.judgements.values()}
    gone = to_delete(files, state.archive(sign=sign), leaders, most)
    if not gone:
        return
    taken, freed = sum(file.size for file in files), sum(file.size for file in gone)
    text = (
        f"Recorded episodes took {taken / 2**20:,.1f} MiB of {most / 2**20:,.1f}; {freed / 2**20:,.1f} were "
        f"deleted ({RULE}): {_named(gone)}."
    )
    log.append(Notice(text=text))
    for file in gone:
        file.path.unlink(missing_ok=True)


def to_delete(
    files: Sequence[RecordingFile], archive: Archive, leaders: set[str | None], most: int
) -> list[RecordingFile]:
    """Return the files to delete, in order, so that the others take `most` bytes, if that can be had."""
    places = {candidate.id: place for place, candidate in enumerate(archive.ranked())}
    spared = leaders | set(BASELINES)

    def order(file: RecordingFile) -> tuple[bool, int, bool, int]:
        place = places.get(file.name, len(places))
        return not file.of_checkpoints, -place, file.stage == "search", -file.replicate

    excess, gone = sum(file.size for file in files) - most, []
    for file in sorted((file for file in files if file.name not in spared), key=order):
        if excess <= 0:
            break
        gone.append(file)
        excess -= file.size
    return gone


def _named(files: Sequence[RecordingFile]) -> str:
    """Name trainings whose checkpoints' episodes, and whose kept policies' episodes, are deleted."""
    parts = []
    for of_checkpoints, what in ((True, "checkpoints of"), (False, "kept policies of")):
        names = [f"{f.name}/{f.stage}-{f.replicate}" for f in files if f.of_checkpoints is of_checkpoints]
        if names:
            parts.append(f"{what} {', '.join(names)}")
    return "; ".join(parts)
