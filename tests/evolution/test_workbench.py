"""Trainings of `prune` and `tune` happen once in the life of a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from refining_fakes import REWARD, WritingTrainer, bench_of

from eureka_agent.errors import RunLockedError, StoreError
from eureka_agent.evolution.workbench import HowFar, Scores, folder_for, name_of, working_in
from eureka_agent.rewards.reward import Coded, Sparse
from eureka_agent.seeds import seed_for
from eureka_agent.training.job import TrainingJob
from eureka_agent.training.protocol import CheckpointReached


def by_seed(text: str, job: object) -> float:
    return float(len(text)) + getattr(job, "replicate", 0)


def test_every_reward_is_trained_on_the_same_seeds_of_a_stage(tmp_path: Path) -> None:
    trainer = WritingTrainer(lambda text, job: float(job.seed))
    bench = bench_of(tmp_path, trainer)
    one, other = bench.scores([Coded(REWARD), Sparse()], stage="prune", seeds=3)
    assert one == other == Scores(tuple(float(seed_for(0, "prune", n)) for n in range(3)))
    (confirmed,) = bench.scores([Coded(REWARD)], stage="prune_confirm", seeds=3)
    assert not set(confirmed.fitness) & set(one.fitness)


def test_what_a_killed_process_left_is_not_trained_again(tmp_path: Path) -> None:
    rewards = [Coded(REWARD), Coded(REWARD.replace("0.5", "0.6")), Sparse()]
    killed = WritingTrainer(by_seed)
    killed.most = 4
    with pytest.raises(KeyboardInterrupt):
        bench_of(tmp_path, killed).scores(rewards, stage="prune", seeds=3)
    going_on, told = WritingTrainer(by_seed), list[str]()
    bench = bench_of(tmp_path, going_on, told)
    whole = bench_of(tmp_path / "other", WritingTrainer(by_seed)).scores(rewards, stage="prune", seeds=3)
    assert bench.scores(rewards, stage="prune", seeds=3) == whole
    assert (bench.trained, bench.held) == (5, 4)
    assert not set(going_on.trained) & set(killed.trained)
    assert told == ["Training 3 rewards on 3 seeds for 100 steps; 4 of these trainings are there already."]
    bench.scores(rewards, stage="prune", seeds=3)
    assert bench.trained == 5


def test_a_long_training_tells_how_far_it_is_and_not_twice() -> None:
    told = list[str]()
    far = HowFar(2_000, told.append)
    one, other = (TrainingJob("r", "prune", n, n, Sparse(), Path(), 1_000) for n in range(2))
    for job, steps in [(one, 500), (one, 1_000), (other, 200), (one, 100), (one, 1_020), (other, 980)]:
        far.reach(job, CheckpointReached(job=job.key, checkpoint=0, env_steps=steps, fitness=1.0, error=0.0))
    assert told == ["  25% of the training steps are done.", "  50% of the training steps are done."]


def test_more_seeds_train_only_what_is_missing(tmp_path: Path) -> None:
    bench_of(tmp_path, WritingTrainer(by_seed)).scores([Sparse()], stage="tune", seeds=2)
    trainer = WritingTrainer(by_seed)
    bench_of(tmp_path, trainer).scores([Sparse()], stage="tune", seeds=3)
    assert trainer.trained == ["sparse/tune-2"]


def test_a_failure_is_told_and_kept_but_one_of_the_machine_is_tried_again(tmp_path: Path) -> None:
    failing = WritingTrainer(by_seed, fails=lambda _text, job: "NaN." if job.replicate else "")
    (scores,) = bench_of(tmp_path, failing).scores([Coded(REWARD)], stage="prune", seeds=3)
    assert scores == Scores((), "2 of 3 trainings failed: NaN.")
    again = WritingTrainer(by_seed)
    assert bench_of(tmp_path, again).scores([Coded(REWARD)], stage="prune", seeds=3) == [scores]
    assert again.trained == []
    path = tmp_path / name_of(Coded(REWARD)) / "prune-1" / "result.json"
    path.write_text(path.read_text().replace('"crashed": false', '"crashed": true'))
    bench_of(tmp_path, again).scores([Coded(REWARD)], stage="prune", seeds=3)
    assert again.trained == [f"{name_of(Coded(REWARD))}/prune-1"]


def test_each_reward_lies_beside_its_trainings(tmp_path: Path) -> None:
    bench_of(tmp_path, WritingTrainer(by_seed)).scores([Coded(REWARD)], stage="prune", seeds=1)
    assert (tmp_path / name_of(Coded(REWARD)) / "reward.py").read_text() == REWARD
    assert name_of(Coded(REWARD)) == name_of(Coded("# as it was\n" + REWARD))


def test_a_folder_of_other_trainings_is_refused(tmp_path: Path) -> None:
    with working_in(tmp_path, {"env_steps": 100, "seed": 0}):
        pass
    with working_in(tmp_path, {"env_steps": 100, "seed": 0}):
        pass
    with (
        pytest.raises(StoreError, match="another env_steps") as caught,
        working_in(tmp_path, {"env_steps": 1, "seed": 0}),
    ):
        pass
    assert "--output" in caught.value.fix
    (tmp_path / "settings.json").write_text("[")
    with pytest.raises(StoreError, match="cannot be read"), working_in(tmp_path, {}):
        pass


def test_two_processes_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        working_in(tmp_path, {}),
        pytest.raises(RunLockedError, match="Another process") as caught,
        working_in(tmp_path, {}),
    ):
        pass
    assert "--output" in caught.value.fix


def test_the_same_command_finds_its_folder_again_and_another_does_not(tmp_path: Path) -> None:
    first = folder_for(tmp_path, "prune", "gym:CartPole-v1", {"seed": 0})
    assert first == folder_for(tmp_path, "prune", "gym:CartPole-v1", {"seed": 0})
    assert first != folder_for(tmp_path, "prune", "gym:CartPole-v1", {"seed": 1})
    assert first.name.startswith("prune-gym-CartPole-v1-")
