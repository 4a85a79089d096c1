"""The rules about candidates that are stopped early, as the log holds them."""

from __future__ import annotations

from dataclasses import asdict

from eureka_agent.config import RunConfig
from eureka_agent.training.population.halving import RULE


def rule_of(config: RunConfig) -> dict[str, float] | None:
    """Return the rule in numbers as the log holds it; None where all candidates are trained to the end."""
    applies = config.training.halving and config.training.trainer == "population"
    return asdict(RULE) if applies else None


def saved_steps_pay(config: RunConfig) -> bool:
    """Return whether steps that early stops save pay for second seeds, of which duels have none."""
    return rule_of(config) is not None and config.search.selection == "posterior"
