"""What a run was asked to do: one frozen tree, written resolved into the run folder."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eureka_agent.errors import ConfigError, did_you_mean

TrainerName = Literal["population", "sb3"]
"""`population` trains a whole generation in one process, `sb3` every candidate in one of its own."""

TRAINERS: tuple[str, ...] = get_args(TrainerName)

DeviceName = Literal["auto", "gpu", "cpu"]
"""`auto` is a GPU where the population trainer can use one for the task."""

DEVICES: tuple[str, ...] = get_args(DeviceName)


class TaskChoice(BaseModel):
    """Which task, in a form that another process and a later day can find again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    value: str
    options: dict[str, Any] = Field(default_factory=dict)


class RunConfig(BaseModel):
    """The resolved configuration of a run. Equal configurations are the same run and resume each other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: TaskChoice
    task_digest: str = ""
    """Digest of the task's files: an edited task is another run, its scores are not comparable."""
    model: str = "search"
    """Who proposes: `search`, `openai/<model>`, `anthropic/<model>`, …, or several as `a,b`."""
    base_url: str | None = None
    """Address of the model's service; the vendor's own when not given."""
    temperature: float | None = Field(None, ge=0, le=2)
    """Sampling temperature of the model; the service's own when not given."""
    max_reply_tokens: int = Field(16_000, ge=16)
    """Most tokens of a reply, hidden thinking included."""
    effort: str | None = None
    """How much a reasoning model thinks, in the service's own word; the service's default when not given."""
    stream: bool | None = None
    """Stream replies; the wire's own way when not given."""
    grammar: bool = True
    """Hold models on this machine to the form of a reward; other models never are."""
    max_parallel_requests: int = Field(8, ge=1)
    """Requests side by side, for each model."""
    reply_cache: bool = True
    """Give a reply again that the same question got in an earlier run."""
    generations: int = Field(5, ge=1)
    samples: int = Field(16, ge=1, le=999)
    """Candidates a generation."""
    restarts: int = Field(1, ge=1)
    """Independent searches whose best are confirmed together."""
    seed: int = Field(0, ge=0)
    search_seeds: int = Field(1, ge=1)
    """Training seeds of every candidate during the search."""
    confirm_seeds: int = Field(5, ge=2)
    """Fresh seeds on which the best are retrained beside the baselines."""
    confirm_top: int = Field(2, ge=1)
    """How many of the best candidates are confirmed."""
    env_steps: int | None = Field(None, ge=1)
    """Steps of learning for each candidate; the task's own budget when not given."""
    budget_usd: float | None = Field(None, ge=0)
    budget_steps: int | None = Field(None, ge=1)
    """Environment steps of the whole run, evaluation and confirmation included."""
    budget_minutes: float | None = Field(None, gt=0)
    target: float | None = None
    """The search ends when an incumbent reaches this fitness; the task's own target when not given."""
    seed_reward: str | None = None
    """Source of a reward that takes the first place of the first generation."""
    reflection: bool = True
    """Tell the designer the curves of its parent, not only the score."""
    history: bool = True
    """Tell the designer what was tried before."""
    critic: bool = True
    """Refuse what static rules or the probe find wrong; without it only loading can refuse."""
    repair_turns: int = Field(2, ge=0)
    """How often a refused reward may be answered again within its generation."""
    init_policy: str | None = None
    """SHA-256 of the saved policy that every training starts from; the run folder keeps a copy of it."""
    trainer: TrainerName = "population"
    """Scores from different trainers are not compared."""
    halving: bool = True
    """Stop candidates that are clearly behind their generation. For `population` only: `sb3` trains each by
    itself and to the end. With several search seeds nobody is stopped, because their scores are averaged."""
    device: DeviceName = "auto"
    """What the population trainer trains on; a run goes on with what it began with."""
    worlds: int | None = Field(None, ge=1)
    """Worlds of each candidate on a GPU; the device trainer's own number when not given."""
    parallel: int | None = Field(None, ge=1)
    """Trainings side by side, or threads of the population trainer; one a core when not given."""
    unsafe_isolation: bool = False
    """Accept a machine on which generated code can only be limited, not contained."""

    def digest(self) -> str:
        """Return what tells two runs apart: a hash of every field but those that change no result."""
        text = json.dumps(
            self.model_dump(mode="json", exclude={"parallel", "max_parallel_requests"}), sort_keys=True
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def make_config(values: dict[str, Any]) -> RunConfig:
    """Validate options into a configuration; ConfigError names the option, its value and range."""
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        hint = did_you_mean(name, RunConfig.model_fields) if first["type"] == "extra_forbidden" else ""
        raise ConfigError(
            f"Option '{name}' cannot be {first.get('input')!r:.80}: {first['msg']}.{hint}",
            allowed=", ".join(RunConfig.model_fields) if hint or first["type"] == "extra_forbidden" else "",
            fix="Correct the option and give the command again.",
        ) from error
