"""What goes from a reward, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from refining_fakes import REWARD, WritingTrainer, bench_of

from eureka_agent.api.prune import verdict
from eureka_agent.evolution.pruning import Pruning, pruned
from eureka_agent.rewards.refining.removing import Removal, component_names
from eureka_agent.seeds import generator_for
from eureka_agent.training.job import TrainingJob


def agrees(_text: str, _removal: Removal) -> str:
    return ""


def holds(text: str, name: str) -> bool:
    return f'"{name}"' in text


def adding_up(**parts: float):
    """A fitness to which each component that a reward holds adds its part; rounding costs nothing."""

    def worth(text: str, job: TrainingJob) -> float:
        noise = float(generator_for(job.seed, text).normal(scale=0.1))
        return sum(part for name, part in parts.items() if holds(text, name)) + noise

    return worth


def prune(
    folder: Path, trainer: WritingTrainer, text: str = REWARD, sign: float = 1.0, agree=agrees
) -> Pruning:
    return pruned(text, sign, bench_of(folder, trainer), agree, seeds=4, confirm_seeds=5)


def test_what_adds_nothing_goes_and_what_adds_something_stays(tmp_path: Path) -> None:
    done = prune(tmp_path, WritingTrainer(adding_up(up=100.0, middle=30.0, calm=0.0)))
    assert done.removed == ("calm",)
    assert component_names(done.text) == ("up", "middle")
    assert [worth.may_go for worth in done.components] == [False, False, True]
    assert done.components[0].without is not None
    assert done.components[0].without.difference.mean == pytest.approx(-100.0, abs=1.0)
    assert done.margin == pytest.approx(13.0, abs=0.1)
    assert done.confirmed is not None
    assert len(done.confirmed.full.fitness) == 5
    assert "Removed: calm." in verdict(done)
    assert "is not inferior" in verdict(done)


def test_of_several_the_one_that_is_missed_least_goes_first_and_the_others_are_looked_at_again(
    tmp_path: Path,
) -> None:
    """Each of two may go alone, but not both."""

    def worth(text: str, job: TrainingJob) -> float:
        either = 30.0 if holds(text, "middle") or holds(text, "calm") else 0.0
        return (100.0 if holds(text, "up") else 0.0) + either + (1.0 if holds(text, "calm") else 0.0)

    trainer = WritingTrainer(worth)
    done = prune(tmp_path, trainer)
    assert [worth.may_go for worth in done.components] == [False, True, True]
    assert done.removed == ("middle",), "removing calm costs 1"
    assert component_names(done.text) == ("up", "calm")
    assert len(trainer.trained) == 4 * (1 + 1 + 3) + 4 * 1 + 5 * 2


def test_all_but_one_may_go(tmp_path: Path) -> None:
    done = prune(tmp_path, WritingTrainer(adding_up(up=100.0)))
    assert set(done.removed) == {"middle", "calm"}
    assert component_names(done.text) == ("up",)


def test_numbers_are_rounded_all_at_once_or_not_at_all(tmp_path: Path) -> None:
    kept = adding_up(up=100.0, middle=30.0, calm=30.0)
    done = prune(tmp_path / "kept", WritingTrainer(kept))
    assert done.removed == ()
    assert done.rounded == (("2.437", "2.4"),)
    assert "/ 2.4)" in done.text
    assert "Rounded: 2.437 to 2.4." in verdict(done)
    spoiled = WritingTrainer(lambda text, job: kept(text, job) - 50.0 * ("/ 2.4)" in text))
    done = prune(tmp_path / "spoiled", spoiled)
    assert not done.changed
    assert done.rounding is not None
    assert done.rounding.difference.mean < -40.0
    assert done.confirmed is None
    assert "Nothing was removed" in verdict(done)


def test_where_less_is_better_nothing_is_the_wrong_way_round(tmp_path: Path) -> None:
    costs = adding_up(up=-100.0, middle=-30.0, calm=0.0)
    done = prune(tmp_path, WritingTrainer(lambda text, job: 200.0 + costs(text, job)), sign=-1.0)
    assert done.removed == ("calm",)


def test_fresh_seeds_that_disagree_are_told(tmp_path: Path) -> None:
    shown = adding_up(up=100.0, middle=30.0, calm=0.0)

    def worth(text: str, job: TrainingJob) -> float:
        lost = 60.0 if job.stage == "prune_confirm" and not holds(text, "calm") else 0.0
        return shown(text, job) - lost

    done = prune(tmp_path, WritingTrainer(worth))
    assert done.removed == ("calm",)
    assert "keep the full reward" in verdict(done)


def test_a_fitness_that_never_changes_removes_nothing_and_says_why(tmp_path: Path) -> None:
    done = prune(tmp_path, WritingTrainer(lambda _text, _job: 9.0))
    assert not done.changed
    assert "same fitness (9)" in verdict(done)


def test_where_full_and_sparse_solve_the_task_more_steps_are_not_asked_for(tmp_path: Path) -> None:
    done = prune(tmp_path, WritingTrainer(lambda _text, _job: 9.0))
    assert "Train longer" in verdict(done, 10.0)
    assert "Train for fewer steps" in verdict(done, 9.0)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_fitness_that_is_solved_without_any_one_component_cannot_tell(tmp_path: Path, sign: float) -> None:
    done = prune(tmp_path, WritingTrainer(lambda text, _job: sign * (500.0 if text else 100.0)), REWARD, sign)
    assert len(done.removed) == 2
    assert "the fitness cannot tell these rewards apart: the full one reaches" in verdict(done, sign * 475.0)
    assert "cannot tell" not in verdict(done)
    assert "cannot tell" not in verdict(done, sign * 501.0)


def test_a_component_that_is_missed_shows_that_the_fitness_can_tell(tmp_path: Path) -> None:
    done = prune(tmp_path, WritingTrainer(adding_up(up=500.0, middle=0.0, calm=0.0)))
    assert done.removed
    assert "cannot tell" not in verdict(done, 475.0)


def test_where_every_training_fails_nothing_is_compared(tmp_path: Path) -> None:
    done = prune(tmp_path, WritingTrainer(adding_up(), fails=lambda _text, _job: "It fell."))
    assert not done.changed
    assert (
        verdict(done)
        == "Nothing was removed: the full reward could not be trained. 4 of 4 trainings failed: It fell."
    )


def test_without_the_sparse_baseline_there_is_no_margin(tmp_path: Path) -> None:
    done = prune(
        tmp_path, WritingTrainer(adding_up(up=1.0), fails=lambda text, _job: "" if text else "It fell.")
    )
    assert not done.changed
    assert "there is no margin" in verdict(done)


def test_a_reward_that_fails_without_a_component_keeps_it(tmp_path: Path) -> None:
    def fails(text: str, job: TrainingJob) -> str:
        return "It fell." if text and not holds(text, "calm") and job.replicate == 3 else ""

    done = prune(tmp_path, WritingTrainer(adding_up(up=100.0), fails=fails))
    assert "calm" not in done.removed
    (calm,) = [worth for worth in done.components if worth.component == "calm"]
    assert "1 of 4 trainings failed: It fell." in calm.left_alone


def test_what_the_recorded_steps_or_the_text_do_not_allow_is_not_trained(tmp_path: Path) -> None:
    text = REWARD.replace("up + middle + calm", "up + middle * calm")
    trainer = WritingTrainer(adding_up(up=100.0))
    done = prune(tmp_path, trainer, text, agree=lambda _text, removal: f"No {removal.component}.")
    why = {worth.component: worth.left_alone for worth in done.components}
    assert why["up"] == "No up."
    assert "line 8 has `middle * calm`" in why["calm"]
    assert len(trainer.trained) == 4 * 2 + 4 + 5 * 2, "full and sparse, rounded, confirmed"


def test_a_sole_component_with_short_numbers_costs_no_training(tmp_path: Path) -> None:
    text = 'def compute_reward(pole_angle):\n    return -pole_angle, {"up": -pole_angle}\n'
    trainer = WritingTrainer(adding_up(up=1.0))
    done = prune(tmp_path, trainer, text)
    assert trainer.trained == []
    assert "`up` is the only component" in verdict(done)


def test_a_reward_below_the_sparse_baseline_is_pointed_out(tmp_path: Path) -> None:
    trainer = WritingTrainer(lambda text, job: adding_up(up=10.0)(text, job) if text else 100.0)
    assert "sparse baseline scores better" in verdict(prune(tmp_path, trainer))
