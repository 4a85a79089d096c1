"""Other numbers are better only if fresh seeds say so."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from refining_fakes import REWARD, WritingTrainer, bench_of

from eureka_agent.api.tune import verdict
from eureka_agent.evolution.tuning import MOST_NUMBERS, POINTS, Tuning, factors, tuned
from eureka_agent.seeds import generator_for
from eureka_agent.training.job import TrainingJob


def near(best: float, noise: float = 0.0):
    """A fitness that is highest where the weight of `middle` is `best`."""

    def worth(text: str, job: TrainingJob) -> float:
        found = re.search(r"middle = -(\S+)", text)
        assert found is not None
        return -abs(math.log(float(found[1]) / best)) + noise * float(generator_for(job.seed, text).normal())

    return worth


def tune(folder: Path, trainer: WritingTrainer, text: str = REWARD, sign: float = 1.0) -> Tuning:
    return tuned(text, sign, bench_of(folder, trainer), seeds=1, confirm_seeds=5)


@pytest.mark.parametrize("dimensions", range(1, MOST_NUMBERS + 1))
def test_points_begin_with_the_reward_itself_and_fill_the_range(dimensions: int) -> None:
    rows = factors(dimensions)
    assert len(rows) == POINTS
    assert rows[0] == [1.0] * dimensions
    assert len({tuple(row) for row in rows}) == POINTS
    for column in zip(*rows, strict=True):
        assert min(column) >= 0.25
        assert max(column) <= 4.0
        assert sum(factor < 1 for factor in column) >= 4
        assert sum(factor > 1 for factor in column) >= 4


def test_a_better_point_is_found_and_confirmed_on_fresh_seeds(tmp_path: Path) -> None:
    trainer = WritingTrainer(near(1.5, noise=0.01))
    done = tune(tmp_path, trainer)
    assert done.better is not None
    assert done.better.values[0] == pytest.approx(1.5, rel=0.3)
    assert done.points[0].text == REWARD
    assert sum(point.confirmed is not None for point in done.points) == 3
    assert len(trainer.trained) == POINTS + 3 * 5
    assert "is better than the reward itself" in verdict(done)


def test_where_less_is_better_the_least_is_found(tmp_path: Path) -> None:
    def cost(text: str, job: TrainingJob) -> float:
        return -near(1.5)(text, job)

    done = tune(tmp_path, WritingTrainer(cost), sign=-1.0)
    assert done.better is not None
    assert done.better.values[0] == pytest.approx(1.5, rel=0.3)


def test_a_lucky_seed_is_not_taken_for_a_better_reward(tmp_path: Path) -> None:
    done = tune(tmp_path, WritingTrainer(near(0.5, noise=1.0)))
    assert done.better is None
    assert "Nothing better was found" in verdict(done)


def test_the_best_that_there_is_stays(tmp_path: Path) -> None:
    done = tune(tmp_path, WritingTrainer(near(0.5)))
    assert done.winner == 0
    assert verdict(done) == "Nothing better was found: on fresh seeds the reward itself scores best."


def test_a_reward_without_numbers_costs_no_training(tmp_path: Path) -> None:
    text = 'def compute_reward(pole_angle):\n    return -pole_angle, {"up": -pole_angle}\n'
    trainer = WritingTrainer(near(1.0))
    done = tune(tmp_path, trainer, text)
    assert trainer.trained == []
    assert "has no number whose ratio matters" in verdict(done)


def test_of_more_than_six_numbers_the_others_are_named(tmp_path: Path) -> None:
    names = [f"part_{n}" for n in range(8)]
    lines = "".join(f"    {name} = {n + 2}.5 * pole_angle\n" for n, name in enumerate(names))
    table = ", ".join(f'"{name}": {name}' for name in names)
    text = f"def compute_reward(pole_angle):\n{lines}    return {' + '.join(names)}, {{{table}}}\n"
    done = tune(tmp_path, WritingTrainer(lambda text, _job: float(len(text))), text)
    assert len(done.numbers) == MOST_NUMBERS
    assert [number.value for number in done.left_out] == [8.5, 9.5]


def test_a_fitness_that_never_changes_leaves_nothing_to_choose(tmp_path: Path) -> None:
    trainer = WritingTrainer(lambda _text, _job: 9.0)
    done = tune(tmp_path, trainer)
    assert len(trainer.trained) == POINTS
    assert "score the same (9)" in verdict(done)


def test_where_every_training_fails_nothing_is_compared(tmp_path: Path) -> None:
    done = tune(tmp_path, WritingTrainer(near(1.0), fails=lambda _text, _job: "It fell."))
    assert verdict(done) == "Nothing was compared: the reward itself could not be trained. failed: It fell."


def test_where_only_the_reward_itself_can_be_trained_it_stays(tmp_path: Path) -> None:
    fails = WritingTrainer(near(1.0), fails=lambda text, _job: "" if text == REWARD else "It fell.")
    assert "no reward with other numbers could be trained" in verdict(tune(tmp_path, fails))


def test_a_finalist_that_fails_on_fresh_seeds_does_not_win(tmp_path: Path) -> None:
    def fails(text: str, job: TrainingJob) -> str:
        return "It fell." if job.stage == "tune_confirm" and text != REWARD else ""

    done = tune(tmp_path, WritingTrainer(near(1.5), fails=fails))
    assert done.winner == 0
    assert done.better is None
