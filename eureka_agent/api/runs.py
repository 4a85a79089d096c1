"""The runs of a folder: list them, show one, export its reward."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.errors import ConfigError, StoreError, did_you_mean
from eureka_agent.files import read_own_text
from eureka_agent.report.analyst_lines import analyst_lines
from eureka_agent.report.conclusion import Conclusion, best_of, conclusion_of
from eureka_agent.report.learned import copy_learned, learned_file, reads_learned
from eureka_agent.report.run_files import write_saved_reward
from eureka_agent.report.sequence import before_files, sequence_words
from eureka_agent.report.usage import steps_to_count, usage
from eureka_agent.report.views.in_short import InShort, in_short
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, find_run, list_runs
from eureka_agent.store.lock import holder_of
from eureka_agent.store.ownership import is_own
from eureka_agent.store.recordings import recordings_of
from eureka_agent.store.state import RunState
from eureka_agent.tasks.identity import CONSTRUCTORS

FINISHED, FAILED = "finished", "failed"
ENDED = (FINISHED, FAILED)
"""The statuses of runs that nothing goes on with: with a reward, and without one."""


@dataclass(frozen=True)
class RunSummary:
    """One line of the list of runs."""

    name: str
    task: str
    model: str
    status: str
    """`finished`, or `failed` where it ended without a reward; else whether it is running, and where."""
    candidates: int
    best: str | None
    fitness: float | None
    """Of the best, on fresh seeds if `confirmed`, else in the search."""
    env_steps: int
    own: bool | None
    """Whether it is recorded as yours; others need consent to resume. None if unreadable."""
    confirmed: bool = False
    verdict: str = ""
    """What it came to, in a sentence; empty if unreadable."""

    @property
    def ended(self) -> bool:
        """Whether there is nothing to go on with."""
        return self.status in ENDED


@dataclass(frozen=True)
class RunView:
    """A run as `show` presents it."""

    name: str
    folder: Path
    status: str
    verdict: Conclusion
    answer: InShort
    """Is it better, why, and what did it cost."""
    best: str | None
    fitness: float | None
    """Of the best, as in the list of runs."""
    running: str | None
    """Number of the process that works on it, if one does."""
    candidates: tuple[Candidate, ...]
    confirmation: dict[str, Any]
    summary: str
    best_source: str
    analyst: tuple[str, ...] = ()
    """What became of the analyst's reports, where one was asked."""
    recorded_trainings: int = 0
    """How many trainings have recorded episodes on the disk."""
    recorded_bytes: int = 0
    """What those take."""
    sequence: str = ""
    """What its rewards were trained after, in a sentence; empty where they begin with random weights."""


def list_run_summaries(runs: Path | str = "runs") -> list[RunSummary]:
    """Return one summary per run, oldest first; an unreadable run says so in its status."""
    return [_summary_of(folder) for folder in list_runs(Path(runs))]


def _summary_of(folder: RunFolder) -> RunSummary:
    try:
        return summary_of(folder, RunState.of(read_events(folder.events)))
    except StoreError as error:
        return unreadable(folder, error)


def unreadable(folder: RunFolder, error: StoreError) -> RunSummary:
    """Return the summary of a run whose log cannot be read."""
    return RunSummary(folder.name, "?", "?", f"cannot be read: {error.what}", 0, None, None, 0, None)


def show(run: str = "latest", *, runs: Path | str = "runs") -> RunView:
    """Return the details of one run; nothing named in its log is loaded."""
    folder = find_run(Path(runs), run)
    state = RunState.of(read_events(folder.events))
    candidates = state.archive(sign=1.0).candidates
    running = holder_of(folder.root)
    best, fitness = best_of(state)
    recordings = recordings_of(folder, state)
    verdict = conclusion_of(folder, state)
    return RunView(
        name=folder.name,
        folder=folder.root,
        status=status_of(state, running),
        verdict=verdict,
        answer=in_short(state, verdict),
        best=best,
        fitness=fitness,
        running=running,
        candidates=candidates,
        confirmation=state.confirmation.to_json() if state.confirmation else {},
        summary=read_own_text(folder.summary),
        best_source=read_own_text(folder.best_reward),
        analyst=tuple(analyst_lines(state.reports)),
        recorded_trainings=len({file.path.parent for file in recordings}),
        recorded_bytes=sum(file.size for file in recordings),
        sequence=sequence_words(state, "reward.py"),
    )


