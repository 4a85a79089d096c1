"""`analyze`: what happened in a run's trainings and why, from what was recorded, without a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gymnasium as gym

from eureka_agent.analysis.observation import Observation
from eureka_agent.analysis.siblings import Family
from eureka_agent.analysis.whole import CandidateAnalysis
from eureka_agent.api.consent import Consent
from eureka_agent.api.pictures import NOTHING_DRAWN, write_pictures
from eureka_agent.api.reading import RunReader
from eureka_agent.api.resuming import resumable
from eureka_agent.archive.candidate import Candidate
from eureka_agent.errors import EurekaError, StoreError, did_you_mean
from eureka_agent.files import refuse_links
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.report.views.findings import first_of_each
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, find_run
from eureka_agent.store.ownership import is_own
from eureka_agent.store.records import AnalystReport
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task

MAIN_FINDINGS = 2
"""Findings that stand in a candidate's line."""


@dataclass(frozen=True)
class CandidateLine:
    """One candidate of a run at a glance."""

    id: str
    status: str
    fitness: float | None
    outcomes: tuple[str, ...]
    """What became of its episodes, the most frequent first."""
    main: tuple[Observation, ...]
    """Its most telling findings."""


@dataclass(frozen=True, eq=False)
class RunAnalysis:
    """What `analyze` found."""

    name: str
    folder: Path
    lines: tuple[CandidateLine, ...]
    """One a candidate; empty where one candidate was asked for."""
    detail: CandidateAnalysis | None
    """The candidate that was asked for, else the confirmed one or the incumbent; None without one."""

    families: tuple[Family, ...] = ()
    """Children of one parent side by side; of a candidate its own family."""
    report: AnalystReport | None = None
    """What a language model said of the candidate in detail, where one was asked in the run."""

    pictures: tuple[Path, ...] = ()
    """Of its worst and best episode, where they were wanted."""
    missing: tuple[str, ...] = ()
    """What these pictures lack, and why."""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        lines = [
            {**vars(line), "outcomes": list(line.outcomes), "main": [seen.to_json() for seen in line.main]}
            for line in self.lines
        ]
        return {
            "name": self.name,
            "folder": str(self.folder),
            "candidates": lines,
            "families": [family.to_json() for family in self.families],
            "detail": None if self.detail is None else self.detail.to_json(),
            "pictures": [str(path) for path in self.pictures],
            "missing": list(self.missing),
            "analyst": None if self.report is None else asdict(self.report),
        }


def analyze(
    run: str = "latest",
    candidate: str | None = None,
    *,
    runs: Path | str = "runs",
    with_rewards: bool = False,
    with_moments: bool = False,
    pictures: Path | str | None = None,
    trust: bool = False,
    task: str | None = None,
    env: str | Callable[[], gym.Env] | None = None,
    envs: Path | None = None,
    unsafe_isolation: bool = False,
) -> RunAnalysis:
    """Return what the recorded episodes and curves of a run, or of one candidate, show.

    Nothing that the run names is loaded or executed, but for three options, which load its task, and of a run
    that is not one's own take the consent that `resume` takes:

    - `with_rewards`, for its events and the bounds of its signals, asks each reward in a sandboxed worker
      what it pays for the recorded steps.
    - `with_moments` has the worst episode of the candidate in detail continued from its states, in a
      separate process, to find the step with which it was lost.
    - `pictures` is a folder for pictures of that candidate's worst and best episode: a plot each, with frames
      where the environment renders. Without consent the plots alone are drawn.

    Raises StoreError where there is no such run or candidate, or consent is missing.
    """
    folder = find_run(Path(runs), run)
    state = RunState.of(read_events(folder.events))
    if not is_own(state.run_id, state.config):
        refuse_links(folder.root)
    chosen = None if candidate is None else _known(folder, state, candidate)
    # No model is asked here: that the log names one needs nobody's consent.
    model, address = (state.config.get(name) for name in ("model", "base_url"))
    consent = Consent(trust, task, env, envs, model, address, unsafe_isolation)
    loaded, missing = None, ""
    if with_rewards or with_moments:
        loaded, _ = resumable(folder, state, consent)
    elif pictures is not None:
        loaded, missing = _loaded_if_allowed(folder, state, consent)
    paid = with_rewards or (pictures is not None and loaded is not None)
    with _asking(wanted=paid, unsafe=unsafe_isolation) as asked:
        reader = RunReader(folder, state, loaded, asked)
        leader = chosen or _leader(state)
        if with_moments and leader is not None:
            reader.look_for_moments(leader)
        detail = None if leader is None else reader.analysis(leader)
        drawn = NOTHING_DRAWN
        if pictures is not None and leader is not None and detail is not None:
            drawn = write_pictures(Path(pictures), reader.played(leader), detail, loaded, missing)
        shown = () if chosen is not None else state.candidates.values()
        return RunAnalysis(
            folder.name, folder.root, tuple(_line(c, reader) for c in shown), detail,
            families=reader.families(chosen),
            report=None if leader is None else state.reports.get(leader.id),
            pictures=drawn.paths, missing=drawn.missing,
        )  # fmt: skip


def _loaded_if_allowed(folder: RunFolder, state: RunState, consent: Consent) -> tuple[Task | None, str]:
    """Return a run's task, or why it was not loaded."""
    try:
        return resumable(folder, state, consent)[0], ""
    except EurekaError as error:
        return None, str(error)


def _line(candidate: Candidate, reader: RunReader) -> CandidateLine:
    """Return a candidate at a glance."""
    found = reader.analysis(candidate, siblings=False)
    names = [outcome.name for outcome in found.outcomes]
    return CandidateLine(
        id=candidate.id,
        status=str(candidate.status),
        fitness=candidate.fitness,
        outcomes=tuple(sorted(set(names), key=lambda name: (-names.count(name), name))),
        main=tuple(first_of_each(found.findings)[:MAIN_FINDINGS]),
    )


def _leader(state: RunState) -> Candidate | None:
    confirmed = state.confirmation.winner if state.confirmation else None
    leader = confirmed or state.archive(sign=1.0).incumbent_id
    return None if leader is None else state.candidates[leader]


def _known(folder: RunFolder, state: RunState, candidate: str) -> Candidate:
    if candidate not in state.candidates:
        names = list(state.candidates)
        raise StoreError(
            f"Run {folder.name} has no candidate '{candidate:.50}'.{did_you_mean(candidate, names)}",
            allowed=", ".join(names) or "(nothing was proposed yet)",
            fix=f"List them with `eureka-agent show {folder.name}`.",
        )
    return state.candidates[candidate]


@contextmanager
def _asking(*, wanted: bool, unsafe: bool) -> Iterator[RewardSandbox | None]:
    """Yield where rewards are asked; None where they are not to be."""
    if not wanted:
        yield None
        return
    with RewardSandbox(unsafe=unsafe) as sandbox:
        yield sandbox
