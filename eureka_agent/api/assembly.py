"""Building the parts of a run, and taking them down again."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from eureka_agent.api.judged_reward import judged_look
from eureka_agent.api.judged_search import journal_plan, judging_of, plan_of
from eureka_agent.api.models import (
    RunModels,
    analyst_of,
    closing,
    journalled,
    make_models,
    proposer_of,
    reviewer_of,
)
from eureka_agent.api.versions import installed_versions
from eureka_agent.config import RunConfig
from eureka_agent.critique.behaviours import BehaviourCheck, paid_behaviours, payment_lines
from eureka_agent.critique.critic import Check, Critic, ProbeCheck, StaticCheck
from eureka_agent.critique.paying import paying
from eureka_agent.critique.ranking import RankingCheck
from eureka_agent.critique.recorded import RecordedPolicies
from eureka_agent.design.observing import PolicyObserver
from eureka_agent.design.policy_stats import EpisodePayment, Evaluate, PolicyMeasurement
from eureka_agent.design.proposer import Proposer
from eureka_agent.design.reviewer import ModelReviewer, Paid
from eureka_agent.design.search import Search
from eureka_agent.design.untrained import untrained
from eureka_agent.evolution import early_stops
from eureka_agent.evolution.briefer import PolicyStudy
from eureka_agent.evolution.expected_time import expected_stepping_time, expected_time
from eureka_agent.evolution.loop import Evolution
from eureka_agent.evolution.preferring import Answers
from eureka_agent.files import write_atomic
from eureka_agent.intrinsic.judgement import Judgement, judged, without
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.llm.auto import OFFLINE_MODEL
from eureka_agent.llm.model import LanguageModel
from eureka_agent.resources import usable_cores
from eureka_agent.rewards.reward import Coded
from eureka_agent.seeds import seed_for
from eureka_agent.store.checked import BASELINES
from eureka_agent.store.event_types import Notice, RunResumed, RunStarted
from eureka_agent.store.events import EventLog
from eureka_agent.store.facts import TaskFacts
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.ownership import NOT_RECORDED, new_run_id, record_run
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.audit import AuditedTrainer
from eureka_agent.training.device.choosing import DeviceChoice, choose_device
from eureka_agent.training.evaluate_reward import RewardEvaluator
from eureka_agent.training.evaluation_share import evaluation_of
from eureka_agent.training.inspecting import FirstLook
from eureka_agent.training.job import Trainer
from eureka_agent.training.pace import Conditions, remembered_pace
from eureka_agent.training.same_baselines import same_baselines
from eureka_agent.training.simulators.choosing import SimulatorFactory
from eureka_agent.training.trainers import make_trainer
from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.files import write_trajectories
from eureka_agent.trajectories.scripted import NamedEpisodes


@contextmanager
def building(
    task: Task,
    config: RunConfig,
    folder: RunFolder,
    log: EventLog,
    state: RunState,
    look: FirstLook,
    stop: threading.Event,
    why: str,
    answers: Answers | None = None,
) -> Iterator[Evolution]:
    """Build the parts of a run, journal that it started, and take them down afterwards.

    `look` is what a first look at the environment brought, or what the run has kept of it; `answers` asks
    people, see `Evolution.answers`.
    """
    scripted = look.scripted
    look = _unscored(look) if config.people.judge else look
    plan = None
    if config.intrinsic.annotator is not None:
        plan = plan_of(config, task, state, look.recording.trajectories)
        task = judged(task, Judgement(plan.captioning.captioner(task)))
    with ExitStack() as stack:
        models = stack.enter_context(closing(make_models(config, folder.root, task)))
        sandbox = stack.enter_context(RewardSandbox(unsafe=config.isolation.unsafe))
        device = _device(task, config, log)
        _keep_recording(folder, look, scripted)
        _journal_start(task, config, folder, log, state, sandbox, why, device)
        _say_first(task, config, log, look, device)
        asked = journalled(models, config, folder, log, state)
        judging = None
        if plan is not None:
            journal_plan(log, state, plan)
            judging = judging_of(
                config, plan, task, folder, log, state, model=asked.annotator, stop=stop,
                played=[*look.recording.trajectories, *(e for one in look.scripted for e in one.episodes)],
                critic_of=partial(_critic_judged, task, config, look, sandbox),
            )  # fmt: skip
            judging.ask(0)
            task, look = judging.task(0), judged_look(look, judging.judgement(0))
        recording = look.recording
        trainer = _trainer(config, folder, log, recording, stop, sandbox, gpu=device.platform == "gpu")
        stack.callback(trainer.close)
        yield Evolution(
            config=config,
            task=task,
            folder=folder,
            log=log,
            state=state,
            make_proposer=lambda restart: _proposer(task, config, asked.designers, recording, restart),
            critic=_critic(task, config, look, sandbox),
            trainer=trainer,
            stop=stop,
            answers=answers,
            judging=judging,
            same_baselines=not config.people.judge and same_baselines(task, recording),
            study=_study(task, config, recording, sandbox, asked),
            reviewer=_reviewer(task, config, asked, look, sandbox),
        )


def _keep_recording(folder: RunFolder, look: FirstLook, scripted: Sequence[NamedEpisodes]) -> None:
    """Write what was played at first, unless the run has it already."""
    if folder.recording.exists():
        return
    if scripted:
        write_trajectories(folder.scripted, [e for one in scripted for e in one.episodes])
    write_trajectories(folder.recording, look.recording.trajectories)


def _reviewer(
    task: Task, config: RunConfig, models: RunModels, look: FirstLook, sandbox: RewardSandbox
) -> ModelReviewer | None:
    known = untrained(look.recording, task.safety_signals)
    return reviewer_of(task, config, models.critic, known, _paid(task, look, sandbox))


def _unscored(look: FirstLook) -> FirstLook:
    """Return a first look without scores and scripted play: no later score could be compared with theirs.

    The model that people's answers make scores what was trained, and changes with each answer.
    """
    worlds = look.recording.worlds
    unscored = [tuple(replace(one, fitness=None, fitness_so_far=None) for one in world) for world in worlds]
    return look._replace(recording=TrajectoryBatch(tuple(unscored)), scripted=())


def _critic_judged(
    task: Task, config: RunConfig, look: FirstLook, sandbox: RewardSandbox, judgement: Judgement
) -> Check:
    """Return the critic of a generation, to which its learned reward says what was played."""
    return _critic(judged(task, judgement), config, judged_look(look, judgement), sandbox)


def _trainer(
    config: RunConfig,
    folder: RunFolder,
    log: EventLog,
    recording: TrajectoryBatch,
    stop: threading.Event,
    sandbox: RewardSandbox,
    *,
    gpu: bool,
) -> Trainer:
    """Return the run's trainer, which pays recorded steps again by each saved reward after its training."""
    trainer = make_trainer(
        config.training.trainer,
        sandbox,
        scratch=folder.scratch,
        parallel=config.training.parallel,
        stop=stop,
        notify=lambda text: log.append(Notice(text=text)),
        gpu=gpu,
        worlds=config.training.worlds,
        unsafe=config.isolation.unsafe,
    )
    return AuditedTrainer(
        trainer,
        sandbox,
        saved=lambda job: None if job.name in BASELINES else folder.candidate(job.name) / "reward.py",
        recording=recording,
        on_device=gpu,
    )


