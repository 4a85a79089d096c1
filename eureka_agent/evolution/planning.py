"""The slots of a generation: as the log holds them, or planned and written down."""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.archive.archive import Archive
from eureka_agent.config import RunConfig
from eureka_agent.design.proposer import Proposer, Slot, not_planned
from eureka_agent.evolution.proposing import GIVEN, given_slot, given_to
from eureka_agent.store.event_types import GenerationPlanned
from eureka_agent.store.events import EventLog
from eureka_agent.store.state import RunState


def slots_of(
    generation: int,
    proposer: Proposer,
    archive: Archive,
    *,
    config: RunConfig,
    samples: int,
    log: EventLog,
    state: RunState,
) -> Sequence[Slot]:
    """Return the generation's slots from the log; where it holds none, plan `samples` and journal them.

    Raises StoreError for slots in the log that no plan of this run can hold.
    """
    known = state.slots.get(generation)
    if known is not None and generation not in state.half_planned:
        _check_slots(known, archive, config)
        return known
    slots = tuple(proposer.plan(generation, len(known) if known else samples, archive))
    if given_to(config) is not None and generation == 0:
        slots = (given_slot(), *slots[1:])
    if known is None:
        log.append(GenerationPlanned(generation=generation, slots=slots))
    return slots


def _check_slots(slots: Sequence[Slot], archive: Archive, config: RunConfig) -> None:
    known = {candidate.id for candidate in archive.candidates}
    for slot in slots:
        if not known.issuperset(slot.parents):
            raise not_planned(slot, f"its parents {', '.join(slot.parents)} are not of its restart")
        if slot.operator == GIVEN and (given_to(config) is None or slot != given_slot()):
            raise not_planned(slot, "there is no reward that was given for it")
