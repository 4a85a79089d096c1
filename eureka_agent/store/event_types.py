"""Every kind of event that a log holds, and how one is read: a misspelt kind or field is an error.

An event of format 1 is brought into the present format first (`upgrading.py`); format 2 only lacked some of
the kinds. Newer formats are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, Literal, get_args

from pydantic import BaseModel, Field, ValidationError, model_validator

from eureka_agent.archive.candidate import Candidate, is_candidate_id
from eureka_agent.errors import StoreError
from eureka_agent.escaping import one_line
from eureka_agent.isolation.layers import IsolationReport
from eureka_agent.store.checked import Json
from eureka_agent.store.fields import (
    STRICT,
    CandidateField,
    CandidateName,
    ConfigTable,
    Count,
    EvaluationField,
    FactsField,
    Number,
    Place,
    RunId,
    Stage,
    Table,
    Text,
    TrainedName,
)
from eureka_agent.store.journalled import candidate_to_json
from eureka_agent.store.judged import CaptionLabel, MetCaption
from eureka_agent.store.preferred import EpisodeFeatures, FeatureSetField, Numbers, Rescored
from eureka_agent.store.records import (
    AnalystReport,
    Confirmation,
    DeviceChoice,
    DraftedOut,
    Duel,
    EvaluationPlan,
    Judgement,
    PolicyStats,
    Reply,
    RequestKey,
    RequestKeyField,
    Slot,
)
from eureka_agent.store.said import SaidField
from eureka_agent.store.upgrading import upgraded

FORMAT_VERSION = 3
"""Version of the log's format; raised when an older program could misread a newer log."""

Curve = tuple[tuple[Number, Number], ...]
"""Fitness at each checkpoint, and its standard error."""

_NOT_UNDERSTOOD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What a value that nobody wrote may raise where it is read."""


class _Event(BaseModel):
    """What all events have; `seq` and `time` are set by the log when it takes an event."""

    model_config = STRICT

    v: int = FORMAT_VERSION
    """The format of the line that it was read from."""
    seq: int = 0
    """Number of the line, from 0."""
    time: Number = 0.0
    """Seconds since the epoch."""


class RunStarted(_Event):
    """The first event, but for notices."""

    type: Literal["run_started"] = "run_started"
    config: ConfigTable
    digest: Text
    run_id: RunId | None = None
    """Under which the run's person may have noted it; runs of the first days have none."""
    model_because: Text = ""
    """Why this model was taken."""
    halving: dict[str, Number] | None = None
    """The rule by which candidates are stopped early; None where all are trained to the end."""
    saved_steps_pay: bool = False
    """Whether steps that early stops save pay for second seeds; they did not in earlier versions."""
    evaluation: EvaluationPlan | None = None
    """None in logs of earlier versions: as the task says."""
    device: DeviceChoice | None = None
    isolation: IsolationReport | None = None
    versions: dict[str, Text] = Field(default_factory=dict)
    """What is installed of what results depend on."""
    cores: Place | None = None
    """Processor cores that train; None in logs of earlier versions."""
    facts: FactsField | None = None


class RunResumed(_Event):
    """Another process goes on with the run."""

    type: Literal["run_resumed"] = "run_resumed"
    isolation: IsolationReport | None = None
    versions: dict[str, Text] = Field(default_factory=dict)
    cores: Place | None = None
    facts: FactsField | None = None
    """Set where the log did not hold them yet."""


class Notice(_Event):
    """Something that a person should know of how candidates were proposed or trained."""

    type: Literal["notice"] = "notice"
    text: Text


class GenerationPlanned(_Event):
    """The slots of a generation; nothing more is needed to fill them but the archive."""

    type: Literal["generation_planned"] = "generation_planned"
    generation: Place
    slots: tuple[Slot, ...]

    @model_validator(mode="after")
    def _in_their_places(self) -> GenerationPlanned:
        for place, slot in enumerate(self.slots):
            if (slot.generation, slot.index) != (self.generation, place) or not is_candidate_id(slot.id):
                raise ValueError(f"slot {place} of generation {self.generation} cannot be {slot.id}")
        return self

    @property
    def whole(self) -> bool:
        """Whether the slots say all that there is to know; those of format 1 do not."""
        return self.v > 1


