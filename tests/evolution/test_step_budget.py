"""The budget of environment steps: kept to the step, and the smallest that is named is enough."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fakes import STEPS, CountingProposer, FakeTrainer, make_evolution

from eureka_agent.config import RunConfig, make_config
from eureka_agent.errors import ConfigError
from eureka_agent.evolution.step_budget import check_step_budget, confirmation_trainings
from eureka_agent.tasks import find_task
from eureka_agent.training.job import most_steps

TASK = {"kind": "folder", "value": "cartpole"}
RULES = [
    {"selection": "duels", "confirm_top": 1},
    {"selection": "posterior"},
    {"selection": "posterior", "search_seeds": 2},
    {"selection": "duels", "choose_seeds": 0, "target": -1e9},
]


def smallest(config: RunConfig) -> int:
    """The number of steps that the refusal of one step names."""
    with pytest.raises(ConfigError) as raised:
        check_step_budget(find_task("cartpole"), config)
    found = re.fullmatch(r"at least ([\d,]+)", raised.value.allowed)
    assert found is not None
    return int(found[1].replace(",", ""))


def config_of(budget: int, **options: Any) -> RunConfig:
    given = {"task": TASK, "env_steps": STEPS, "confirm_seeds": 2, "target": 1e9, **options}
    return make_config({**given, "budget_steps": budget})


@pytest.mark.parametrize("options", RULES)
def test_the_smallest_budget_is_named_and_pays_for_a_search(tmp_path: Path, options: dict[str, Any]) -> None:
    least = smallest(config_of(1, **options))
    check_step_budget(find_task("cartpole"), config_of(least, **options))
    with pytest.raises(ConfigError, match="too few"):
        check_step_budget(find_task("cartpole"), config_of(least - 1, **options))
    each = most_steps(find_task("cartpole"), STEPS)
    given: dict[str, Any] = {"confirm_seeds": 2, **options, "budget_steps": least // each * STEPS}
    evolution = make_evolution(tmp_path, **given)
    evolution.run()
    state = evolution.state
    assert state.candidates
    assert state.confirmation is not None
    assert state.confirmation.winner is not None
    assert state.env_steps <= least // each * STEPS


@pytest.mark.parametrize("options", RULES)
@pytest.mark.parametrize("seed", range(3))
def test_second_seeds_of_two_generations_fit_too(tmp_path: Path, options: dict[str, Any], seed: int) -> None:
    """Those of the last judgement and those of the one before are trained after the last plan."""
    config = config_of(1, **options)
    for more in range(7, 10):
        budget = (confirmation_trainings(find_task("cartpole"), config).total() + more) * STEPS
        given: dict[str, Any] = {"confirm_seeds": 2, **options, "generations": 50, "budget_steps": budget}
        trainer = FakeTrainer(noise=1.0)
        evolution = make_evolution(
            tmp_path / str(more), proposer=CountingProposer(seed), trainer=trainer, **given
        )
        evolution.run()
        assert evolution.state.env_steps <= budget


def test_longer_rollouts_of_a_gpu_need_a_larger_budget() -> None:
    least = smallest(config_of(1))
    with pytest.raises(ConfigError, match="too few"):
        check_step_budget(find_task("cartpole"), config_of(least), rollout=10_000)