def _study(
    task: Task, config: RunConfig, recording: TrajectoryBatch, sandbox: RewardSandbox, models: RunModels
) -> PolicyStudy | None:
    """Return how parents' policies are looked at; None where no prompt would tell it."""
    if config.model.name == OFFLINE_MODEL or not config.search.reflection:
        return None
    evaluator = partial(_evaluator, task, sandbox, recording.rows)
    measure, pay = PolicyMeasurement(task, recording, evaluator), EpisodePayment(evaluator)
    analyst = analyst_of(task, config, models.analyzer, untrained(recording, task.safety_signals))
    observe = PolicyObserver(task, recording.trajectories, pay)
    return PolicyStudy(measure, pay, observe, analyst, models.analyzer.max_parallel if models.analyzer else 1)


@contextmanager
def _evaluator(task: Task, sandbox: RewardSandbox, rows: int, reward: Coded) -> Iterator[Evaluate]:
    with RewardEvaluator(reward, task=task, sandbox=sandbox, rows=rows) as evaluate:
        yield evaluate.batch


def _device(task: Task, config: RunConfig, log: EventLog) -> DeviceChoice:
    """Return what the run trains on; one that goes on keeps what it began with, so that scores compare."""
    begun = next((event.device for event in log.events if isinstance(event, RunStarted)), None)
    asked = begun.platform if begun else config.training.device
    return choose_device(asked, config.training.trainer, task, fresh=config.training.init_policy is None)