class RequestSent(_Event):
    """A language model was asked: from here on it may have been billed."""

    type: Literal["request_sent"] = "request_sent"
    key: RequestKeyField
    model: Text
    reserved_usd: Number | None
    """What it can cost at most; None where that is not known."""


class RequestFailed(_Event):
    """There will be no reply."""

    type: Literal["request_failed"] = "request_failed"
    key: RequestKeyField
    lost: Place
    """Attempts that may have been billed."""
    reason: Text


class ReplyReceived(_Event):
    """A language model answered."""

    type: Literal["reply_received"] = "reply_received"
    key: RequestKeyField
    reply: Reply


class PolicyMeasured(_Event):
    """What a candidate's kept policy encounters was asked of a reward worker, for prompts about it."""

    type: Literal["policy_measured"] = "policy_measured"
    name: CandidateName
    stats: PolicyStats


class PolicyAnalyzed(_Event):
    """A language model looked at a candidate's recorded episodes."""

    type: Literal["policy_analyzed"] = "policy_analyzed"
    name: CandidateName
    report: AnalystReport


class CandidateProposed(_Event):
    """A candidate that the critic let through."""

    type: Literal["candidate_proposed"] = "candidate_proposed"
    candidate: CandidateField


class CandidateRefused(_Event):
    """A candidate that the critic refused."""

    type: Literal["candidate_refused"] = "candidate_refused"
    candidate: CandidateField


class GenerationDrafted(_Event):
    """Which of a generation's candidates are not trained, where more were asked for than are."""

    type: Literal["generation_drafted"] = "generation_drafted"
    generation: Place
    out: tuple[DraftedOut, ...]


class TrainingStarted(_Event):
    """A training began."""

    type: Literal["training_started"] = "training_started"
    name: TrainedName
    stage: Stage
    replicate: Place
    seed: Count | None


class TrainingCheckpoint(_Event):
    """A training's policy was evaluated: it changes no state, and lets a run be watched."""

    type: Literal["checkpoint_reached"] = "checkpoint_reached"
    name: TrainedName
    stage: Stage
    replicate: Place
    seed: Count | None
    checkpoint: Place
    env_steps: Count
    fitness: Number
    error: Number


class TrainingFinished(_Event):
    """A training gave a policy."""

    type: Literal["training_finished"] = "training_finished"
    name: TrainedName
    stage: Stage
    replicate: Place
    seed: Count | None
    evaluation: EvaluationField


class TrainingFailed(_Event):
    """A training gave none."""

    type: Literal["training_failed"] = "training_failed"
    name: TrainedName
    stage: Stage
    replicate: Place
    seed: Count | None
    status: Literal["failed", "timed out"]
    reason: Text
    env_steps: Count = 0
    crashed: bool = False
    curve: Curve = ()


class GenerationJudged(_Event):
    """Who leads after a generation."""

    type: Literal["generation_judged"] = "generation_judged"
    generation: Place
    judgement: Judgement


class DuelResolved(_Event):
    """Who leads after the duel that a restart's last judgement had asked for."""

    type: Literal["duel_resolved"] = "duel_resolved"
    generation: Place
    duel: Duel


class SearchStopped(_Event):
    """The search ended before its last generation."""

    type: Literal["search_stopped"] = "search_stopped"
    generation: Place | None
    reason: Text


class FinalistsNamed(_Event):
    """The search is over, and these are its best."""

    type: Literal["finalists_named"] = "finalists_named"
    names: tuple[CandidateName, ...]


class FeedbackGiven(_Event):
    """A person said something of the run."""

    type: Literal["feedback_given"] = "feedback_given"
    said: SaidField
    through: Text = ""
    """How it came: `terminal`, `command`, `dashboard`."""
    message: Text = ""
    """Name of the message in the inbox; empty where it came without one."""


