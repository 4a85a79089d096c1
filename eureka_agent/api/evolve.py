"""From a task's name to a finished run: find or make the folder, build the parts, start the loop."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gymnasium as gym

from eureka_agent.api.assembly import building, conditions_of
from eureka_agent.api.begun import as_begun, check_init_policy, kept_look, kept_recording
from eureka_agent.api.consent import Consent
from eureka_agent.api.estimate import Estimate, check_budget, estimate
from eureka_agent.api.finishing import noting
from eureka_agent.api.following import follow_with_tensorboard, tracked, tracked_by
from eureka_agent.api.judged_search import check_annotator, keep_annotator
from eureka_agent.api.reporting import write_report
from eureka_agent.api.requesting import RunRequest, check_steps, fitted, requested
from eureka_agent.api.resuming import resumable
from eureka_agent.config import RunConfig, recorded_config
from eureka_agent.errors import ConfigError, EurekaError, StoreError
from eureka_agent.evolution.hearing import Turn
from eureka_agent.evolution.preferring import Answers
from eureka_agent.files import disk_errors, remove_half_written, write_atomic
from eureka_agent.report.conclusion import Conclusion, conclusion_of
from eureka_agent.report.films.best import film_best
from eureka_agent.report.run_files import write_summary
from eureka_agent.report.tracking.tracker import make_tracker
from eureka_agent.report.views.in_short import InShort, in_short
from eureka_agent.seeds import seed_for
from eureka_agent.store.clock import Clock, steady
from eureka_agent.store.event_types import Event, RunResumed
from eureka_agent.store.events import EventLog, read_events, read_start
from eureka_agent.store.layout import RunFolder, find_run, list_runs, new_run_folder
from eureka_agent.store.lock import holder_of, run_lock
from eureka_agent.store.ownership import is_own
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.device.choosing import choose_device
from eureka_agent.training.inspecting import first_look
from eureka_agent.training.pace import measured_pace, remember_pace, remembered_pace

Listener = Callable[[Event, RunState], None]
"""Called with every event once it is on disk, and the state after it."""

Ask = Callable[[Turn], object]
"""Called when it is a person's turn to speak."""


@dataclass(frozen=True)
class RunResult:
    """The results of a finished run."""

    folder: Path
    winner: str | None
    """Id of the confirmed candidate; None when nothing could be trained."""
    reward: Path | None
    """The saved reward module."""
    summary: Path
    report: Path | None
    """The run as one HTML file; None where it could not be made, and `not_reported` says why."""
    not_reported: str
    film: Path | None
    """An episode of the winner's; None where none could be made, and the summary says why."""
    confirmation: dict[str, Any]
    """The table of the confirmation, as in the log."""
    verdict: Conclusion
    """What it came to."""
    answer: InShort
    """The same with why, and with what it cost."""


def evolve(
    task: str | None = None,
    *,
    env: str | Callable[[], gym.Env] | None = None,
    goal: str | None = None,
    max_episode_steps: int | None = None,
    show_env_reward: bool = False,
    stages: bool = True,
    envs: Path | None = None,
    runs: Path | str = "runs",
    new: bool = False,
    seed_reward: Path | str | None = None,
    human_reward: Path | str | None = None,
    init_policy: Path | str | None = None,
    quick: bool = False,
    after: Path | str | None = None,
    on_event: Listener | None = None,
    stop: threading.Event | None = None,
    finish: threading.Event | None = None,
    ask: Ask | None = None,
    answers: Answers | None = None,
    clock: Clock = time.time,
    **options: Any,
) -> RunResult:
    """Evolve a reward for a task; the same call continues an unfinished run.

    `task` is a name from `envs/`, a task folder or `gym:<id>`; `env` is a constructor or `module:function`.
    `seed_reward` is a file with a reward that becomes the first candidate, `human_reward` one that replaces
    the task's reference in the confirmation; both may be in any form that `adopt` takes.
    Without `stages` a task's curriculum is ignored; `init_policy` is a saved policy of either trainer to
    start every training from; `quick` takes the task's small budget for each training. `after` names a
    finished run of the task: the search goes on from its winner, for the next reward of a sequence
    (docs/sequences.md). `on_event(event, state)` is told each event of `store/event_types.py` once it is on
    the disk, in the order of the log, with the state after it. `options` are those of `eureka_agent.config`,
    by name; `clock` returns the time of day. `ask(turn)` lets a person speak after each generation: it may
    call `turn.hear(said, "…")` with what they say (`eureka_agent.feedback`) until it returns. With
    `fitness="human"` `answers` is given the questions after each generation and returns what is preferred, as
    far as it is answered (docs/preferences.md). Once `finish` is set the search ends early, as
    `eureka_agent.finish` ends it. Raises a `EurekaError` for errors that a person can fix, and `Interrupted`
    when `stop` was set and the work in progress has finished.
    """
    asked = requested(
        task,
        env=env,
        goal=goal,
        max_episode_steps=max_episode_steps,
        show_env_reward=show_env_reward,
        stages=stages,
        envs=envs,
        seed_reward=seed_reward,
        human_reward=human_reward,
        init_policy=init_policy,
        quick=quick,
        after=after,
        runs=Path(runs),
        options=options,
    )
    unfinished = None if new else _unfinished(Path(runs), asked.config)
    if unfinished is None:
        as_trained = fitted(asked.task, asked.config)
        check_budget(as_trained, asked.config)
        check_steps(as_trained, asked.config)
    return _run(
        asked, unfinished, Path(runs), on_event, stop or threading.Event(), clock, finish, ask, answers
    )


