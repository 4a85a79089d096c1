"""A whole generation in one process: outcomes one by one, failures that stay where they belong."""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.isolation.layout import SignalLayout
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.resources import usable_cores
from eureka_agent.rewards.reward import Coded, Native, Reward, Sparse
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.driver import ENTRY, TrainingDriver
from eureka_agent.training.executor import ChildEnd, LocalExecutor
from eureka_agent.training.job import Contest, Outcome, TrainingFailure, TrainingJob
from eureka_agent.training.policies import read_policy
from eureka_agent.training.population.backend import PopulationBackend
from eureka_agent.training.trainers import drive
from eureka_agent.trajectories import Origin, played_again, read_trajectories

ENVS = Path(__file__).parents[3] / "envs"

GOOD = """import numpy as np


def compute_reward(pole_angle, cart_position):
    upright = np.exp(-np.square(pole_angle / 0.1))
    centred = {weight} * np.square(cart_position)
    return upright + centred, {{"upright": upright, "centred": centred}}
"""

REMEMBERS = """import numpy as np

MEMORY = {"steps": 0.0}


def compute_reward(pole_angle, memory):
    steps = memory["steps"] + 1.0
    reward = np.exp(-np.square(pole_angle)) + 0.001 * steps
    return reward, {"steps": steps}, {"steps": steps}
"""

HANGS = """import numpy as np


def compute_reward(pole_angle):
    reward = pole_angle
    for i in range(250):
        for j in range(250):
            for k in range(250):
                reward = np.cos(reward)
    return reward, {"reward": reward}
"""

NAN = """import numpy as np


def compute_reward(pole_angle):
    reward = np.log(pole_angle)
    return reward, {"reward": reward}
"""

FALLS = """import numpy as np


def compute_reward(pole_angle, cart_position):
    tilted = np.square(pole_angle / 0.1)
    centred = {weight} * np.square(cart_position)
    return tilted + centred, {{"tilted": tilted, "centred": centred}}
"""

FAILS_LATE = """import numpy as np

MEMORY = {"steps": 0.0}


def compute_reward(pole_angle, memory):
    steps = memory["steps"] + 1.0
    reward = np.exp(-np.square(pole_angle / 0.1)) + 0.001 * np.sqrt(60.0 - steps)
    return reward, {"steps": steps}, {"steps": steps}
"""

CRASHES = GOOD.format(weight=-0.75)


class CrashingSandbox(RewardSandbox):
    """Kills the worker of one reward right after it was started, as a segmentation fault would."""

    def spawn(
        self, source_text: str, layout: SignalLayout, *, timeout_s: float = 10.0, plain: bool = False
    ) -> Any:
        worker = super().spawn(source_text, layout, timeout_s=timeout_s, plain=plain)
        if source_text == CRASHES:
            assert worker.child is not None
            self._started().kill(worker.child)
        return worker


@pytest.fixture(scope="module")
def task() -> Task:
    chosen = find_task("cartpole")
    budget = replace(chosen.budget, checkpoints=2, eval_episodes=2, wall_s=60.0)
    return replace(chosen, budget=budget)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[TrainingDriver]:
    with CrashingSandbox() as sandbox:
        scratch = tmp_path_factory.mktemp("home")
        backend = PopulationBackend(sandbox, cache=cache)
        made = drive(backend, scratch=scratch, parallel=2, stop=threading.Event())
        yield made
        made.close()


def job(name: str, paid_by: Reward | str, folder: Path, env_steps: int = 1024) -> TrainingJob:
    reward = Coded(paid_by) if isinstance(paid_by, str) else paid_by
    return TrainingJob(name, "search", 0, 1, reward, folder / name, env_steps)


def run(trainer: TrainingDriver, task: Task, jobs: list[TrainingJob]) -> list[Outcome | None]:
    return trainer.train(task, jobs, on_start=lambda _: None, on_outcome=lambda *_: None)


def comparable(outcome: Outcome | None) -> Evaluation:
    assert isinstance(outcome, Evaluation), outcome
    return replace(outcome, wall_s=0.0)


def failure(outcome: Outcome | None) -> TrainingFailure:
    assert isinstance(outcome, TrainingFailure), outcome
    return outcome