class PreferencesFitted(_Event):
    """After a generation people's answers became a model, by which the whole search is scored anew."""

    type: Literal["preferences_fitted"] = "preferences_fitted"
    generation: Place
    features: FeatureSetField
    measured: tuple[EpisodeFeatures, ...]
    """Of trainings that no earlier event holds: episodes are read from files once, and files may go."""
    weights: Numbers
    """Posterior mean of the weight of each feature."""
    covariance: tuple[Numbers, ...]
    log_ties: Number
    answers: Place
    """How many it was fitted to."""
    scores: tuple[Rescored, ...]


class CaptionsPlanned(_Event):
    """How steps are captioned, and by which goal captions are judged, in all of the run."""

    type: Literal["captions_planned"] = "captions_planned"
    plan: Table
    """As `IntrinsicPlan.to_json` gives it; whoever reads it checks it."""


class CaptionsJudged(_Event):
    """The labels with which a generation's learned reward is made: they stay as they are while it trains."""

    type: Literal["captions_judged"] = "captions_judged"
    generation: Place
    annotator: Text
    labels: tuple[CaptionLabel, ...]
    """Those that no earlier event holds."""
    met: tuple[MetCaption, ...]
    """What was met most since the last generation was trained, and what is paid for it from now on."""


class RunConfirmed(_Event):
    """The finalists were compared on fresh seeds."""

    type: Literal["run_confirmed"] = "run_confirmed"
    confirmation: Confirmation


class RunFinished(_Event):
    """Everything is written."""

    type: Literal["run_finished"] = "run_finished"


Event = (
    RunStarted
    | RunResumed
    | Notice
    | GenerationPlanned
    | RequestSent
    | RequestFailed
    | ReplyReceived
    | PolicyMeasured
    | PolicyAnalyzed
    | CandidateProposed
    | CandidateRefused
    | GenerationDrafted
    | TrainingStarted
    | TrainingCheckpoint
    | TrainingFinished
    | TrainingFailed
    | GenerationJudged
    | DuelResolved
    | SearchStopped
    | FinalistsNamed
    | FeedbackGiven
    | PreferencesFitted
    | CaptionsPlanned
    | CaptionsJudged
    | RunConfirmed
    | RunFinished
)
"""Told apart by `type`."""

KINDS: dict[str, type[Event]] = {kind.model_fields["type"].default: kind for kind in get_args(Event)}
"""Each kind of event by its name."""


def parse_event(data: Mapping[str, Any]) -> Event:
    """Read a line of a log as one of `KINDS`; StoreError for what this program could not have written."""
    try:
        kind = KINDS.get(data["type"])
        if kind is None:
            raise ValueError(f"there is no such kind of event, only {', '.join(KINDS)}")
        if data["v"] == 1:
            known = upgraded(data)
            kind = KINDS[known["type"]]
            data = {name: known[name] for name in known.keys() & kind.model_fields.keys()}
        return kind.model_validate(data)
    except _NOT_UNDERSTOOD as error:
        raise misunderstood(data["seq"], data["type"], error) from error


def event_json(event: Event) -> Json:
    """Return an event as `json.dumps(..., default=plain)` takes it, its number, time and kind first."""
    first = ("v", "seq", "time", "type")
    fields = (*first, *(name for name in type(event).model_fields if name not in first))
    return {name: getattr(event, name) for name in fields}


def plain(value: object) -> Any:
    """Return a record of an event in plain values, for `json.dumps`; TypeError for anything else."""
    if isinstance(value, RequestKey):
        return str(value)
    if isinstance(value, Candidate):
        return candidate_to_json(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{value!r:.80} cannot stand in a log")


def misunderstood(seq: object, kind: str, error: Exception) -> StoreError:
    """Say of an event that this program could not have written what is wrong with it."""
    return StoreError(
        f"Event {seq} ({one_line(kind)[:40]}) cannot be understood: {one_line(_words(error))[:200]}.",
        fix="The log was damaged or edited. Restore it from a copy, or start with --new.",
    )


def _words(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"] if not str(part).startswith("function-"))
        said = first.get("ctx", {}).get("error")
        return str(said) if isinstance(said, ValueError) else f"{where}: {first['msg']}"
    return str(error) if isinstance(error, ValueError) else repr(error)