def dry_run(
    task: str | None = None,
    *,
    env: str | Callable[[], gym.Env] | None = None,
    goal: str | None = None,
    max_episode_steps: int | None = None,
    show_env_reward: bool = False,
    stages: bool = True,
    envs: Path | None = None,
    seed_reward: Path | str | None = None,
    human_reward: Path | str | None = None,
    init_policy: Path | str | None = None,
    quick: bool = False,
    after: Path | str | None = None,
    runs: Path | str = "runs",
    measure: bool = False,
    **options: Any,
) -> Estimate:
    """Return the estimated requests, cost and time of `evolve` with these arguments; nothing is sent.

    The time is known if something was trained on the task here before; else `measure` trains a small
    generation for some seconds.
    """
    chosen, config, why, *_ = requested(
        task,
        env=env,
        goal=goal,
        max_episode_steps=max_episode_steps,
        show_env_reward=show_env_reward,
        stages=stages,
        envs=envs,
        seed_reward=seed_reward,
        human_reward=human_reward,
        init_policy=init_policy,
        quick=quick,
        after=after,
        runs=Path(runs),
        options=options,
    )
    told = estimate(fitted(chosen, config), config, why=why)
    device = choose_device(
        config.training.device, config.training.trainer, chosen, fresh=config.training.init_policy is None
    )
    conditions = conditions_of(chosen, config, device.platform)
    pace, why_unknown = remembered_pace(conditions), "nothing was trained on the task here yet"
    if pace is None and measure:
        try:
            pace = measured_pace(conditions, candidates=config.search.samples, unsafe=config.isolation.unsafe)
        except EurekaError as error:  # what cannot train here can be estimated all the same
            why_unknown = error.what
    return replace(told, steps_a_second=pace, pace_unknown_because="" if pace else why_unknown)


def resume(
    run: str = "latest",
    *,
    runs: Path | str = "runs",
    trust: bool = False,
    task: str | None = None,
    env: str | Callable[[], gym.Env] | None = None,
    envs: Path | None = None,
    model: str | None = None,
    base_url: str | None = None,
    unsafe_isolation: bool = False,
    track: str | None = None,
    on_event: Listener | None = None,
    stop: threading.Event | None = None,
    finish: threading.Event | None = None,
    ask: Ask | None = None,
    answers: Answers | None = None,
) -> RunResult:
    """Continue the run called `run`; for a finished one, only return its results.

    A run that is not recorded as yours may name code, models and addresses. It continues only with `trust`,
    or if the other options repeat what its log says: the task given by `task` or `env` is then loaded, never
    the log's. A run that was started with a constructor in memory always needs `env` again.
    `track` is the tracker that is told of it, or "none"; by default that with which you started it. Whatever
    tracker the log of somebody else's run names is told nothing. `answers` is that of `evolve`.
    Raises StoreError listing what was not agreed to, or if the task has changed since.
    """
    folder = find_run(Path(runs), run)
    state = RunState.of(read_events(folder.events))
    if state.finished:
        return result_of(folder, state)
    consent = Consent(trust, task, env, envs, model, base_url, unsafe_isolation)
    loaded, config = resumable(folder, state, consent)
    own = is_own(state.run_id, state.config)
    config = tracked_by(config, track or (config.tracking.tracker if own else None))
    return _run(
        RunRequest(loaded, config), folder, Path(runs), on_event, stop or threading.Event(),
        finish=finish, ask=ask, answers=answers,
    )  # fmt: skip


def finish(
    run: str = "latest",
    *,
    runs: Path | str = "runs",
    trust: bool = False,
    on_event: Listener | None = None,
    stop: threading.Event | None = None,
) -> RunResult | None:
    """End the search of the run called `run` early, and confirm the best of what there is.

    A process that is working on the run does so as soon as what it trains is trained, and None is returned at
    once. Else the run is continued here until it is confirmed; see `resume` for `trust` and what is raised.
    """
    folder = find_run(Path(runs), run)
    if RunState.of(read_events(folder.events)).finished:
        return resume(run, runs=runs)
    write_atomic(folder.finish_request, b"")
    if holder_of(folder.root) is not None:
        return None
    return resume(run, runs=runs, trust=trust, on_event=on_event, stop=stop)


