"""Everything else a person can ask for, as plain functions: check, train, runs, show, export, doctor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gymnasium as gym

from eureka_agent.analysis.statistics import t_interval
from eureka_agent.archive.candidate import Candidate
from eureka_agent.config import make_config
from eureka_agent.critique.critic import Critic, ProbeCheck, StaticCheck
from eureka_agent.errors import ConfigError, RewardError, SandboxError, StoreError, did_you_mean
from eureka_agent.evolution.outputs import saved_reward
from eureka_agent.evolution.versions import LIBRARIES, installed_versions
from eureka_agent.isolation.layers import Attempt, IsolationReport, Layer
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.resources import usable_cores
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.loader import check_reward
from eureka_agent.seeds import seed_for
from eureka_agent.store.events import read_events
from eureka_agent.store.files import write_atomic
from eureka_agent.store.layout import find_run, list_runs
from eureka_agent.store.state import RunState
from eureka_agent.tasks.registry import find_task, list_tasks, load_task
from eureka_agent.tasks.task import Task, TaskRef
from eureka_agent.training.device.choosing import choose_device
from eureka_agent.training.inspecting import record_transitions
from eureka_agent.training.job import RewardKind, TrainingFailure, TrainingJob
from eureka_agent.training.policies import fitting_policy
from eureka_agent.training.trainers import make_trainer

Env = str | Callable[[], gym.Env] | None


@dataclass(frozen=True)
class RunSummary:
    """One line of the list of runs."""

    name: str
    task: str
    model: str
    status: str
    candidates: int
    best: str | None
    fitness: float | None
    env_steps: int


@dataclass(frozen=True)
class RunView:
    """A run as `show` presents it."""

    name: str
    folder: Path
    status: str
    candidates: tuple[Candidate, ...]
    confirmation: dict[str, Any]
    summary: str
    best_source: str


@dataclass(frozen=True)
class Training:
    """One training of `train`."""

    seed: int
    folder: Path
    fitness: float | None = None
    env_steps: int = 0
    wall_s: float = 0.0
    failure: str = ""


@dataclass(frozen=True)
class TrainReport:
    """What `train` found."""

    task: str
    reward: str
    fitness_summary: str
    trainings: tuple[Training, ...]
    device: str = "cpu"
    """What they were trained on: "cpu" or "gpu"."""

    @property
    def summary(self) -> str:
        """Mean fitness over seeds with its interval."""
        values = [t.fitness for t in self.trainings if t.fitness is not None]
        return str(t_interval(values)) if values else "undefined: every training failed"


@dataclass(frozen=True)
class DoctorReport:
    """What this machine offers."""

    contained: bool
    layers: list[Layer]
    attempts: list[Attempt]
    """What a worker tried after its lock-down, and whether it was denied."""
    versions: dict[str, str]
    cores: int
    tasks: list[str]
    advice: list[str] = field(default_factory=list)


def check(
    reward: Path | str,
    task: str,
    *,
    env: Env = None,
    envs: Path | None = None,
    unsafe_isolation: bool = False,
) -> list[Finding]:
    """Return what the critic finds in a reward file: static rules, then a run on the task's transitions."""
    source = _read(Path(reward))
    chosen = find_task(task, env=env, envs=envs)
    findings = Critic([StaticCheck(chosen)])(source)
    if any(finding.severity == "error" for finding in findings):
        return findings
    recording = record_transitions(chosen, seed=seed_for(0, "transitions"))
    with RewardSandbox(unsafe=unsafe_isolation) as sandbox:
        return findings + Critic([ProbeCheck(chosen, recording, sandbox)])(source)


