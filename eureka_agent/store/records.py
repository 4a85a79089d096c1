"""What a log holds besides candidates and evaluations: plans, replies, judgements, confirmations, stats.

Each is plain data that was checked when it was read (`fields.py`), whoever wrote the log.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Annotated, Literal, NamedTuple, cast

from pydantic import Field, with_config

from eureka_agent.archive.candidate import candidate_id, is_candidate_id
from eureka_agent.store.checked import Json
from eureka_agent.store.fields import (
    STRICT,
    CandidateName,
    Count,
    Number,
    Numerals,
    NumeralsByName,
    NumeralsBySignal,
    Operator,
    Place,
    Table,
    Text,
    TrainedName,
    read_by,
)

Role = Literal["designer", "critic", "analyzer", "annotator"]
"""For what a language model is asked."""

_KEY = re.compile(r"(?:(critic|analyzer|annotator)/)?([0-9]+-[0-9]+)/turn(0|[1-9][0-9]{0,5})")


@dataclass(frozen=True)
class RequestKey:
    """Which request of its run this is; the same after a restart."""

    role: Role
    slot: str
    """Id of the candidate that it is about, to which its cost is attributed."""
    turn: int
    """0, then one more for each answer to what was wrong."""

    def __str__(self) -> str:
        """Return `"1-03/turn0"` for the designer, as in recordings, and `"critic/1-03/turn0"` for others."""
        role = "" if self.role == "designer" else f"{self.role}/"
        return f"{role}{self.slot}/turn{self.turn}"

    @classmethod
    def parse(cls, text: object) -> RequestKey:
        """Read what `str` returned; ValueError for anything else."""
        found = _KEY.fullmatch(text) if isinstance(text, str) else None
        if found is None or not is_candidate_id(found[2]):
            raise ValueError(f"key cannot be {text!r:.80}, only one such as 0-03/turn0 or critic/0-03/turn0")
        return cls(cast("Role", found[1] or "designer"), found[2], int(found[3]))


RequestKeyField = Annotated[RequestKey, read_by(RequestKey, RequestKey.parse)]


@with_config(STRICT)
@dataclass(frozen=True)
class Usage:
    """What a reply took. None means unknown, which is never zero; 0.0 means free."""

    input_tokens: Count | None
    """All tokens read, those from the service's prompt cache included."""
    output_tokens: Count | None
    """All tokens written, hidden thinking included."""
    cost_usd: Number | None
    cached_tokens: Count | None = None
    """Input tokens that the service had in its prompt cache, and charged less for."""
    thinking_tokens: Count | None = None
    """Output tokens that were hidden thinking."""

    @property
    def tokens(self) -> int:
        """Tokens read and written, as far as known."""
        return (self.input_tokens or 0) + (self.output_tokens or 0)


@with_config(STRICT)
@dataclass(frozen=True)
class Reply:
    """One answer of a language model."""

    text: Text
    usage: Usage
    model: Text
    latency_s: Number
    finish: Literal["stop", "length", "refusal"] = "stop"
    cached: bool = False
    """True where nobody was asked: the reply came from a recording or from the reply cache."""
    attempts: Count = 1
    """How often the request was sent until this reply arrived."""
    lost: Place = 0
    """Attempts that may have been billed though their reply never arrived."""
    warning: Text = ""
    """What a person should know of it: a prompt that the server cut, thinking in the answer's place."""


@with_config(STRICT)
@dataclass(frozen=True)
class Slot:
    """One place in a generation, with everything that its proposer needs to know beside the archive."""

    generation: Place
    index: Place
    operator: Operator
    """`seed`, `rewrite`, `cross`, … : the proposer's own names."""
    parents: tuple[CandidateName, ...] = ()
    genome: Table | None = None
    """The reward as data that `search` drew for this slot; None where a language model is asked."""
    model: Text = ""
    """Name of the model that is asked, where several share the slots."""
    direction: Text = ""
    """What sets its request apart from others with the same parents: one of the proposer's own names."""

    @property
    def id(self) -> str:
        """The id of the candidate that will stand here."""
        return candidate_id(self.generation, self.index)


@with_config(STRICT)
@dataclass(frozen=True)
class RewardStats:
    """What a reward pays for steps, each as mean and quantiles."""

    components: NumeralsByName
    """What the reward pays beside them stands last, as the residual, where that is anything."""
    reward: Numerals
    """The whole of it."""


@with_config(STRICT)
@dataclass(frozen=True)
class PolicyStats:
    """What a candidate's kept policy encounters in recorded episodes; empty where none were recorded."""

    lengths: tuple[Count, ...] = ()
    """Steps of each recorded episode."""
    signals: NumeralsBySignal = field(default_factory=dict)
    """Quantiles of each."""
    ends: NumeralsBySignal = field(default_factory=dict)
    """Each in the last step of the first episode that ended before the time limit, if one did."""
    rewards: RewardStats | None = None
    rewards_at_random: RewardStats | None = None
    """What the same reward pays a random policy."""
    ended_by: Text = ""
    """The task's name for what ended the first episode that ended early, if it has one."""
    observations: tuple[Text, ...] = ()
    """What arithmetic sees in the episodes and curves, a line each with its citation."""
    seeds: Count = 1
    """Trainings in the search that were known then: with another one there is more to see."""


