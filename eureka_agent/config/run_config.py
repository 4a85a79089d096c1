"""The configuration of a run: a frozen tree in memory, a flat dictionary in logs and files."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, get_type_hints

from eureka_agent.config.groups import (
    AnalyzerConfig,
    BudgetConfig,
    ConfirmationConfig,
    CriticConfig,
    Earlier,
    IntrinsicConfig,
    IsolationConfig,
    ModelConfig,
    PeopleConfig,
    SearchConfig,
    TrackingConfig,
    TrainingConfig,
)
from eureka_agent.config.option import Declared, Option, declared_in


@dataclass(frozen=True)
class TaskChoice:
    """A reference to a task that another process, or a later session, can resolve again."""

    kind: str
    value: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunConfig:
    """The resolved configuration of a run. Equal configurations are the same run and resume each other.

    `make_config` builds it from options by their names and checks them; nothing is checked here.
    """

    task: Annotated[TaskChoice, Option("Which task, and how it is found again.", derived=True)]
    task_digest: Annotated[str, Option("Digest of the task's files.", derived=True)] = ""
    """An edited task makes another run: scores are not comparable."""
    search: SearchConfig = field(default_factory=SearchConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    seed: Annotated[int, Option("Root seed of the run.", ge=0)] = 0
    training: TrainingConfig = field(default_factory=TrainingConfig)
    critic: CriticConfig = field(default_factory=CriticConfig)
    analyzer: AnalyzerConfig = field(default_factory=AnalyzerConfig)
    confirmation: ConfirmationConfig = field(default_factory=ConfirmationConfig)
    people: PeopleConfig = field(default_factory=PeopleConfig)
    intrinsic: IntrinsicConfig = field(default_factory=IntrinsicConfig)
    budget: BudgetConfig = field(default_factory=BudgetConfig)
    tracking: TrackingConfig = field(default_factory=TrackingConfig)
    isolation: IsolationConfig = field(default_factory=IsolationConfig)

    @classmethod
    def from_flat(cls, flat: Mapping[str, Any]) -> RunConfig:
        """Build the tree from a value for every option, by name; task and rewards may be in JSON form."""
        values = {option.path: flat[option.name] for option in declared()}
        after = tuple(Earlier(*one) for one in flat["after"])
        return _tree(cls, values | {("task",): TaskChoice(**flat["task"]), ("training", "after"): after})

    def to_json(self) -> dict[str, Any]:
        """Return every option by name, as stored in logs; `make_config` reads it back."""
        flat = {option.name: option.of(self) for option in declared()}
        return flat | {"task": dataclasses.asdict(self.task)}

    def to_toml(self) -> dict[str, Any]:
        """Return the options that have a value, as stored in `config.toml`: TOML has no null."""
        return {name: value for name, value in self.to_json().items() if value is not None}

    def digest(self) -> str:
        """Return the identity of a run: a hash of every option that can change results."""
        text = json.dumps(distinguishing(self.to_json(), declared()), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _tree(kind: type, values: Mapping[tuple[str, ...], Any], path: tuple[str, ...] = ()) -> Any:
    """Build a dataclass whose groups are dataclasses from the values of its leaves, by their paths."""
    places = {name: (*path, name) for name in _types(kind)}
    return kind(
        **{
            name: values[place] if place in values else _tree(_types(kind)[name], values, place)
            for name, place in places.items()
        }
    )


@functools.cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


FIRST = (
    "task", "task_digest", "model", "base_url", "temperature", "max_reply_tokens", "effort", "stream",
    "grammar", "max_parallel_requests", "reply_cache", "generations", "samples", "restarts", "seed",
    "search_seeds", "confirm_seeds", "confirm_top", "env_steps", "budget_usd", "budget_steps",
    "budget_minutes", "target", "seed_reward", "reflection", "history", "critic", "repair_turns",
    "init_policy", "trainer", "halving", "device", "worlds", "parallel", "unsafe_isolation",
)  # fmt: skip
"""The options of the first logs, in their order there. Nothing is added: later options come after them and
count in a digest only where they are not as they were before, so that runs from before keep their digests."""


@functools.cache
def declared() -> tuple[Declared, ...]:
    """Return every option of a run in the order of logs."""
    order = {name: place for place, name in enumerate(FIRST)}
    return tuple(sorted(declared_in(RunConfig), key=lambda option: order.get(option.name, len(FIRST))))


def distinguishing(flat: Mapping[str, Any], options: Iterable[Declared]) -> dict[str, Any]:
    """Return those values that tell two runs apart."""
    return {
        o.name: flat[o.name]
        for o in options
        if o.about.changes_results and (o.name in FIRST or flat[o.name] != o.before)
    }
