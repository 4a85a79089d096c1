"""`oni`: policies trained with a reward that is learned online from an annotator's labels of captions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from eureka_agent.analysis.statistics import t_interval
from eureka_agent.api.annotators import (
    LABELS,
    Annotators,
    Given,
    annotators_of,
    listed,
    variants_of,
)
from eureka_agent.api.caption_pictures import PICTURE, draw_captions
from eureka_agent.api.check import Env, reward_of
from eureka_agent.api.examining import AnnotatorReport, Examination
from eureka_agent.api.train import Training
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.escaping import one_line
from eureka_agent.intrinsic.annotation.annotator_options import AnnotatorOptions
from eureka_agent.intrinsic.annotation.asking import Asking, AskingStatistics, AsynchronousAnnotation, Notice
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.rules import Predicate
from eureka_agent.intrinsic.annotation.softening import Softened
from eureka_agent.intrinsic.captioning.paid_captions import PaidCaption
from eureka_agent.intrinsic.models.kinds import ASKS_NOBODY
from eureka_agent.intrinsic.models.standing import Standing
from eureka_agent.intrinsic.options import IntrinsicOptions
from eureka_agent.intrinsic.plan import IntrinsicPlan
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded, Native, Reward
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task, TaskRef
from eureka_agent.training.annotation_desk import AnnotationDesk
from eureka_agent.training.job import OnCheckpoint, Outcome, Trainer, TrainingFailure, TrainingJob
from eureka_agent.training.learned_rewards import CAPTIONS, STATE, read_paid, read_standing
from eureka_agent.training.policies import saved_policy
from eureka_agent.training.protocol import CheckpointReached
from eureka_agent.training.trainers import make_trainer

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
    coefficient: float = 1.0
    """What the learned reward is multiplied by now."""
    seconds: float = 0.0
    """Since the trainings began."""

    @property
    def labels_a_second(self) -> float:
        """Answers since the trainings began, to whichever of them."""
        return self.asking.answered / self.seconds if self.seconds > 0.0 else 0.0


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
    annotators: tuple[AnnotatorReport, ...] = ()
    """How far each annotator is to be believed."""

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
    task: str | TaskRef | Path,
    *,
    goal: str,
    annotator: Given | Sequence[Given] = NOBODY,
    annotation: AnnotatorOptions | None = None,
    learned: IntrinsicOptions | None = None,
    reward: Path | str = NO_REWARD,
    seeds: int = 1,
    seed: int = 0,
    env_steps: int | None = None,
    output: Path | str = "oni",
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
    or an object of yours, e.g. `eureka_agent.intrinsic.Predicate`; of several, and of several wordings, each
    has its own members of an ensemble. `annotation` says how they are asked, what it may cost, and where
    answers are kept, to be known the next time. `reward` is paid beside the learned one: a file, `sparse`,
    `native`, `reference`, or `none`.

    Raises:
        ConfigError: a kind of model, a coefficient, an annotator or a reward that there is not; or an
            annotator that was to be examined and contradicts itself.
    """
    chosen, goal, root = find_task(task, env=env, envs=envs), one_line(goal), Path(output)
    annotation, stop = annotation or AnnotatorOptions(), stop or threading.Event()
    beside = Native() if str(reward) == NO_REWARD else reward_of(chosen, str(reward))
    plan = (learned or IntrinsicOptions()).plan(
        chosen, goal, coded=isinstance(beside, Coded), paid=str(reward) != NO_REWARD,
        variants=variants_of(annotator, annotation.wordings),
    )  # fmt: skip
    jobs = _jobs(beside, plan, root, env_steps or chosen.budget.env_steps, seed=seed, seeds=seeds)
    means = _Means(trainer, root / "tmp", parallel, stop, unsafe_isolation)
    with _annotators(annotator, goal, annotation, plan, root) as who:
        notices: list[str] = []
        examination = Examination(who, plan, annotation.check, seed=seed, notice=notices.append, stop=stop)
        examination.before(chosen)
        outcomes, asked = _trained(chosen, jobs, who, means, on_progress, notices.append)
        notices.extend(_of_nothing(asked))
        trainings = tuple(_training(job, outcome) for job, outcome in zip(jobs, outcomes, strict=True))
        examination.after(_met(trainings))
        notices.extend(_drawn(trainings))
        return OniReport(
            chosen.name, goal, who.annotator.name, plan.kind, str(reward), chosen.fitness.summary, trainings,
            asked.asking, asked.known, who.cache.path or root / LABELS,
            tuple(dict.fromkeys([*notices, *who.notices()])), *who.spent, examination.reports(),
        )  # fmt: skip


