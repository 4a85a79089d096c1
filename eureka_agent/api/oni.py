"""`oni`: policies trained with a reward that is learned online from an annotator's labels of captions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from eureka_agent.analysis.statistics import t_interval
from eureka_agent.api.annotating import make_annotator
from eureka_agent.api.caption_pictures import PICTURE, draw_captions
from eureka_agent.api.check import Env, reward_of
from eureka_agent.api.train import Training
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.escaping import one_line
from eureka_agent.intrinsic.annotators import SourcedAnnotator
from eureka_agent.intrinsic.asking import Asking, AskingStatistics, AsynchronousAnnotation, Notice
from eureka_agent.intrinsic.backlog import Backlog
from eureka_agent.intrinsic.cached import Cached
from eureka_agent.intrinsic.kinds import ASKS_NOBODY
from eureka_agent.intrinsic.label_cache import LabelCache
from eureka_agent.intrinsic.options import IntrinsicOptions
from eureka_agent.intrinsic.paid_captions import PaidCaption
from eureka_agent.intrinsic.replayed import Replayed
from eureka_agent.intrinsic.rules import Predicate
from eureka_agent.intrinsic.standing import Standing
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.llm.budgeted import BudgetedModel
from eureka_agent.rewards.reward import Coded, Native
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.annotation_desk import AnnotationDesk
from eureka_agent.training.job import OnCheckpoint, Outcome, Trainer, TrainingFailure, TrainingJob
from eureka_agent.training.learned_rewards import CAPTIONS, STATE, read_paid, read_standing
from eureka_agent.training.policies import saved_policy
from eureka_agent.training.protocol import CheckpointReached
from eureka_agent.training.trainers import make_trainer

LABELS = "labels.jsonl"
NO_REWARD = "none"
"""The name of no reward beside the learned one."""
NOBODY = "none"
"""The name of no annotator, where nobody is asked."""


@dataclass(frozen=True)
class OniProgress:
    """A policy was evaluated."""

    replicate: int
    reached: CheckpointReached
    asking: AskingStatistics


@dataclass(frozen=True)
class OniReport:
    """The report of `oni`."""

    task: str
    goal: str
    annotator: str
    model_kind: str
    reward: str
    fitness_summary: str
    trainings: tuple[Training, ...]
    asking: AskingStatistics
    known: int
    """Answers that nobody had to be asked for."""
    labels: Path
    """Everything that was answered, for `labels:<this file>` in the annotator's place."""
    notices: tuple[str, ...] = ()
    requests: int = 0
    """Requests to a language model."""
    cost_usd: float | None = 0.0
    """What they cost; None where a price is not known."""

    @property
    def summary(self) -> str:
        """Mean fitness over seeds with its interval."""
        values = [t.fitness for t in self.trainings if t.fitness is not None]
        return str(t_interval(values)) if values else "undefined: every training failed"

    def captions(self, replicate: int = 0) -> list[PaidCaption]:
        """Return the captions that a training encountered, the best paid first; ConfigError if it failed."""
        return read_paid(self._folder(replicate))[1]

    def standing(self, replicate: int = 0) -> Standing:
        """Return how far a training's model is to be believed, as labels tell; ConfigError if it failed."""
        return read_standing(self._folder(replicate))

    def _folder(self, replicate: int) -> Path:
        one = self.trainings[replicate]
        if one.failure:
            raise ConfigError(
                f"The training in {one.folder} left no captions: {one.failure}",
                allowed="a training that ended",
                fix="Ask for another one.",
            )
        return one.folder