def _run(
    asked: RunRequest,
    folder: RunFolder | None,
    runs: Path,
    on_event: Listener | None,
    stop: threading.Event,
    clock: Clock = time.time,
    finish: threading.Event | None = None,
    ask: Ask | None = None,
    answers: Answers | None = None,
) -> RunResult:
    """Run in `folder`, or in a new one that is created once the task is known to work."""
    task, config = asked.task, asked.config
    if config.tracking.tracker is not None:
        make_tracker(config.tracking.tracker)  # else a long first look comes before the word that it lacks
    seed = seed_for(config.seed, "transitions")
    if folder is None:
        look = first_look(task, seed=seed, stop=stop)
        look = look._replace(notices=(*asked.notices, *look.notices))
        folder = new_run_folder(runs, task.name)
        if asked.init_policy is not None:
            write_atomic(folder.init_policy, asked.init_policy.read_bytes())
        keep_annotator(asked.annotator, config, folder)
    else:
        kept, lost = kept_recording(folder, task)
        look = kept_look(folder, kept) if kept else first_look(task, seed=seed, stop=stop)
        look = look._replace(notices=(*look.notices, *lost))
    check_init_policy(config, folder)
    check_annotator(config, folder)
    with disk_errors(folder.root), run_lock(folder.root):
        remove_half_written(folder.root)
        log = EventLog(folder.events, clock=steady(clock))
        state = RunState.of(log.events)
        if not is_own(state.run_id, state.config):
            # Trainers run there: files that somebody else left would become their settings and caches.
            shutil.rmtree(folder.scratch, ignore_errors=True)
        log.listen(state.apply)
        task = as_begun(task, config, log.events)
        if on_event is not None:
            log.listen(lambda event: on_event(event, state))
        if not state.finished:
            follow_with_tensorboard(folder, log, state)
            with (
                noting(finish, folder),
                tracked(config.tracking.tracker, folder, log, state, stop),
                building(task, config, folder, log, state, look, stop, asked.why, answers) as evolution,
            ):
                evolution.ask = ask
                evolution.run()
            if not any(isinstance(event, RunResumed) for event in log.events):  # else some steps are lost
                conditions = conditions_of(task, config, state.platform)
                # With a language model the rest is mostly waiting for it; else it is start-up and the critic.
                seconds = state.training_s if state.replies else state.active_s
                each = config.training.env_steps or task.budget.env_steps
                remember_pace(conditions, steps=state.env_steps, seconds=seconds, each=each)
            if config.confirmation.film:
                _film(folder, state, task, config, stop)
    return result_of(folder, state, not_reported=_reported(folder))


def _film(folder: RunFolder, state: RunState, task: Task, config: RunConfig, stop: threading.Event) -> None:
    """Leave what the winner looks like in `best/`, and say in the summary what there is or lacks.

    Where even that cannot be written, e.g. on a full disk, the run is done and stays so.
    """
    with suppress(EurekaError):
        if film_best(folder, state, task, stop) is not None:
            write_summary(folder, state, task, config)


def _reported(folder: RunFolder) -> str:
    """Write the report of a finished run; return why there is none, empty where there is."""
    try:
        write_report(str(folder.root))
    except EurekaError as error:
        return error.what
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the run is done and stays so
        return f"{type(error).__name__}: {error}"
    return ""


def result_of(folder: RunFolder, state: RunState, *, not_reported: str = "") -> RunResult:
    """Return a run's results so far."""
    found = state.confirmation
    winner = found.winner if found else None
    reward = folder.best_reward if winner is not None else None
    told = found.to_json() if found else {}
    report = folder.report if folder.report.is_file() and not not_reported else None
    verdict = conclusion_of(folder, state)
    film = folder.best_film if winner is not None and folder.best_film.is_file() else None
    return RunResult(
        folder.root,
        winner,
        reward,
        folder.summary,
        report,
        not_reported,
        film,
        told,
        verdict,
        in_short(state, verdict),
    )


def _unfinished(runs: Path, config: RunConfig) -> RunFolder | None:
    """Return the newest unfinished run of the identical configuration that this person started."""
    for folder in reversed(list_runs(runs)):
        if _is_same(folder, config) and not RunState.of(read_events(folder.events)).finished:
            return folder
    return None


def _is_same(folder: RunFolder, config: RunConfig) -> bool:
    """Tell whether a run is one's own and was started with `config`, by what its log holds at the start."""
    try:
        start = read_start(folder.events)
        return (
            start is not None
            and is_own(start.run_id or "", start.config)
            and recorded_config(start.config).digest() == config.digest()
        )
    except (StoreError, ConfigError, LookupError, TypeError, ValueError):
        return False  # damaged, newer or another's: no run of this configuration
