"""Learned rewards inside a training child: made for its jobs, and written beside their results."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from eureka_agent.arrays import write_arrays
from eureka_agent.errors import TrainingError
from eureka_agent.files import write_json
from eureka_agent.intrinsic.annotation.asks import Asks
from eureka_agent.intrinsic.captioning.paid_captions import PaidCaption
from eureka_agent.intrinsic.frozen import NobodyAsks
from eureka_agent.intrinsic.judgement_file import read_judgement, with_judgement
from eureka_agent.intrinsic.learned import LearnedReward, Tally
from eureka_agent.intrinsic.models.model import IntrinsicReward
from eureka_agent.intrinsic.models.standing import Standing
from eureka_agent.intrinsic.plan import IntrinsicPlan
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.task import Task
from eureka_agent.training.asking_parent import Answers, AskingParent
from eureka_agent.training.intrinsic_provider import IntrinsicProvider
from eureka_agent.training.protocol import Answered, Asked, JobRequest, LearnedSoFar
from eureka_agent.training.reward_provider import RewardProvider

STATE = "intrinsic.npz"
CAPTIONS = "captions.json"


class Channel(Protocol):
    """The part of `ParentChannel` that is needed."""

    def tell(self, message: Asked) -> None:
        """Send a message to the parent."""
        ...

    def listen(self, take: Callable[[Answered], object]) -> None:
        """Pass on every answer of the parent."""
        ...


class LearnedRewards:
    """The learned rewards of a child's jobs; each job has its own, and asks for itself."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._answers: Answers | None = None

    def beside(self, base: RewardProvider, job: JobRequest, task: Task, num_envs: int) -> IntrinsicProvider:
        """Return a provider that adds a job's learned reward, which begins anew, to `base`."""
        plan = IntrinsicPlan.from_json(job.intrinsic or {})
        model, asks = self._snapshot(plan, task) if plan.snapshot else self._new(plan, job)
        captioner = plan.captioning.captioner(task)
        learned = LearnedReward(model, asks, num_envs=num_envs, beta=plan.beta, captioner=captioner)
        return IntrinsicProvider(
            base, learned, captioner, plan.coefficients, coded=job.kind == "source",
            features=plan.captioning.features,
        )  # fmt: skip

    @staticmethod
    def _snapshot(plan: IntrinsicPlan, task: Task) -> tuple[IntrinsicReward, Asks]:
        model = read_judgement(Path(plan.snapshot), task).model
        assert model is not None  # a file has one
        return model, NobodyAsks()

    def _new(self, plan: IntrinsicPlan, job: JobRequest) -> tuple[IntrinsicReward, Asks]:
        if self._answers is None:
            self._answers = Answers()
            self._channel.listen(self._answers.put)
        model = plan.model(seed_for(job.seed, "intrinsic"))
        return model, AskingParent(job.job, self._channel.tell, self._answers)


def as_judged(task: Task, jobs: Sequence[JobRequest]) -> Task:
    """Return a task whose steps are judged by the jobs' snapshot, where they have one.

    Raises TrainingError where they have several: signals are measured once for all jobs.
    """
    plans = [IntrinsicPlan.from_json(job.intrinsic) for job in jobs if job.intrinsic is not None]
    snapshots = {plan.snapshot for plan in plans if plan.snapshot}
    if not snapshots:
        return task
    if len(snapshots) > 1 or len(plans) < len(jobs):
        raise TrainingError(
            "Jobs with different snapshots of labels cannot be trained together.",
            allowed="jobs that all have the same",
            fix="Train those of each generation by themselves.",
        )
    return with_judgement(task, snapshots.pop())


def so_far(provider: RewardProvider) -> LearnedSoFar | None:
    """Return how a provider's learned reward does; None where it has none."""
    if not isinstance(provider, IntrinsicProvider):
        return None
    learned = provider.learned
    return LearnedSoFar(
        labels=learned.tally.labels,
        captions=len(learned.captions),
        paid=learned.tally.lately,
        accuracy=learned.accuracy,
        newest=learned.recent.n,
        newest_expected=learned.recent.share if learned.recent.n else None,
    )


def write_learned(folder: Path, learned: LearnedReward) -> None:
    """Write what was learned and which captions were encountered; StoreError if the disk does not take it."""
    write_arrays(folder / STATE, learned.state_dict())
    rows = [asdict(row) for row in learned.paid_captions()]
    told = {"tally": asdict(learned.tally), "standing": asdict(learned.standing), "captions": rows}
    write_json(folder / CAPTIONS, told)


def read_paid(folder: Path) -> tuple[Tally, list[PaidCaption]]:
    """Return what `write_learned` wrote of the captions, the best paid first."""
    told = json.loads((folder / CAPTIONS).read_text())
    return Tally(**told["tally"]), [PaidCaption(**row) for row in told["captions"]]


def read_standing(folder: Path) -> Standing:
    """Return how far the model was to be believed when `write_learned` wrote it."""
    return Standing.from_json(json.loads((folder / CAPTIONS).read_text())["standing"])