def oni(
    task: str,
    *,
    goal: str,
    annotator: str | SourcedAnnotator = NOBODY,
    learned: IntrinsicOptions | None = None,
    reward: Path | str = NO_REWARD,
    seeds: int = 1,
    seed: int = 0,
    env_steps: int | None = None,
    output: Path | str = "oni",
    labels: Path | str | None = None,
    budget_usd: float | None = None,
    most_requests: int | None = 3_000,
    trainer: str = "population",
    parallel: int | None = None,
    env: Env = None,
    envs: Path | None = None,
    unsafe_isolation: bool = False,
    on_progress: Callable[[OniProgress], object] = lambda _: None,
    stop: threading.Event | None = None,
) -> OniReport:
    """Train `seeds` policies with a reward learned from labels of captions (arXiv 2410.23022).

    Captions are written of what policies encounter; `annotator` judges by the sentence `goal` which of them
    are helpful, beside the training and never in its way; a model learns from the labels, and pays, as
    `learned` says. Every training has a model of its own; what one of them asked is not asked again for
    another. The annotator is `rules:<file.toml>`, `labels:<file.jsonl>`, a language model as after `--model`,
    or an object of yours, e.g. `eureka_agent.intrinsic.Predicate`. `reward` is paid beside the learned one: a
    file, `sparse`, `native`, `reference`, or `none`. What is answered is kept in the file `labels`, by
    default `labels.jsonl` under `output`, and known the next time. `budget_usd` and `most_requests` limit
    what a language model may cost; None is no limit.

    Raises:
        ConfigError: a kind of model, a coefficient, an annotator or a reward that there is not.
    """
    chosen, goal = find_task(task, env=env, envs=envs), one_line(goal)
    beside = Native() if str(reward) == NO_REWARD else reward_of(chosen, str(reward))
    plan = (learned or IntrinsicOptions()).plan(
        chosen, goal, coded=isinstance(beside, Coded), paid=str(reward) != NO_REWARD
    )
    root = Path(output)
    root.mkdir(parents=True, exist_ok=True)
    cache = LabelCache(Path(labels) if labels is not None else root / LABELS)
    cache.begin()
    who, model = _annotator(
        annotator, goal, folder=root, labels=cache, about=plan.captioning.legend, budget_usd=budget_usd,
        most_requests=most_requests, asked=plan.kind not in ASKS_NOBODY,
    )  # fmt: skip
    for old in (path for name in (STATE, CAPTIONS, PICTURE) for path in root.glob(f"seed-*/{name}")):
        old.unlink()  # a training that fails must not show those of an earlier one
    jobs = [
        TrainingJob(
            "oni", "train", replicate, seed_for(seed, "train", replicate), beside, root / f"seed-{replicate}",
            env_steps or chosen.budget.env_steps, intrinsic=plan,
        )
        for replicate in range(seeds)
    ]  # fmt: skip
    notices: list[str] = []
    with RewardSandbox(unsafe=unsafe_isolation) as sandbox, _asking(who, model, notices.append) as asking:
        desk = AnnotationDesk(asking, look_up=who.look_up)
        made = make_trainer(
            trainer, sandbox, scratch=root / "tmp", parallel=parallel, stop=stop or threading.Event(),
            unsafe=unsafe_isolation, notify=notices.append, desk=desk,
        )  # fmt: skip
        outcomes = _outcomes(made, chosen, jobs, partial(_told, on_progress, asking))
        asked = asking.statistics()
    trainings = tuple(_training(job, outcome) for job, outcome in zip(jobs, outcomes, strict=True))
    notices += _drawn(trainings)
    return OniReport(
        chosen.name, goal, who.name, plan.kind, str(reward), chosen.fitness.summary, trainings, asked,
        desk.known + asked.known, cache.path or root / LABELS,
        tuple(dict.fromkeys([*notices, *_of_labels(cache, who)])), *_spent(model),
    )  # fmt: skip


def _annotator(
    given: str | SourcedAnnotator, goal: str, *, labels: LabelCache, asked: bool, **options: Any
) -> tuple[Cached | Replayed, BudgetedModel | None]:
    if given == NOBODY and not asked:
        return Cached(Predicate(NOBODY, lambda _: 0.0, goal), labels), None
    if isinstance(given, str):
        return make_annotator(given, goal, labels=labels, **options)
    return Cached(given, labels), None


def _outcomes(
    trainer: Trainer, task: Task, jobs: Sequence[TrainingJob], on_checkpoint: OnCheckpoint
) -> list[Outcome | None]:
    try:
        return trainer.train(
            task, jobs, on_start=lambda _: None, on_outcome=lambda *_: None, on_checkpoint=on_checkpoint
        )
    finally:
        trainer.close()


@contextmanager
def _asking(annotator: SourcedAnnotator, model: BudgetedModel | None, notice: Notice) -> Iterator[Asking]:
    """Ask the annotator in a thread of its own, until the trainings are over."""
    asking = AsynchronousAnnotation(annotator, Backlog(), notice=notice)
    try:
        yield asking
    finally:
        asking.close()
        asking.collect()  # what it has to tell
        if model is not None:
            model.close()


def _told(
    on_progress: Callable[[OniProgress], object], asking: Asking, job: TrainingJob, reached: CheckpointReached
) -> None:
    on_progress(OniProgress(job.replicate, reached, asking.statistics()))


def _training(job: TrainingJob, outcome: Outcome | None) -> Training:
    if outcome is None:
        return Training(job.seed, job.folder, failure="not started")
    if isinstance(outcome, TrainingFailure):
        return Training(job.seed, job.folder, failure=f"{outcome.status}: {outcome.reason}")
    policy = saved_policy(job.folder)
    return Training(job.seed, job.folder, outcome.fitness, outcome.env_steps, outcome.wall_s, policy=policy)


def _drawn(trainings: Sequence[Training]) -> Iterator[str]:
    """Draw the captions of trainings beside their tables; yield why one could not be."""
    for one in (one for one in trainings if not one.failure):
        try:
            draw_captions(one.folder, one.folder / PICTURE)
        except StoreError as error:  # the training has ended, and its result stands
            yield error.what


def _of_labels(cache: LabelCache, annotator: Cached | Replayed) -> Iterator[str]:
    if cache.damaged:
        yield f"{cache.damaged} lines of {cache.path} are no labels, and were left out."
    if isinstance(annotator, Cached) and annotator.unwritten:
        yield f"Labels were used and could not be kept: {annotator.unwritten}"


def _spent(model: BudgetedModel | None) -> tuple[int, float | None]:
    return (0, 0.0) if model is None else (model.requests, model.cost_usd)
