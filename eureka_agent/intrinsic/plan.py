"""How trainings get a learned reward: everything that a training needs to know, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.captioning.captioners import Messages, StartedEvents, Windowed
from eureka_agent.intrinsic.captioning.captions import Captioner
from eureka_agent.intrinsic.captioning.described import DescribedSignals
from eureka_agent.intrinsic.judgement import reads_judgement
from eureka_agent.intrinsic.mixing import Coefficients, Schedule
from eureka_agent.intrinsic.models.ensemble import Blend
from eureka_agent.intrinsic.models.kinds import Kind, make_model
from eureka_agent.intrinsic.models.model import IntrinsicReward
from eureka_agent.intrinsic.models.settings import ModelSettings
from eureka_agent.tasks.task import CaptionPart, Task

CaptionSource = Literal["signals", "events", "message"]
SETTLED_SEED = 0
"""Of models that are learned at once from all labels there are: equal labels make equal models."""
_STRICT = ConfigDict(extra="forbid")


@with_config(_STRICT)
@dataclass(frozen=True, kw_only=True)
class Captioning:
    """Which captions steps get."""

    source: CaptionSource = "signals"
    """Words for the ranges of signals, the task's events that begin, or a message of the environment's."""
    parts: tuple[CaptionPart, ...] = ()
    """Of `signals`."""
    legend: tuple[str, ...] = ()
    """What the captions' words mean, a line each, for the annotator."""
    message: str = ""
    """The signal with the environment's text."""
    window: int = 1
    """How many steps' captions are joined."""
    features: tuple[str, ...] = ()
    """Signals that tell steps apart for models that read more than captions; see `CaptionedSteps`."""

    def captioner(self, task: Task) -> Captioner:
        """Make the captioner of one stream of rollouts; ConfigError where the task has nothing to caption."""
        made: Captioner
        match self.source:
            case "signals":
                made = DescribedSignals(self.parts, self.legend)
            case "events":
                made = StartedEvents(task)
            case "message":
                made = Messages(self.message)
        return made if self.window == 1 else Windowed(made, self.window)


@with_config(_STRICT)
@dataclass(frozen=True, kw_only=True)
class IntrinsicPlan:
    """The learned reward of a training."""

    kind: Kind
    captioning: Captioning
    settings: ModelSettings = field(default_factory=ModelSettings)
    ensemble: int = 1
    """Members; 1 is a single model."""
    blend: Blend = "mean"
    """How an ensemble's members make one reward."""
    coefficients: Coefficients = field(default_factory=Coefficients)
    goal: str = ""
    """What labels are about."""
    variants: tuple[str, ...] = ()
    """Wordings or annotators of the questions, which the members of an ensemble take in turn."""
    beta: float = 1.0
    """The reward is divided by this power of how often the caption was seen in its episode; 0 leaves it."""
    snapshot: str = ""
    """File with a model that pays as it is, and neither learns nor asks (`judgement_file.py`); empty where
    one learns anew."""

    def beside(self, source: str) -> IntrinsicPlan:
        """Return the plan of a training with reward code: one that reads `intrinsic` is paid as written."""
        if not reads_judgement(source):
            return self
        coefficients = replace(self.coefficients, intrinsic=Schedule.constant(0.0))
        return replace(self, coefficients=coefficients)

    def model(self, seed: int) -> IntrinsicReward:
        """Make the model of one training."""
        return make_model(
            self.kind,
            seed=seed,
            settings=self.settings,
            ensemble=self.ensemble,
            blend=self.blend,
            variants=self.variants,
            goal=self.goal,
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain values, from which `from_json` makes the same."""
        return _PLAN.dump_python(self, mode="json")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> IntrinsicPlan:
        """Read plain values; ConfigError for what is no plan."""
        try:
            return _PLAN.validate_python(data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ConfigError(f"This is no plan of a learned reward ({where}: {first['msg']}).") from error


_PLAN: TypeAdapter[IntrinsicPlan] = TypeAdapter(IntrinsicPlan)