def test_a_hang_a_crash_and_a_nan_leave_the_others_trained_as_if_alone(
    task: Task, trainer: TrainingDriver, tmp_path: Path
) -> None:
    good = {f"good-{n}": GOOD.format(weight=-0.1 * (n + 1)) for n in range(2)} | {"remembers": REMEMBERS}
    bad = {"hangs": HANGS, "crashes": CRASHES, "nan": NAN}
    names = ["hangs", "good-0", "crashes", "good-1", "nan", "remembers"]
    jobs = [job(name, {**good, **bad}[name], tmp_path / "together") for name in names]
    told: list[str] = []
    checkpoints: list[tuple[str, int]] = []
    outcomes = trainer.train(
        task,
        jobs,
        on_start=lambda _: None,
        on_outcome=lambda job, _: told.append(job.name),
        on_checkpoint=lambda job, reached: checkpoints.append((job.name, reached.env_steps)),
    )
    together = dict(zip(names, outcomes, strict=True))
    for name, source in good.items():
        (alone,) = run(trainer, task, [job(name, source, tmp_path / "alone")])
        assert comparable(together[name]) == comparable(alone)
    failures = {name: failure(together[name]) for name in bad}
    assert failures["hangs"].status == "timed out"
    assert "finite" in failures["nan"].reason or "NaN" in failures["nan"].reason
    assert "ended" in failures["crashes"].reason
    assert failures["nan"].env_steps > 0
    assert sorted(told) == sorted(names)
    assert sorted(checkpoints) == sorted((name, steps) for name in good for steps in (512, 1024))


def test_baselines_need_no_worker(task: Task, trainer: TrainingDriver, tmp_path: Path) -> None:
    native, sparse = run(
        trainer, task, [job("native", Native(), tmp_path), job("sparse", Sparse(), tmp_path)]
    )
    assert comparable(native).components == ("native",)
    assert comparable(sparse).components == ("fitness",)
    for name, component in {"native": "native", "sparse": "fitness"}.items():
        for one in read_trajectories(tmp_path / name / "trajectories.npz"):
            np.testing.assert_array_equal(one.components[component], np.ones(one.length))
    returns = comparable(native).curves["evaluation/return"]  # CartPole's own reward is 1 a step
    assert returns == comparable(native).curves["episode_length"]
    assert "evaluation/return" not in comparable(sparse).curves  # its fitness is what it pays


def test_what_a_training_leaves(task: Task, trainer: TrainingDriver, tmp_path: Path) -> None:
    (outcome,) = run(trainer, task, [job("one", GOOD.format(weight=-0.1), tmp_path)])
    evaluation = comparable(outcome)
    assert set(evaluation.curves) == {
        "reward",
        "component/upright",
        "component/centred",
        "fitness",
        "fitness_error",
        "episode_length",
        "evaluation/reward",
        "evaluation/return",
        "evaluation/return_error",
        "evaluation/component/upright",
        "evaluation/component/centred",
    }
    assert {len(curve) for curve in evaluation.curves.values()} == {2}
    assert 1024 < evaluation.env_steps <= trainer.steps_of(task, 1024)
    act = read_policy(tmp_path / "one" / "policy.npz").act
    kept = read_trajectories(tmp_path / "one" / "trajectories.npz")
    assert [trajectory.fitness for trajectory in kept] == list(evaluation.episode_fitness[:3])
    first, episode = kept[0], kept[0].signals
    assert first.origin == Origin("one", "search", 0, evaluation.best_checkpoint, first.origin.env_steps)
    assert first.origin.env_steps in (512, 1024)
    # The saved policy does in the recorded episode what it did when it was scored.
    observation = np.stack([episode[name] for name in list(episode)[:4]], axis=1)
    chosen = act(observation)[:-1, 0]
    np.testing.assert_array_equal(chosen, episode["action"][1:].argmax(axis=1))
    assert first.length == evaluation.episode_fitness[0]
    for one in kept + read_trajectories(tmp_path / "one" / "checkpoints.npz"):
        again = played_again(task, one)
        for name, array in again.arrays.items():
            np.testing.assert_array_equal(one.arrays[name], array, err_msg=name)
        assert set(one.components) == {"upright", "centred"}
        upright = np.exp(-np.square(one.signals["pole_angle"] / 0.1))
        np.testing.assert_allclose(one.components["upright"], upright, rtol=1e-5)
        assert one.reward is not None
        np.testing.assert_allclose(one.reward, sum(one.components.values()), rtol=1e-5)
        assert one.fitness_so_far is not None
        assert one.fitness_so_far[-1] == one.fitness
    at_checkpoints = read_trajectories(tmp_path / "one" / "checkpoints.npz")
    assert [one.origin for one in at_checkpoints] == [
        Origin("one", "search", 0, 0, 512), Origin("one", "search", 0, 1, 1024)
    ]  # fmt: skip
    assert {one.seed for one in at_checkpoints}.isdisjoint(one.seed for one in kept)


