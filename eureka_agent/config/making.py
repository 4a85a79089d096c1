"""Build a configuration from options by name, or say which option is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from eureka_agent.config.groups import MOST_SLOTS, SearchConfig
from eureka_agent.config.run_config import RunConfig, declared
from eureka_agent.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def make_config(values: Mapping[str, Any]) -> RunConfig:
    """Check options and build a configuration; ConfigError names the option, its value and range."""
    from pydantic import ValidationError

    from eureka_agent.config.checking import checked

    try:
        config = RunConfig.from_flat(checked(values))
    except ValidationError as error:
        raise _refused(error.errors()[0]) from error
    _check_slots(config.search)
    _check_people(config)
    return config


def recorded_config(values: Mapping[str, Any]) -> RunConfig:
    """Build the configuration of a log; options that came later are as runs had them before."""
    later = {o.name: o.before for o in declared() if o.about.before is not ...}
    return make_config({**later, **values})


def _check_slots(search: SearchConfig) -> None:
    if search.slots > MOST_SLOTS:
        raise ConfigError(
            f"{search.samples} samples drafted from {search.draft} times as many are {search.slots} rewards.",
            allowed=f"at most {MOST_SLOTS} a generation",
            fix="Lower --samples or --draft.",
        )


def _check_people(config: RunConfig) -> None:
    """Raise ConfigError for what a fitness that is only being learned cannot be asked for."""
    if config.people.fitness == "task":
        return
    if config.search.target is not None:
        raise ConfigError(
            f"With --fitness human the search cannot stop at {config.search.target:g}: scores are by a model "
            "that changes with each answer, and have no unit.",
            allowed="--fitness human without --target",
            fix="Leave --target out; `eureka-agent finish` ends the search once you have seen enough.",
        )
    if config.training.after:
        raise ConfigError(
            "With --fitness human a run cannot go on after another, whose scores are by another fitness.",
            allowed="--fitness human without --after",
            fix="Leave out one of them.",
        )


def _refused(first: ErrorDetails) -> ConfigError:
    name = ".".join(str(part) for part in first["loc"])
    names = [option.name for option in declared()]
    unknown = first["type"] == "extra_forbidden"
    hint = did_you_mean(name, names) if unknown else ""
    return ConfigError(
        f"Option '{name}' cannot be {first.get('input')!r:.80}: {first['msg']}.{hint}",
        allowed=", ".join(names) if unknown else "",
        fix="Correct the option and repeat the command.",
    )