@with_config(STRICT)
@dataclass(frozen=True)
class Evidence:
    """A recorded step that a cause was seen in."""

    candidate: CandidateName
    episode: Place
    step: Place


@with_config(STRICT)
@dataclass(frozen=True)
class Cause:
    """Why a policy does what it does, in a model's words, and where that was seen."""

    claim: Text
    evidence: tuple[Evidence, ...]
    suggestion: Text = ""


@with_config(STRICT)
@dataclass(frozen=True)
class AnalystReport:
    """What a language model made of a policy's recorded episodes."""

    causes: tuple[Cause, ...] = ()
    """Those with evidence that exists."""
    dropped_evidence: Place = 0
    """Steps that it cited and nobody recorded."""
    dropped_causes: Place = 0
    """Causes that had no other evidence."""
    queries: Place = 0
    """Questions that it asked."""
    unreadable: Text = ""
    """Why there is no report, where its answer could not be read."""


@with_config(STRICT)
@dataclass(frozen=True)
class DeviceChoice:
    """What trains, and why not the other."""

    platform: Literal["gpu", "cpu"]
    why: Text = ""
    """Why it is the CPU, in a sentence; empty for a GPU, and where the CPU was asked for."""
    idle_gpu: bool = False
    """A GPU is there, and not used."""


_Evaluations = Annotated[int, Field(strict=True, ge=1, le=100_000)]


@with_config(STRICT)
@dataclass(frozen=True)
class EvaluationPlan:
    """How the trainings of a run are looked at."""

    checkpoints: _Evaluations
    choosing: _Evaluations
    """Episodes of each checkpoint."""
    scoring: _Evaluations
    """Episodes that score the chosen checkpoint."""


@with_config(STRICT)
@dataclass(frozen=True)
class DraftedOut:
    """A candidate that is not trained, because more were asked for than are."""

    name: CandidateName
    reason: Text


class DuelTraining(NamedTuple):
    """One more training of somebody who leads or challenges."""

    name: CandidateName
    replicate: Place


@with_config(STRICT)
@dataclass(frozen=True)
class Judgement:
    """What was decided after a generation."""

    incumbent: CandidateName | None
    """None while nothing was trained."""
    challenger: CandidateName | None = None
    """Who gets one more seed beside the incumbent; None when nobody is better by its mean."""
    reason: Text = ""
    duel: tuple[DuelTraining, ...] = ()
    """The trainings that are asked for: the incumbent's and the challenger's."""


@with_config(STRICT)
@dataclass(frozen=True)
class Duel:
    """What was decided after the duel that a restart's last judgement had asked for."""

    incumbent: CandidateName | None
    challenger: CandidateName | None = None
    reason: Text = ""


@with_config(STRICT)
@dataclass(frozen=True)
class ConfirmationRow:
    """How a finalist or a baseline did on fresh seeds."""

    name: TrainedName
    fitness: Number
    """Mean over the seeds."""
    low: Number | None
    """Ends of the 95 % t-interval of that mean; None of a single seed."""
    high: Number | None
    seeds: tuple[Number, ...]
    """The fitness of each seed."""
    human_normalized: Number | None
    human_normalized_clipped: Number | None
    undefined_because: Text = ""
    """Why there is no human-normalised score, in words; empty where there is one."""

    def to_json(self) -> Json:
        """Return a plain dictionary, as journalled."""
        return asdict(self) | {"seeds": list(self.seeds)}


@with_config(STRICT)
@dataclass(frozen=True)
class Choice:
    """How a finalist did on the seeds that chose whom to confirm."""

    name: CandidateName
    seeds: tuple[Number, ...]
    """The fitness of each seed; fewer than others' where it left before."""


@with_config(STRICT)
@dataclass(frozen=True)
class PairedDifference:
    """By how much the winner is better than the reference on the seeds that both had, with its interval."""

    mean: Number
    low: Number
    high: Number


@with_config(STRICT)
@dataclass(frozen=True)
class Confirmation:
    """What the fresh seeds said."""

    winner: CandidateName | None
    confirmed: tuple[CandidateName, ...]
    """The finalists that were trained on every seed."""
    table: tuple[ConfirmationRow, ...]
    paired_difference: PairedDifference | None = None
    choice: tuple[Choice, ...] = ()
    """How the winner was chosen among the finalists; empty where all of them were confirmed."""

    def row(self, name: str | None) -> ConfirmationRow | None:
        """Return the row of a finalist or a baseline; None where there is none."""
        return next((row for row in self.table if row.name == name), None)

    def to_json(self) -> Json:
        """Return a plain dictionary, as journalled."""
        difference = self.paired_difference
        return {
            "winner": self.winner,
            "confirmed": list(self.confirmed),
            "table": [row.to_json() for row in self.table],
            "paired_difference": None if difference is None else asdict(difference),
            "choice": [{"name": one.name, "seeds": list(one.seeds)} for one in self.choice],
        }
