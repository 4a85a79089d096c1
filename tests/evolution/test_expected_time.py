"""How long a run takes is said before it is waited for."""

from __future__ import annotations

import pytest

from eureka_agent.config import make_config
from eureka_agent.evolution.expected_time import (
    expected_stepping_time,
    expected_time,
    expected_trainings,
    further_steps,
    in_words,
)
from eureka_agent.tasks import find_task
from eureka_agent.training.job import most_steps

SMALL = {
    "task": {"kind": "gym", "value": "CartPole-v1", "options": {}},
    "generations": 2, "samples": 3, "confirm_seeds": 2, "confirm_top": 1, "env_steps": 1000,
}  # fmt: skip


def test_the_steps_of_all_trainings_at_the_measured_pace() -> None:
    # 6 of the search, 2 duels of 2, 2 leaders at the target again, 2 x (1 + 2 baselines) of the confirmation.
    task, config = find_task("gym:CartPole-v1"), make_config(SMALL)
    said = expected_stepping_time(task, config, steps_a_second=33.3, parallel=1)
    assert said.startswith("The environment makes 33 steps a second here. Expected: 9 min for up to 18,000 ")
    assert "5 min" in expected_stepping_time(task, config, steps_a_second=33.3, parallel=2)


def test_all_steps_of_all_trainings_count_with_the_confirmation() -> None:
    task, config = find_task("gym:CartPole-v1"), make_config(SMALL)
    steps = 18 * most_steps(task, 1000)
    assert expected_trainings(task, config) == {1000: 18}
    said = expected_time(task, config, steps_a_second=steps / 120)
    assert said.startswith("Expected: about 2 min at most, for 18 trainings with the confirmation")
    assert f"{steps:,} steps in all" in said


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (89, "89 s"), (840, "14 min"), (9000, "2.5 h")])
def test_times_are_said_as_people_do(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_a_finalist_that_takes_the_place_of_another_is_told_beside_it() -> None:
    task, config = find_task("gym:CartPole-v1"), make_config({**SMALL, "confirm_top": 3, "choose_seeds": 1})
    steps = 2 * most_steps(task, 1000)  # on two fresh seeds
    assert further_steps(task, config) == steps
    assert expected_time(task, config, steps_a_second=steps / 30).endswith(
        "; a winner that fails in the confirmation adds 30 s."
    )
    alone = make_config(SMALL)
    assert further_steps(task, alone) == 0
    assert "fails" not in expected_time(task, alone, steps_a_second=100.0)