def train(
    task: str,
    reward: Path | str,
    *,
    seeds: int = 1,
    seed: int = 0,
    env_steps: int | None = None,
    output: Path | str = "trained",
    trainer: str = "population",
    device: str = "auto",
    worlds: int | None = None,
    parallel: int | None = None,
    stages: bool = True,
    init_policy: Path | str | None = None,
    env: Env = None,
    envs: Path | None = None,
    unsafe_isolation: bool = False,
    stop: threading.Event | None = None,
) -> TrainReport:
    """Train `seeds` policies with one reward; policies and curves are written under `output`.

    `reward` is a file, or one of the task's own: `reference`, `sparse`, `native`, `hack:<name>`. `parallel`
    is how many trainings run side by side (threads of the population trainer), as many as cores by default.
    Without `stages` a task that has a curriculum is trained on as it stands, for as many steps.
    `init_policy` is a saved policy of either trainer to start from. `device` and `worlds` are those of
    `RunConfig`.
    """
    chosen = find_task(task, env=env, envs=envs, stages=stages)
    taken = choose_device(device, trainer, chosen, fresh=init_policy is None)
    start = None if init_policy is None else fitting_policy(Path(init_policy), chosen)
    kind, source = reward_of(chosen, str(reward))
    root = Path(output)
    jobs = [
        TrainingJob(
            name="train",
            stage="train",
            replicate=replicate,
            seed=seed_for(seed, "train", replicate),
            kind=kind,
            source=source,
            folder=root / f"seed-{replicate}",
            env_steps=env_steps or chosen.budget.env_steps,
            init_policy=start,
        )
        for replicate in range(seeds)
    ]
    root.mkdir(parents=True, exist_ok=True)
    with RewardSandbox(unsafe=unsafe_isolation) as sandbox:
        chosen_trainer = make_trainer(
            trainer, sandbox, scratch=root / "tmp", parallel=parallel, stop=stop or threading.Event(),
            gpu=taken.platform == "gpu", worlds=worlds, unsafe=unsafe_isolation,
        )  # fmt: skip
        try:
            outcomes = chosen_trainer.train(chosen, jobs, on_start=lambda _: None, on_outcome=lambda *_: None)
        finally:
            chosen_trainer.close()
    trainings = tuple(_training(job, outcome) for job, outcome in zip(jobs, outcomes, strict=True))
    return TrainReport(chosen.name, str(reward), chosen.fitness.summary, trainings, taken.platform)


def list_run_summaries(runs: Path | str = "runs") -> list[RunSummary]:
    """Return one summary a run, oldest first."""
    return [
        _run_summary(folder.name, RunState.of(read_events(folder.events))) for folder in list_runs(Path(runs))
    ]


def show(run: str = "latest", *, runs: Path | str = "runs") -> RunView:
    """Return everything a person wants to see of one run."""
    folder = find_run(Path(runs), run)
    state = RunState.of(read_events(folder.events))
    candidates = state.archive(sign=1.0).candidates
    return RunView(
        name=folder.name,
        folder=folder.root,
        status=_status(state),
        candidates=candidates,
        confirmation=state.confirmation or {},
        summary=folder.summary.read_text() if folder.summary.exists() else "",
        best_source=folder.best_reward.read_text() if folder.best_reward.exists() else "",
    )


def export(
    run: str,
    output: Path | str,
    *,
    candidate: str | None = None,
    runs: Path | str = "runs",
    force: bool = False,
) -> Path:
    """Write a run's best reward, or one candidate's, as a module of its own and return its path."""
    folder = find_run(Path(runs), run)
    state = RunState.of(read_events(folder.events))
    path = Path(output)
    if path.exists() and not force:
        raise ConfigError(
            f"{path} exists already.", fix="Choose another name with -o, or replace it with --force."
        )
    name = candidate or (state.confirmation or {}).get("winner")
    if name is None:
        ended = f"It ended without one: {folder.summary} says why."
        raise StoreError(
            f"Run {folder.name} has no confirmed reward.",
            allowed="a finished run that found one, or --candidate with one of its candidates",
            fix=ended if state.finished else f"Continue it with `eureka-agent resume {folder.name}`.",
        )
    if name not in state.candidates or not state.candidates[name].source:
        names = [c.id for c in state.candidates.values() if c.source]
        raise StoreError(
            f"Run {folder.name} has no candidate '{name}' with a reward.{did_you_mean(name, names)}",
            allowed=", ".join(names),
            fix=f"List them with `eureka-agent show {folder.name}`.",
        )
    config = make_config(state.config)
    task = load_task(TaskRef(**config.task.model_dump()))
    write_atomic(path, saved_reward(folder, state, task, config, name))
    return path