def export(
    run: str,
    output: Path | str,
    *,
    candidate: str | None = None,
    runs: Path | str = "runs",
    force: bool = False,
) -> Path:
    """Write a run's best reward, or one candidate's, as a module of its own and return its path.

    Of a sequence the rewards before it are written beside it, as `before-1.py` and so on. Everything comes
    from the log, of which nothing is loaded or executed; of a run with `--intrinsic` a copy of the learned
    reward lies beside it. Raises StoreError where there is no such reward, and
    where the static rules refuse it.
    """
    folder = find_run(Path(runs), run)
    state = RunState.of(read_events(folder.events))
    path = Path(output)
    if path in before_files(path, state).values():
        raise ConfigError(
            f"{path.name} is what a reward before it in the sequence is called.",
            fix="Choose another name with -o, e.g. reward.py.",
        )
    there = next((one for one in (path, *before_files(path, state).values()) if one.exists()), None)
    if there is not None and not force:
        raise ConfigError(
            f"{there} exists already.", fix="Choose another name with -o, or replace it with --force."
        )
    name = exportable(folder, state, candidate)
    write_saved_reward(path, folder.name, state, name)
    copy_learned(folder, state, name, path)
    return path


def usage_of(
    run: str, reward: Path | str, *, candidate: str | None = None, runs: Path | str = "runs"
) -> list[str]:
    """Return lines of Python that put an exported reward into its task's environment; none if unknown.

    Arguments are those of `export`. Nothing that the log names is loaded.
    """
    folder = find_run(Path(runs), run)
    state = RunState.of(read_events(folder.events))
    name = exportable(folder, state, candidate)
    steps = steps_to_count(state, name)
    learned = str(learned_file(Path(reward))) if reads_learned(state, name) else None
    return usage(state.config.get("task", {}), str(reward), steps, learned=learned)


def exportable(folder: RunFolder, state: RunState, candidate: str | None) -> str:
    """Return the id of the requested candidate; StoreError if it should not be exported."""
    name = candidate or (state.confirmation.winner if state.confirmation else None)
    if name is None:
        ended = f"It ended without one: see {folder.summary}."
        raise StoreError(
            f"Run {folder.name} has no confirmed reward.",
            allowed="a finished run that found one, or --candidate with one of its candidates",
            fix=ended if state.finished else how_to_go_on(folder.name, holder_of(folder.root)),
        )
    if name not in state.candidates or not state.candidates[name].source:
        names = [c.id for c in state.candidates.values() if c.source]
        raise StoreError(
            f"Run {folder.name} has no candidate '{name}' with a reward.{did_you_mean(name, names)}",
            allowed=", ".join(names),
            fix=f"List them with `eureka-agent show {folder.name}`.",
        )
    chosen = state.candidates[name]
    if chosen.status in (Status.REFUSED, Status.FAILED):
        became = "was refused" if chosen.status is Status.REFUSED else "failed"
        raise StoreError(
            f"Candidate {name} of run {folder.name} {became}, so nothing was written: {chosen.reason}",
            allowed="a candidate that passed the critic and whose training did not fail",
            fix=f"Choose another one: `eureka-agent show {folder.name}` lists them.",
        )
    return name


def how_to_go_on(name: str, running: str | None) -> str:
    """Return what a person can do with a run that is not at its end."""
    if running is None:
        return f"Continue it with `eureka-agent resume {name}`."
    return f"Process {running} is working on it: wait, or look again with `eureka-agent show {name}`."


def summary_of(folder: RunFolder, state: RunState) -> RunSummary:
    """Return the summary of a run whose log was read."""
    best, fitness = best_of(state)
    return RunSummary(
        name=folder.name,
        task=_task_name(state),
        model=state.config.get("model", "?"),
        status=status_of(state, holder_of(folder.root)),
        candidates=len(state.candidates),
        best=best,
        fitness=fitness,
        env_steps=state.env_steps,
        own=is_own(state.run_id, state.config),
        confirmed=state.confirmation is not None and state.confirmation.row(best) is not None,
        verdict=conclusion_of(folder, state).sentence,
    )


def _task_name(state: RunState) -> str:
    if state.facts is not None:
        return state.facts.task
    task = state.config.get("task", {})
    if task.get("kind") in CONSTRUCTORS:
        return str(task.get("options", {}).get("name") or "custom")
    return str(task.get("options", {}).get("name") or Path(task.get("value", "?")).name)


def status_of(state: RunState, running: str | None) -> str:
    """Return a run's status as in the list of runs; `running` is the process that works on it."""
    if state.finished:
        found = state.confirmation is not None and state.confirmation.winner is not None
        return FINISHED if found else FAILED
    where = "confirming" if state.baselines else f"generation {max(state.slots, default=0)}"
    return f"{'unfinished' if running is None else 'running'}, {where}"