def test_a_trainings_curves_show_what_is_in_no_component(
    task: Task, trainer: TrainingDriver, tmp_path: Path
) -> None:
    """This reward pays a thousandth of its only component, and more."""
    (outcome,) = run(trainer, task, [job("one", REMEMBERS, tmp_path)])
    evaluation = comparable(outcome)
    with np.load(tmp_path / "one" / "curves.npz") as curves:
        beside = curves["reward"] - curves["component/steps"]
        np.testing.assert_allclose(curves["residual"], beside, rtol=1e-6)
    assert evaluation.residual == pytest.approx(tuple(beside))


def test_a_training_past_its_wall_limit_is_killed(
    task: Task, trainer: TrainingDriver, tmp_path: Path
) -> None:
    short = replace(task, budget=replace(task.budget, wall_s=2.0, env_steps=10_000_000))
    jobs = [job(name, Native(), tmp_path, env_steps=10_000_000) for name in ("a", "b")]
    for outcome in run(trainer, short, jobs):
        assert failure(outcome).status == "timed out"


class _DyingExecutor:
    """Kills any child that trains one certain job, as a simulator that crashes would."""

    def __init__(self, real: LocalExecutor, deadly: str) -> None:
        self.real, self.deadly, self.parallel = real, deadly, real.parallel
        self.trained: list[list[str]] = []

    def converse(
        self,
        payload: Mapping[str, Any],
        request: Mapping[str, Any],
        fds: Any,
        limits: Any,
        hear: Any,
        speak: Any = tuple,
    ) -> ChildEnd:
        names = [row["job"].split("/")[0] for row in request["jobs"]]
        self.trained.append(names)
        if self.deadly in names:
            return ChildEnd(-signal.SIGSEGV)
        return self.real.converse(payload, request, fds, limits, hear, speak)

    def map(self, run: Any, items: Any, *, most: int) -> None:
        self.real.map(run, items, most=most)

    def close(self) -> None:
        self.real.close()


def test_a_trainer_that_dies_costs_only_the_candidate_that_kills_it(
    task: Task, cache: Path, tmp_path: Path
) -> None:
    notices: list[str] = []
    with RewardSandbox() as sandbox:
        backend, stop = PopulationBackend(sandbox, cache=cache), threading.Event()
        real = LocalExecutor(
            entry=ENTRY, preload=backend.preload, scratch=tmp_path / "home", parallel=1, stop=stop
        )
        dying = _DyingExecutor(real, "deadly")
        made = TrainingDriver(backend, dying, stop=stop, notify=notices.append)
        source = GOOD.format(weight=-0.1)
        jobs = [job(name, source, tmp_path, env_steps=256) for name in ("a", "b", "deadly", "c")]
        outcomes = run(made, task, jobs)
        made.close()
    assert [isinstance(outcome, Evaluation) for outcome in outcomes] == [True, True, False, True]
    assert "signal 11" in failure(outcomes[2]).reason
    assert "signal 11" in notices[0]
    assert "2 parts" in notices[0]
    assert dying.trained == [["a", "b", "deadly", "c"], ["a", "b"], ["deadly", "c"], ["deadly"], ["c"]]


def curve_of(outcome: Outcome | None) -> tuple[tuple[float, float], ...]:
    curves = comparable(outcome).curves
    return tuple(zip(curves["fitness"], curves["fitness_error"], strict=True))


def test_who_is_clearly_behind_is_stopped_now_and_after_a_resume(
    task: Task, trainer: TrainingDriver, tmp_path: Path
) -> None:
    task = replace(task, budget=replace(task.budget, checkpoints=8))
    sources = {f"stands-{n}": GOOD.format(weight=-0.1 * (n + 1)) for n in range(3)}
    sources |= {f"falls-{n}": FALLS.format(weight=-0.1 * (n + 1)) for n in range(3)}
    jobs = [
        replace(job(name, source, tmp_path / "whole", env_steps=3072), contest=Contest())
        for name, source in sources.items()
    ]
    again = job("falls again", sources["falls-0"], tmp_path / "whole", env_steps=3072)
    whole = dict(zip([*sources, again.name], run(trainer, task, [*jobs, again]), strict=True))
    stopped = {name for name in whole if comparable(whole[name]).stopped}
    assert stopped
    assert stopped <= {"falls-0", "falls-1", "falls-2"}, "a seed more of the same reward goes to the end"
    one = comparable(whole[min(stopped)])
    assert one.stopped is not None
    assert len(one.curves["fitness"]) == one.stopped.checkpoint < 8
    assert one.env_steps < comparable(whole["falls again"]).env_steps
    # The run is killed when half of the results are in its log; the rest is trained anew beside their curves.
    ended = tuple((name, curve_of(whole[name])) for name in list(sources)[::2])
    left = [
        replace(each, folder=tmp_path / "resumed" / each.name, contest=Contest(ended))
        for each in jobs
        if each.name not in dict(ended)
    ]
    for each, outcome in zip(left, run(trainer, task, left), strict=True):
        assert comparable(outcome) == comparable(whole[each.name])