def doctor() -> DoctorReport:
    """Look at this machine: which layers hold generated code, which libraries and tasks there are."""
    advice: list[str] = []
    try:
        with RewardSandbox(unsafe=True) as sandbox:
            report = sandbox.report
    except SandboxError as error:
        report = IsolationReport("none", (), contained=False)
        advice.append(str(error))
    if not report.contained:
        advice.append(
            "Nothing is executed here unless you say --unsafe-isolation, which gives it your rights."
        )
    if not any(layer.name == "bubblewrap" and layer.held for layer in report.layers):
        advice.append("Install bubblewrap: it puts generated code into its own network, processes and files.")
    versions = installed_versions()
    versions |= {name: "not installed" for name in LIBRARIES if name not in versions}
    return DoctorReport(
        contained=report.contained,
        layers=list(report.layers),
        attempts=list(report.attempts),
        versions=versions,
        cores=usable_cores(),
        tasks=[task.name for task in list_tasks()],
        advice=advice,
    )


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"Could not read {path}: {error}.",
            allowed="a Python file with compute_reward",
            fix="Check the path.",
        ) from error


def reward_of(task: Task, reward: str) -> tuple[RewardKind, str | None]:
    """Return what a reward's name or file stands for: its kind, and its source where it has one."""
    if reward in ("sparse", "native"):
        return ("sparse" if reward == "sparse" else "native"), None
    if reward == "reference":
        return ("native", None) if task.reference == "native" else ("source", task.reference)
    if reward.startswith("hack:"):
        name = reward.removeprefix("hack:")
        if name not in task.hacks:
            known = ", ".join(f"hack:{hack}" for hack in task.hacks) or "none"
            raise ConfigError(f"{task.name} has no hack '{name}'.", allowed=known, fix="Choose one of these.")
        return "source", task.hacks[name]
    source = _read(Path(reward))
    try:
        check_reward(source, [signal.name for signal in task.all_signals])
    except RewardError as error:
        fix = f"See everything at once with `eureka-agent check {reward} --task {task.name}`."
        raise RewardError(error.what, allowed=error.allowed, fix=fix) from error
    return "source", source


def _training(job: TrainingJob, outcome: object) -> Training:
    if outcome is None:
        return Training(job.seed, job.folder, failure="not started")
    if isinstance(outcome, TrainingFailure):
        return Training(job.seed, job.folder, failure=f"{outcome.status}: {outcome.reason}")
    assert hasattr(outcome, "fitness")
    evaluation: Any = outcome
    return Training(job.seed, job.folder, evaluation.fitness, evaluation.env_steps, evaluation.wall_s)


def _run_summary(name: str, state: RunState) -> RunSummary:
    confirmation = state.confirmation or {}
    leaders = [j["incumbent"] for _, j in sorted(state.judgements.items()) if j["incumbent"]]
    best = confirmation.get("winner") or (leaders[-1] if leaders else None)
    confirmed = {row["name"]: row["fitness"] for row in confirmation.get("table", [])}
    fitness = confirmed.get(best) if best in confirmed else (state.candidates[best].fitness if best else None)
    task = state.config.get("task", {})
    shown = task.get("options", {}).get("name") or Path(task.get("value", "?")).name
    return RunSummary(
        name,
        shown,
        state.config.get("model", "?"),
        _status(state),
        len(state.candidates),
        best,
        fitness,
        state.env_steps,
    )


def _status(state: RunState) -> str:
    if state.finished:
        return "finished"
    return "confirming" if state.baselines else f"generation {max(state.slots, default=0)}"
