"""`report`: everything that is known of a run as one HTML file, from its folder alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from eureka_agent.analysis.whole import CandidateAnalysis
from eureka_agent.api.reading import RunReader
from eureka_agent.archive.candidate import Candidate
from eureka_agent.errors import ConfigError, EurekaError, StoreError
from eureka_agent.escaping import one_line
from eureka_agent.files import refuse_links, write_atomic
from eureka_agent.report.conclusion import conclusion_of
from eureka_agent.report.html.page import render_report
from eureka_agent.report.views.fitness import direction_of
from eureka_agent.report.views.pictures import pictures_view
from eureka_agent.report.views.run import RunReport, Source, run_report
from eureka_agent.store.event_types import RunStarted
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, find_run
from eureka_agent.store.lock import holder_of
from eureka_agent.store.ownership import is_own
from eureka_agent.store.state import RunState

MOST_ANALYSED = 200
"""Candidates whose recordings are read: the best of a longer run."""


def write_report(
    run: str = "latest",
    output: Path | str | None = None,
    *,
    runs: Path | str = "runs",
    force: bool = False,
) -> Path:
    """Write the report of a run, finished or not, and return its path: `report.html` in the run's folder.

    Nothing that the log names is loaded or executed. Raises StoreError where the run cannot be read or has
    not begun, and ConfigError where `output` exists, unless `force` is set.
    """
    folder = find_run(Path(runs), run)
    path = folder.report if output is None else Path(output)
    if output is not None and path.exists() and not force:
        raise ConfigError(
            f"{path} exists already.", fix="Choose another name with -o, or replace it with --force."
        )
    report = report_of(folder)
    if report.pictures is not None and path.resolve().parent != folder.root.resolve():
        report = replace(
            report, pictures=replace(report.pictures, film="", other_films=())
        )  # links would lead nowhere
    write_atomic(path, render_report(report))
    return path


def report_of(folder: RunFolder) -> RunReport:
    """Return everything that a report says of the run in a folder, as data."""
    events = read_events(folder.events)
    state = RunState.of(events)
    start = next((event for event in events if isinstance(event, RunStarted)), None)
    return report_of_state(folder, state, start)


@dataclass(frozen=True)
class LookedAt:
    """What the recordings of a candidate show."""

    trainings: int
    """That it had then."""
    found: CandidateAnalysis | None
    why: str
    """Why they were not analysed, or not all of them; empty where they were."""


Analyses = dict[str, LookedAt]
"""Of candidates, by name."""


def report_of_state(
    folder: RunFolder, state: RunState, start: RunStarted | None, kept: Analyses | None = None
) -> RunReport:
    """Return the same of a log that was read already; `start` is the event that began the run.

    `kept` holds what an earlier report found, and is added to: recordings are read once for each training.
    """
    started = _begun(folder, start)
    if not is_own(state.run_id, state.config):
        refuse_links(folder.root)
    analyses, unread = _analyses(folder, state, {} if kept is None else kept)
    return run_report(
        Source(
            folder.name, state, conclusion_of(folder, state),
            running=holder_of(folder.root),
            versions=started.versions,
            analyses=analyses,
            pictures=pictures_view(folder),
            unread=unread,
        )
    )  # fmt: skip


def _begun(folder: RunFolder, start: RunStarted | None) -> RunStarted:
    if start is None:
        raise StoreError(
            f"Run {folder.name} has not begun: its log holds no settings.",
            allowed="a run whose log has its first event, finished or not",
            fix="Start it again with the same `evolve` command, or name another run.",
        )
    return start


def _analyses(
    folder: RunFolder, state: RunState, kept: Analyses
) -> tuple[Mapping[str, CandidateAnalysis], tuple[str, ...]]:
    """Return what the recordings of trained candidates show, and a sentence for each that shows nothing."""
    reader = RunReader(folder, state, None, None)
    sign = -1.0 if direction_of(state) == "minimize" else 1.0
    trained = [candidate for candidate in state.archive(sign=sign).ranked() if candidate.evaluations]
    found: dict[str, CandidateAnalysis] = {}
    unread: list[str] = []
    for candidate in trained[:MOST_ANALYSED]:
        known = kept.get(candidate.id)
        if known is None or known.trainings != len(candidate.evaluations):
            known = kept[candidate.id] = _looked_at(reader, candidate)
        if known.found is not None:
            found[candidate.id] = known.found
        if known.why:
            unread.append(f"The recorded episodes of {candidate.id} were not analysed: {known.why}")
    return found, tuple(unread)


def _looked_at(reader: RunReader, candidate: Candidate) -> LookedAt:
    number = len(candidate.evaluations)
    try:
        return LookedAt(
            number, reader.analysis(candidate, siblings=False), reader.played(candidate).unreadable
        )
    except (EurekaError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        why = error.what if isinstance(error, EurekaError) else f"{type(error).__name__}: {error}"
        return LookedAt(number, None, why)


def refuse_strange_links(folder: RunFolder, state: RunState, name: str) -> None:
    """Raise StoreError where a link may lead out of a candidate's folder, in a run that is not one's own."""
    if is_own(state.run_id, state.config):
        return
    place = folder.candidate(name)
    for one in (place.parent, place):
        if one.is_symlink():
            raise StoreError(f"{one_line(str(one))} is a symbolic link: nothing was read there.")
    refuse_links(place)


def look_at(folder: RunFolder, state: RunState, name: str, kept: Analyses) -> CandidateAnalysis | None:
    """Return what the recordings of one candidate show; `kept` is as in `report_of_state`.

    None, too, where a link lies in its folder in a run that is not recorded as one's own.
    """
    candidate = state.candidates[name]
    if not candidate.evaluations:
        return None
    known = kept.get(name)
    if known is None or known.trainings != len(candidate.evaluations):
        try:
            refuse_strange_links(folder, state, name)
        except StoreError:
            return None
        known = kept[name] = _looked_at(RunReader(folder, state, None, None), candidate)
    return known.found