def _jobs(
    beside: Reward, plan: IntrinsicPlan, root: Path, env_steps: int, *, seed: int, seeds: int
) -> list[TrainingJob]:
    return [
        TrainingJob(
            "oni", "train", replicate, seed_for(seed, "train", replicate), beside, root / f"seed-{replicate}",
            env_steps, intrinsic=plan,
        )
        for replicate in range(seeds)
    ]  # fmt: skip


@contextmanager
def _annotators(
    given: Given | Sequence[Given], goal: str, options: AnnotatorOptions, plan: IntrinsicPlan, root: Path
) -> Iterator[Annotators]:
    """Make the annotators, who are closed at the end; what an earlier training left in `root` is removed."""
    root.mkdir(parents=True, exist_ok=True)
    if listed(given) == [NOBODY] and plan.kind in ASKS_NOBODY:
        given = Predicate(NOBODY, lambda _: 0.0, goal)
    with closing(annotators_of(given, goal, options, folder=root, about=plan.captioning.legend)) as who:
        for old in (path for name in (STATE, CAPTIONS, PICTURE) for path in root.glob(f"seed-*/{name}")):
            old.unlink()  # a training that fails must not show those of an earlier one
        yield who


class _Means(NamedTuple):
    """What trainings are made with; see `make_trainer`."""

    trainer: str
    scratch: Path
    parallel: int | None
    stop: threading.Event
    unsafe: bool


class _Asked(NamedTuple):
    """What became of all questions."""

    asking: AskingStatistics
    known: int


def _trained(
    task: Task,
    jobs: Sequence[TrainingJob],
    who: Annotators,
    means: _Means,
    on_progress: Callable[[OniProgress], object],
    notice: Notice,
) -> tuple[list[Outcome | None], _Asked]:
    """Train, while the annotators are asked in a thread of its own."""
    with RewardSandbox(unsafe=means.unsafe) as sandbox, _asking(who, notice) as asking:
        desk = AnnotationDesk(Softened(asking, who.softening), look_up=who.look_up)
        made = make_trainer(
            means.trainer, sandbox, scratch=means.scratch, parallel=means.parallel, stop=means.stop,
            unsafe=means.unsafe, notify=notice, desk=desk,
        )  # fmt: skip
        outcomes = _outcomes(made, task, jobs, partial(_told, on_progress, asking, time.monotonic()))
        asked = asking.statistics()
    return outcomes, _Asked(asked, desk.known + asked.known)


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
def _asking(who: Annotators, notice: Notice) -> Iterator[Asking]:
    """Ask the annotators in a thread of its own, until the trainings are over."""
    asking = AsynchronousAnnotation(who.annotator, Backlog(), batch=who.batch, notice=notice)
    try:
        yield asking
    finally:
        asking.close()
        asking.collect()  # what it has to tell


def _told(
    on_progress: Callable[[OniProgress], object],
    asking: Asking,
    began: float,
    job: TrainingJob,
    reached: CheckpointReached,
) -> None:
    done = min(1.0, reached.env_steps / job.env_steps)
    coefficient = 1.0 if job.intrinsic is None else float(job.intrinsic.coefficients.intrinsic(done))
    now = time.monotonic() - began
    on_progress(OniProgress(job.replicate, reached, asking.statistics(), coefficient, now))


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


def _of_nothing(asked: _Asked) -> Iterator[str]:
    """Say so where an annotator was slower than the training."""
    if asked.asking.asked and not (asked.known or asked.asking.answered or asked.asking.given_up):
        yield (
            "The training was over before the first answer came, and learned from none: train longer, or ask "
            "a faster annotator."
        )


def _met(trainings: Sequence[Training]) -> list[str]:
    """Return the captions that policies met in trainings, each once."""
    told = [read_paid(one.folder)[1] for one in trainings if not one.failure]
    return list(dict.fromkeys(row.caption for rows in told for row in rows))