def _journal_start(
    task: Task,
    config: RunConfig,
    folder: RunFolder,
    log: EventLog,
    state: RunState,
    sandbox: RewardSandbox,
    why: str,
    device: DeviceChoice,
) -> None:
    cores = min(config.training.parallel or usable_cores(), usable_cores())
    held, versions, facts = sandbox.report, installed_versions(), TaskFacts.of(task, config)
    if state.config:
        told = facts if state.facts is None else None
        log.append(RunResumed(isolation=held, versions=versions, cores=cores, facts=told))
        return
    import tomli_w

    resolved = config.to_toml()
    write_atomic(folder.config, tomli_w.dumps(resolved, multiline_strings=True))
    run_id, journalled_config = new_run_id(), config.to_json()
    # First the record, then the event: a log that has begun is recorded as this person's, or says otherwise.
    recorded = record_run(run_id, journalled_config, folder.root)
    log.append(
        RunStarted(
            config=journalled_config,
            digest=config.digest(),
            run_id=run_id,
            model_because=why,
            halving=early_stops.rule_of(config),
            saved_steps_pay=early_stops.saved_steps_pay(config),
            evaluation=evaluation_of(task),
            device=device,
            isolation=held,
            versions=versions,
            cores=cores,
            facts=facts,
        )
    )
    if not recorded:
        log.append(Notice(text=NOT_RECORDED))
    for text in task.notices:
        log.append(Notice(text=text))


def _say_first(task: Task, config: RunConfig, log: EventLog, look: FirstLook, device: DeviceChoice) -> None:
    """Say what a first look noticed, and how long the run will take, as far as that is known.

    Earlier trainings on the task tell the time, or the pace of its environment where it has no batched
    simulator.
    """
    for text in look.notices:
        log.append(Notice(text=text))
    known = remembered_pace(conditions_of(task, config, device.platform))
    if known is not None:
        log.append(Notice(text=expected_time(task, config, steps_a_second=known)))
        return
    pace = look.steps_a_second
    if pace is None or device.platform == "gpu" or SimulatorFactory(task).batched:
        return
    each = config.training.trainer == "sb3"
    parallel = (config.training.parallel or usable_cores()) if each else 1
    log.append(Notice(text=expected_stepping_time(task, config, steps_a_second=pace, parallel=parallel)))


def conditions_of(task: Task, config: RunConfig, platform: str) -> Conditions:
    """Return what a run's pace depends on."""
    cores = config.training.parallel or usable_cores()
    worlds = config.training.worlds if platform == "gpu" else None
    return Conditions(task, config.training.trainer, platform, cores, worlds)


def _proposer(
    task: Task,
    config: RunConfig,
    models: Sequence[LanguageModel],
    recording: TrajectoryBatch,
    restart: int,
) -> Proposer:
    seed = seed_for(config.seed, "proposals", restart)
    if config.model.name == OFFLINE_MODEL:
        # What was learned is added to all that it proposes.
        return Search(without(task), seed=seed, ranges=_ranges(recording))
    return proposer_of(task, config, models, seed=seed, untrained=untrained(recording, task.safety_signals))


def _ranges(recording: TrajectoryBatch) -> dict[str, tuple[Any, Any, Any]]:
    """Return what random actions reach of each signal: (low, high, standard deviation) per element."""
    flat = {
        name: array.reshape(-1, *array.shape[2:]).astype(np.float64)
        for name, array in recording.signals.items()
    }
    return {name: (rows.min(axis=0), rows.max(axis=0), rows.std(axis=0)) for name, rows in flat.items()}


def _paid(task: Task, look: FirstLook, sandbox: RewardSandbox) -> Paid:
    """Return what says, for a reviewer, what a reward pays scripted behaviours."""
    pay = paying(task, sandbox)
    return lambda source: payment_lines(paid_behaviours(task, source, look.scripted, pay))


def _critic(task: Task, config: RunConfig, look: FirstLook, sandbox: RewardSandbox) -> Check:
    if not config.critic.enabled:
        return Critic([])
    recorded, pay = RecordedPolicies(), paying(task, sandbox)
    return Critic(
        [
            StaticCheck(task),
            ProbeCheck(task, look.recording, sandbox),
            BehaviourCheck(task, look.scripted, pay, recorded),
            RankingCheck(task, pay, recorded),
        ]
    )
