"""The recorded episodes of a candidate's trainings in the search: which is shown, and which begin alike."""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.api.reporting import refuse_strange_links
from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import StoreError
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Episode
from eureka_agent.store.state import RunState
from eureka_agent.trajectories.files import FILE, read_beginnings, read_trajectories
from eureka_agent.trajectories.trajectory import Beginning, Trajectory


def searched(state: RunState, name: str) -> Evaluation | None:
    """Return a candidate's first training in the search; None where it has none."""
    candidate = state.candidates.get(name)
    found = [one for one in candidate.evaluations if one.stage == "search"] if candidate else []
    return min(found, key=lambda one: one.replicate, default=None)


def recorded(folder: RunFolder, state: RunState, name: str) -> Sequence[Trajectory]:
    """Return what that training recorded; nothing where nothing is there or it cannot be read."""
    training = searched(state, name)
    if training is None:
        return ()
    path = folder.training(name, "search", training.replicate) / FILE
    try:
        refuse_strange_links(folder, state, name)
        return read_trajectories(path) if path.is_file() and not path.is_symlink() else ()
    except StoreError:
        return ()


def middle_episode(folder: RunFolder, state: RunState, name: str) -> Episode | None:
    """Return the recorded episode of median fitness; None where none is recorded."""
    training, played = searched(state, name), recorded(folder, state, name)
    if training is None or not played:
        return None
    ranked = sorted(range(len(played)), key=lambda number: played[number].fitness or 0.0)
    return Episode(name, training.replicate, ranked[(len(ranked) - 1) // 2])


def beginning_of(folder: RunFolder, state: RunState, episode: Episode) -> Beginning | None:
    """Return where an episode begins; None where its recording does not say."""
    known = _beginnings(folder, state, episode.name, episode.replicate)
    return known[episode.number] if episode.number < len(known) else None


def begins_alike(folder: RunFolder, state: RunState, episode: Episode, name: str) -> Episode | None:
    """Return another episode, of a candidate, that begins in the same state; None where none does."""
    wanted, candidate = beginning_of(folder, state, episode), state.candidates.get(name)
    if wanted is None or candidate is None:
        return None
    for replicate in sorted(one.replicate for one in candidate.evaluations if one.stage == "search"):
        for number, begun in enumerate(_beginnings(folder, state, name, replicate)):
            found = Episode(name, replicate, number)
            if begun == wanted and found != episode:
                return found
    return None


def _beginnings(
    folder: RunFolder, state: RunState, name: str, replicate: int
) -> tuple[Beginning | None, ...]:
    try:
        refuse_strange_links(folder, state, name)
    except StoreError:
        return ()
    return read_beginnings(folder.training(name, "search", replicate) / FILE)