def test_what_a_failed_candidate_showed_before_it_failed_is_kept(
    task: Task, trainer: TrainingDriver, tmp_path: Path
) -> None:
    task = replace(task, budget=replace(task.budget, checkpoints=32))
    (outcome,) = run(trainer, task, [job("late", FAILS_LATE, tmp_path, env_steps=8192)])
    shown = failure(outcome).curve
    assert 0 < len(shown) < 32
    assert all(fitness > 0.0 for fitness, _ in shown)


def test_more_candidates_than_memory_allows_are_trained_in_parts(cache: Path, tmp_path: Path) -> None:
    wide = find_task(env="fragile_envs:wide", max_episode_steps=4)
    small = {"n_envs": 2, "n_steps": 64, "batch_size": 64, "n_epochs": 1}
    memory_mb = 530 + 15 * usable_cores()  # each core has a thread of XLA's, with a stack
    budget = replace(wide.budget, checkpoints=1, eval_episodes=1, memory_mb=memory_mb)
    wide = replace(wide, algorithm=small, budget=budget)
    notices: list[str] = []
    with RewardSandbox() as sandbox:
        made = drive(
            PopulationBackend(sandbox, cache=cache),
            scratch=tmp_path / "home",
            parallel=1,
            stop=threading.Event(),
            notify=notices.append,
        )
        jobs = [job(str(n), Native(), tmp_path, 128) for n in range(6)]
        outcomes = run(made, wide, jobs)
        made.close()
    assert len({comparable(outcome).fitness for outcome in outcomes}) == 1
    (notice,) = notices
    assert f"{memory_mb} MB of memory" in notice
    assert "of 6 candidates at once" in notice


@pytest.mark.parametrize(
    ("name", "words"), [("make", "the fragile environment broke"), ("undeclared", "shape (2,)")]
)
def test_worlds_that_misbehave_fail_only_whose_they_are(
    task: Task, trainer: TrainingDriver, tmp_path: Path, name: str, words: str
) -> None:
    """In Gymnasium's own environments an error cannot be told apart by world; halves find the culprit.

    Nobody in a race waits for those that began anew.
    """
    fragile = find_task(env=f"fragile_envs:{name}")
    budget = replace(fragile.budget, checkpoints=1, eval_episodes=1)
    small = {"n_envs": 2, "n_steps": 32, "batch_size": 32, "n_epochs": 2}
    fragile = replace(fragile, budget=budget, algorithm=small)
    jobs = [
        replace(job(str(seed), Native(), tmp_path, 64), seed=seed, contest=Contest()) for seed in range(4)
    ]
    checkpoints: list[str] = []
    outcomes = trainer.train(
        fragile,
        jobs,
        on_start=lambda _: None,
        on_outcome=lambda *_: None,
        on_checkpoint=lambda job, _: checkpoints.append(job.name),
    )
    assert sorted(checkpoints) == ["0", "1", "3"], "told once, however often a training began anew"
    broken = [isinstance(outcome, TrainingFailure) for outcome in outcomes]
    assert broken == [seed == 2 for seed in range(4)]
    assert words in failure(outcomes[2]).reason


def test_a_model_that_no_longer_loads_fails_with_its_reason(trainer: TrainingDriver, tmp_path: Path) -> None:
    pytest.importorskip("mujoco")
    from gymnasium.envs import mujoco

    model = tmp_path / "model.xml"
    model.write_text((Path(mujoco.__file__).parent / "assets" / "half_cheetah.xml").read_text())
    folder = shutil.copytree(ENVS / "half_cheetah", tmp_path / "half_cheetah")
    text = (folder / "task.toml").read_text()
    wanted = f'[environment]\nkwargs = {{ xml_file = "{model}" }}\n'
    (folder / "task.toml").write_text(text.replace("[environment]\n", wanted))
    task = find_task(str(folder))
    model.write_text("<mujoco><worldbody><geom type='nonsense'/></worldbody></mujoco>")
    outcomes = run(trainer, task, [job(str(n), Native(), tmp_path) for n in range(2)])
    assert all("invalid keyword: 'nonsense'" in failure(outcome).reason for outcome in outcomes)


def test_after_a_stop_nothing_new_starts(task: Task, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with RewardSandbox() as sandbox:
        made = drive(PopulationBackend(sandbox), scratch=tmp_path / "home", parallel=1, stop=stop)
        started: list[TrainingJob] = []
        jobs = [job("never", Native(), tmp_path)]
        assert made.train(task, jobs, on_start=started.append, on_outcome=lambda *_: None) == [None]
        made.close()
    assert not started
