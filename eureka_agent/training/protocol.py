"""The messages between a trainer and its children, over one channel: validated, without pickles.

The first message goes to the child and says all that is to be done; descriptors of reward workers come with
it. Back come `CheckpointReached` as often as there are checkpoints, and once a job `Finished` or `Failed`: by
then the job's result file is complete, and it alone counts. `DoesNotFit` means that nothing was trained. A
job with a learned reward asks (`Asked`) as it likes; answers (`Answered`) go to the child as they come, in
any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from eureka_agent.intrinsic.captioning.captions import LONGEST
from eureka_agent.isolation.messages import MalformedMessageError
from eureka_agent.tasks.task import TaskRef, TrainingBudget
from eureka_agent.training.job import Curve

Caption = Annotated[str, Field(min_length=1, max_length=LONGEST)]
_LISTED = BeforeValidator(lambda json: tuple(json) if isinstance(json, list) else json)
"""A tuple is a list as it travels."""
Asking = Annotated[tuple[Caption, ...], _LISTED]
"""One caption or two."""
RewardKind = Literal["source", "native", "sparse"]
"""`source` is a reward function as text; the others are the task's own."""


class ProtocolMessage(BaseModel):
    """Whatever is said; unknown words are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="constants")


class WorkerReward(ProtocolMessage):
    """A generated reward that waits in a worker."""

    type: Literal["worker"] = "worker"
    handle: dict[str, Any]
    """What `RewardWorker.handle` gave."""


class TracedRewardFile(ProtocolMessage):
    """A generated reward as a program that JAX traced elsewhere; whoever loads it admits it first."""

    type: Literal["traced"] = "traced"
    source: str
    module: Path
    """The file with the program."""
    components: tuple[str, ...]


class JobRequest(ProtocolMessage):
    """One policy to be trained."""

    job: str
    folder: Path
    """Where its files go."""
    stage: str
    replicate: int
    seed: int
    kind: RewardKind
    reward: Annotated[WorkerReward | TracedRewardFile, Field(discriminator="type")] | None = None
    """Where a generated reward is found; None for the task's own."""
    first_fd: int = 0
    fds: int = 0
    """Which of the request's descriptors are this job's."""
    isolation: str = ""
    """The layers that hold a generated reward."""
    init_policy: Path | None = None
    intrinsic: dict[str, Any] | None = None
    """The learned reward that is added; see `IntrinsicPlan.to_json`."""
    races: bool = False
    """Whether it may be stopped early."""


class RaceRequest(ProtocolMessage):
    """The candidates that may be stopped early, beside those of their generation that ended before."""

    ended: tuple[tuple[str, Curve], ...]
    members: int
    """How many there are of both."""


class DeviceRequest(ProtocolMessage):
    """What to train on where that is not simply the CPU's cores."""

    platform: Literal["gpu", "cpu"]
    worlds: int | None = None
    """Worlds of each candidate; None leaves it to the task."""

    @property
    def gpu(self) -> bool:
        """Whether it is a GPU, whose driver maps more memory than it uses."""
        return self.platform == "gpu"


class TrainRequest(ProtocolMessage):
    """Jobs of equal budgets, to be trained in one child."""

    type: Literal["train"] = "train"
    task: TaskRef
    budget: TrainingBudget
    algorithm: dict[str, Any]
    jobs: tuple[JobRequest, ...]
    env_steps: int
    threads: int
    cores: int = Field(default=1, ge=1)
    """How many processes of the child may step environments at once."""
    cache: Path | None = None
    """Where compiled programs are kept."""
    race: RaceRequest | None = None
    preferences: dict[str, Any] | None = None
    """What scores behaviour in the place of the task's fitness; see `PreferenceFitness.to_json`."""
    device: DeviceRequest | None = None


class LearnedSoFar(ProtocolMessage):
    """How a learned reward does."""

    labels: int = Field(ge=0)
    captions: int = Field(ge=0)
    """Distinct ones that were encountered, as far as they are remembered."""
    paid: float = Field(ge=0.0, le=1.0)
    """Share of the last rollout's steps whose learned reward is not 0."""
    accuracy: float | None = Field(default=None, ge=0.0, le=1.0)
    """Share of held-out labels that it gets right; None where none are held out."""
    newest: int = Field(default=0, ge=0)
    """The newest labels, as far as it expected an answer before it learned from them."""
    newest_expected: float | None = Field(default=None, ge=0.0, le=1.0)
    """Share of them that were as it expected; None where there are none."""


class CheckpointReached(ProtocolMessage):
    """A policy was evaluated."""

    type: Literal["checkpoint_reached"] = "checkpoint_reached"
    job: str
    checkpoint: int = Field(ge=0)
    """Index, increasing; a training that begins anew in the same child says nothing twice."""
    env_steps: int = Field(ge=0, le=10**15)
    """Training steps so far."""
    fitness: float = Field(allow_inf_nan=False)
    """Mean over the evaluation episodes, in the task's own units and direction."""
    error: float = Field(ge=0.0, allow_inf_nan=False)
    """Standard error of that mean."""
    learned: LearnedSoFar | None = None


class Finished(ProtocolMessage):
    """A policy was trained."""

    type: Literal["finished"] = "finished"
    job: str


class Failed(ProtocolMessage):
    """A training produced no policy; its result file says why."""

    type: Literal["failed"] = "failed"
    job: str


class DoesNotFit(ProtocolMessage):
    """Not enough memory for all jobs at once."""

    type: Literal["does_not_fit"] = "does_not_fit"
    fitting: int = Field(ge=1)
    """Number of jobs that fit into memory."""


class AskedQuestion(ProtocolMessage):
    """A caption to be judged, or two to be compared."""

    captions: Asking = Field(min_length=1, max_length=2)
    variant: str = Field(default="", max_length=64)


class Asked(ProtocolMessage):
    """What a job's learned reward would have answered, the most wanted first."""

    type: Literal["asked"] = "asked"
    job: str
    questions: Annotated[tuple[AskedQuestion, ...], _LISTED] = Field(min_length=1, max_length=1024)


class Answered(ProtocolMessage):
    """What an annotator says to a question; goes to the child that asked it."""

    type: Literal["answered"] = "answered"
    job: str
    captions: Asking = Field(min_length=1, max_length=2)
    variant: str = Field(default="", max_length=64)
    value: float = Field(ge=0.0, le=1.0, allow_inf_nan=False)
    votes: int = Field(default=1, ge=1)


FromChild = CheckpointReached | Finished | Failed | DoesNotFit | Asked
_FROM_CHILD: TypeAdapter[FromChild] = TypeAdapter(Annotated[FromChild, Field(discriminator="type")])


def from_child(message: Mapping[str, Any]) -> FromChild:
    """Read what a child said; raises MalformedMessageError for anything that none may say."""
    try:
        return _FROM_CHILD.validate_python(message, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part)[:40] for part in first["loc"])
        raise MalformedMessageError(
            f"what is no message of a trainer ({where}: {first['msg'][:200]})"
        ) from error


def to_json(message: ProtocolMessage) -> dict[str, Any]:
    """Return a message as it travels."""
    return message.model_dump(mode="json")
