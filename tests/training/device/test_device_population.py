"""The device trainer on a small fake: its update is the CPU's, and failures stay where they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("jax", reason="needs jax: pip install 'eureka-agent[gpu]'")

import jax
import jax.numpy as jnp
from point_mass import LIMIT, near, point_task, point_worlds

from eureka_agent.errors import EurekaError, RewardError, TrainingError
from eureka_agent.rewards.source import parse_reward
from eureka_agent.tasks.sparse import SparseReward
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.device.evaluation import DeviceScoring
from eureka_agent.training.device.population import DevicePopulation, bucket
from eureka_agent.training.device.reward_provider import (
    DeviceNativeReward,
    DeviceRewardBatch,
    DeviceRewardProvider,
    DeviceSparseReward,
    DeviceSteps,
    EpisodePay,
    Memory,
    TracedRewardProvider,
)
from eureka_agent.training.device.rollout import DevicePolicies, collect
from eureka_agent.training.device.statistics import DeviceMoments, DeviceReturnScale
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.evaluation_rewards import Payer, evaluation_curves
from eureka_agent.training.population import moments as cpu_moments
from eureka_agent.training.population.halving import Rule
from eureka_agent.training.population.learner import Experience, Learner, LearnerState, traced_update
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.race import Race


class Pays:
    """Pays by how near the point is, times a weight; NaN from some iteration on, where told."""

    signals: tuple[str, ...] = ("x",)
    components: tuple[str, ...] = ("near", "far")

    def __init__(self, weight: float = 1.0, spoiled_after: int | None = None) -> None:
        self.weight, self.spoiled_after = weight, spoiled_after

    def initial_memory(self, num_envs: int) -> Memory:
        return {"calls": jnp.zeros(num_envs)}

    def __call__(self, rollout: DeviceSteps, memory: Memory) -> DeviceRewardBatch:
        reward = self.weight * jnp.exp(-jnp.square(rollout.signals["x"]))
        if self.spoiled_after is not None:
            reward = jnp.where(memory["calls"] >= self.spoiled_after, jnp.nan, reward)
        return DeviceRewardBatch(reward, {"near": reward, "far": -reward}, {"calls": memory["calls"] + 1.0})


def learner_of(task: Task) -> Learner:
    settings = PpoSettings.of(task.algorithm)
    return Learner(Network(2, settings.hidden_sizes, (), 1), settings)


def population(
    task: Task,
    providers: Mapping[str, DeviceRewardProvider],
    ends: dict[str, Any],
    *,
    env_steps: int = 512,
    seed: int = 3,
    race: Race | None = None,
) -> DevicePopulation:
    def on_end(candidate: TrainingCandidate, end: Learned | EurekaError) -> None:
        ends[candidate.name] = end

    candidates = [TrainingCandidate(name, seed, provider) for name, provider in providers.items()]
    worlds, learner = point_worlds(task), learner_of(task)
    return DevicePopulation(
        task, candidates, worlds=worlds, learner=learner, env_steps=env_steps, on_end=on_end, race=race
    )


def rolled_out(task: Task, candidates: int, breaks: float = np.inf) -> tuple[Any, Any, DevicePolicies]:
    """Return worlds and rollout of freshly made policies."""
    worlds, learner = point_worlds(task, breaks), learner_of(task)
    settings = learner.settings
    flat = jnp.stack([jnp.asarray(learner.initial(seed).flat) for seed in range(candidates)])
    policies = DevicePolicies(flat, None)
    keys = jax.random.split(jax.random.key(0), candidates)
    rows = worlds.begin(jax.random.split(jax.random.key(1), candidates * settings.n_envs))
    found = jax.jit(
        lambda rows: collect(
            worlds, learner.network, policies, rows, keys, steps=settings.n_steps, names=("x", "prev_x", "v")
        )
    )(rows)
    return rows, jax.device_get(found[1]), policies


def test_a_rollout_is_one_chain_of_steps_through_resets() -> None:
    task = point_task(n_steps=3 * LIMIT)
    rows, rollout, _ = rolled_out(task, 2)
    assert rollout.first[0].all()
    np.testing.assert_array_equal(rollout.first[1:], rollout.done[:-1])
    assert rollout.done.sum() >= 2 * 8 * 2
    x, previous = rollout.signals["x"], rollout.signals["prev_x"]
    going_on = ~rollout.first[1:]
    np.testing.assert_array_equal(previous[1:][going_on], x[:-1][going_on])
    np.testing.assert_array_equal(rollout.observation[..., 0], previous)
    np.testing.assert_array_equal(rollout.observation[0, ..., 0].ravel(), rows.state["obs"][:, 0])
    # An episode's steps: at most the limit, and cut off only there.
    lengths = np.diff(np.flatnonzero(np.append(rollout.first[:, 0, 0], True)))
    assert lengths.max() <= LIMIT
    assert (rollout.bootstrap != 0).sum() <= rollout.done.sum()
    begun = rollout.observation[1:][rollout.first[1:]]
    assert np.abs(begun[:, 0]).max() <= 1.0
    assert len(np.unique(begun[:, 0])) > 4


def test_a_world_that_breaks_ends_its_episode_and_shows_nothing_that_is_not_finite() -> None:
    task = point_task(n_steps=40)
    _, rollout, _ = rolled_out(task, 2, breaks=0.9)
    assert rollout.fault.any()
    assert rollout.done[rollout.fault].all()
    assert not rollout.native_reward[rollout.fault].any()
    for array in (rollout.observation, *rollout.signals.values(), rollout.native_reward):
        assert np.isfinite(array).all()


def test_a_first_rollout_is_learned_from_with_its_own_statistics() -> None:
    generator = np.random.default_rng(0)
    rows = jnp.asarray(generator.normal(5.0, 3.0, (2, 40, 2)), jnp.float32)
    empty = DeviceMoments.empty(2, 2)
    known = empty.update(rows)
    later = known.update(2.0 * rows)
    for fresh, used in ((empty, known), (known, known)):
        for one, other in zip(fresh.where_seen(known if fresh is empty else later), used, strict=True):
            np.testing.assert_array_equal(one, other)
    task = point_task()
    made = population(task, {"a": Pays()}, {})
    learned: list[Any] = []
    iteration, learn = made._iteration, made._iteration._learn

    def spied(generation: Any, policies: DevicePolicies, *rest: Any) -> Any:
        assert policies.moments is not None
        jax.debug.callback(lambda mean: learned.append(mean), policies.moments.mean)
        return learn(generation, policies, *rest)

    iteration._learn = spied  # pyright: ignore[reportAttributeAccessIssue]
    seen = []
    for _ in range(3):
        made.iterate()
        seen.append(np.array(made.generation.moments.mean))
    jax.effects_barrier()
    np.testing.assert_array_equal(learned[0], seen[0], err_msg="the first rollout's own")
    np.testing.assert_array_equal(learned[1], seen[0])
    np.testing.assert_array_equal(learned[2], seen[1])
    assert not np.array_equal(seen[0], seen[1])


def test_one_update_equals_the_cpu_learners() -> None:
    task = point_task(n_envs=4, n_steps=32)
    learner = learner_of(task)
    generator = np.random.default_rng(0)
    shape = (32, 4)

    def experience(seed: int) -> Experience:
        draw = np.random.default_rng(seed).standard_normal
        return Experience(
            draw((*shape, 2)).astype(np.float32),
            draw((4, 2)).astype(np.float32),
            draw((*shape, 1)).astype(np.float32),
            draw(shape).astype(np.float32),
            np.random.default_rng(seed).random(shape) < 0.05,
        )

    given = [experience(seed) for seed in range(3)]
    states = [learner.initial(seed) for seed in range(3)]
    order = learner._order(generator)

    class Fixed:
        def permutation(self, rows: int) -> np.ndarray:
            return order.reshape(learner.settings.n_epochs, -1)[self.next_epoch()][:rows]

        epoch = -1

        def next_epoch(self) -> int:
            self.epoch += 1
            return self.epoch

    one_by_one = [learner.update(s, e, Fixed()) for s, e in zip(states, given, strict=True)]  # pyright: ignore[reportArgumentType]
    together = jax.jit(
        jax.vmap(
            lambda flat, optimizer, e: traced_update(
                learner.network, flat, optimizer, e, order, learner._knobs
            )
        )
    )
    flats = jnp.stack([s.flat for s in states])
    optimizers = jax.tree.map(lambda *leaves: jnp.stack(leaves), *[s.optimizer for s in states])
    stacked = Experience(*(np.stack(arrays) for arrays in zip(*given, strict=True)))
    flat, _ = together(flats, optimizers, stacked)
    for k, state in enumerate(one_by_one):
        assert isinstance(state, LearnerState)
        assert not np.array_equal(flat[k], states[k].flat)
        np.testing.assert_allclose(flat[k], state.flat, rtol=1e-4, atol=1e-5)


def test_statistics_equal_the_cpus() -> None:
    generator = np.random.default_rng(0)
    ours, theirs = DeviceMoments.empty(1, 3), cpu_moments.Moments(3)
    for _ in range(5):
        rows = (generator.normal(size=(40, 3)) * [1.0, 5.0, 0.1] + [0.0, 3.0, -1.0]).astype(np.float32)
        ours = ours.update(jnp.asarray(rows)[None])
        theirs.update(rows)
    np.testing.assert_allclose(ours.mean[0], theirs.mean, rtol=1e-4)
    np.testing.assert_allclose(ours.var[0], theirs.var, rtol=1e-4)
    held = jax.device_get(ours).on_host(0)
    assert held.count == pytest.approx(theirs.count)
    scale, reference = DeviceReturnScale.empty(1, 4), cpu_moments.ReturnScale(4, 0.99)
    for _ in range(3):
        rewards = generator.normal(size=(30, 4)).astype(np.float32)
        done = generator.random((30, 4)) < 0.1
        scale, got = scale(jnp.asarray(rewards)[None], jnp.asarray(done)[None], 0.99)
        np.testing.assert_allclose(got[0], reference(rewards, done), rtol=1e-3, atol=1e-5)


def flats_after(
    task: Task, providers: Mapping[str, DeviceRewardProvider], iterations: int
) -> list[np.ndarray]:
    """Return everybody's weights after each iteration."""
    made = population(task, providers, {})
    begun, flats = made.generation, []
    for _ in range(iterations):
        made.iterate()
        flats.append(np.array(made.generation.flat))
    assert begun.flat.is_deleted(), "two copies of all worlds would take twice a device's memory"
    return flats


def test_a_candidate_learns_beside_a_broken_one_what_it_learns_beside_a_sound_one() -> None:
    task = point_task()
    never = 99
    sound = flats_after(task, {"a": Pays(1.0, never), "b": Pays(-1.0, never), "c": Pays(1.0, never)}, 3)
    broken = flats_after(task, {"a": Pays(1.0, never), "b": Pays(-1.0, 1), "c": Pays(1.0, never)}, 3)
    np.testing.assert_array_equal(sound[-1][[0, 2]], broken[-1][[0, 2]])
    np.testing.assert_array_equal(sound[-1][0], sound[-1][2], err_msg="equal seeds and rewards")
    assert not np.array_equal(sound[-1][0], sound[-1][1])
    np.testing.assert_array_equal(broken[-1][1], sound[0][1], err_msg="its last good weights")
    alone = flats_after(task, {"a": Pays(1.0, never)}, 3)
    np.testing.assert_allclose(sound[-1][0], alone[-1][0], atol=5e-3)


@pytest.mark.parametrize(("candidates", "size"), [(1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (16, 16)])
def test_programs_come_in_powers_of_two(candidates: int, size: int) -> None:
    assert bucket(candidates) == size


def test_who_is_behind_is_stopped_and_the_others_go_on_in_a_smaller_program() -> None:
    task = point_task()
    task = replace(task, budget=replace(task.budget, checkpoints=4))
    providers = {"a": Pays(1.0), "b": Pays(-1.0), "c": Pays(-1.0), "d": DeviceNativeReward()}
    anybody_behind = Rule(first=0.25, margin=0.0, learned=0.0, errors=0.0)
    ends: dict[str, Any] = {}
    race = Race(providers, checkpoint_scores=4, rule=anybody_behind)
    made = population(task, providers, ends, env_steps=1024, race=race)
    untouched = population(task, providers, {})
    untouched._iteration = made._iteration  # compiled once
    for _ in range(8):
        untouched.iterate()
    made.run()
    stopped = [name for name, learned in ends.items() if learned.stopped is not None]
    assert len(stopped) == 2
    assert list(ends)[:2] == stopped, "they are told before the others end"
    assert made.size == 2
    for name in stopped:
        assert ends[name].stopped.env_steps < ends[name].stopped.of == 1024
        assert len(ends[name].curves["fitness"]) == ends[name].stopped.checkpoint < 4
        assert len(ends[name].scoring.scores) == 3
    for k, name in enumerate(name for name in providers if name not in stopped):
        assert len(ends[name].curves["fitness"]) == 4
        alone = untouched.generation.flat[list(providers).index(name)]
        np.testing.assert_allclose(made.generation.flat[k], alone, atol=5e-3)
        assert not np.allclose(made.generation.flat[1 - k], alone, atol=5e-3)


def test_an_iteration_with_a_traced_reward_is_compiled_once() -> None:
    pytest.importorskip("flatbuffers")
    from eureka_agent.rewards.jax_export import SignalShape, export_reward
    from eureka_agent.rewards.jax_program import admit

    task = point_task()
    text = "import numpy as np\ndef compute_reward(x):\n    return np.exp(-x), {'n': x}\n"
    shapes = [SignalShape(signal.name, signal.shape, signal.dtype) for signal in task.all_signals]
    traced = export_reward(text, shapes)
    provider = TracedRewardProvider(admit(traced.module, parse_reward(text), traced.components, shapes), task)
    made = population(task, {"traced": provider}, {})
    for _ in range(2):
        made.iterate()
    assert made._iteration._program._cache_size() == 1  # pyright: ignore[reportAttributeAccessIssue]


def test_progress_is_an_input_of_the_one_program_and_rises_from_0_to_1() -> None:
    pytest.importorskip("flatbuffers")
    from eureka_agent.rewards.jax_export import SignalShape, export_reward
    from eureka_agent.rewards.jax_program import admit

    task = point_task()
    ends: dict[str, Any] = {}
    texts = {
        "plain": "def compute_reward(progress):\n    return progress, {'share': progress}\n",
        "remembers": (
            "MEMORY = {'n': 0.0}\ndef compute_reward(x, progress, memory):\n    n = memory['n'] + 1.0\n"
            "    return progress + 0.0 * x, {'share': progress + 0.0 * n}, {'n': n}\n"
        ),
    }
    shapes = [SignalShape(signal.name, signal.shape, signal.dtype) for signal in task.readable_signals]
    providers = {}
    for name, text in texts.items():
        traced = export_reward(text, shapes)
        admitted = admit(traced.module, parse_reward(text), traced.components, shapes)
        providers[name] = TracedRewardProvider(admitted, task)
    made = population(task, providers, ends, env_steps=1024)
    made.run()
    assert made._iteration._program._cache_size() == 1  # pyright: ignore[reportAttributeAccessIssue]
    for name, provider in providers.items():
        learned = ends[name]
        rollout = learner_of(task).settings.rollout
        counts = np.arange(1024 // rollout).reshape(2, -1) * rollout / 1024
        np.testing.assert_allclose(learned.curves["component/share"], counts.mean(axis=1), rtol=1e-5)
        assert [one.progress for one in learned.at_checkpoints] == [0.5, 1.0]
        curves = evaluation_curves(Payer(EpisodePay(provider), rows=10**9), learned.evaluations)
        np.testing.assert_allclose(curves["evaluation/component/share"], [0.5, 1.0], rtol=1e-6)


def test_whole_trainings_end_one_by_one_and_say_what_was_wrong() -> None:
    task = point_task()
    ends: dict[str, Any] = {}
    providers = {"good": Pays(), "nan": Pays(1.0, 1), "native": DeviceNativeReward(), "huge": Pays(3e38)}
    population(task, providers, ends, env_steps=1024).run()
    assert isinstance(ends["nan"], RewardError)
    assert "NaN or infinite" in ends["nan"].what
    assert isinstance(ends["huge"], TrainingError)
    assert next(iter(ends)) in ("nan", "huge"), "failures are told before the others end"
    for name in ("good", "native"):
        learned = ends[name]
        assert isinstance(learned, Learned)
        names = ["near", "far"] if name == "good" else ["native"]
        expected_curves = [
            "reward",
            *(f"component/{one}" for one in names),
            "fitness",
            "fitness_error",
            "episode_length",
        ]
        assert list(learned.curves) == expected_curves
        assert {len(curve) for curve in learned.curves.values()} == {2}
        first, second, third = learned.scoring.trajectories
        assert 0.0 < learned.scoring.scores[0] <= 1.0
        assert set(first.signals) == {signal.name for signal in task.all_signals}
        assert {len(array) for array in second.signals.values()} == {second.length}
        expected = np.mean(near(dict(third.signals)))
        assert third.fitness == pytest.approx(expected, rel=1e-5)
        assert learned.env_steps > 1024
        assert [one.origin.checkpoint for one in learned.at_checkpoints] == [0, 1]
        assert {one.simulator for one in learned.at_checkpoints} == {"device"}
        assert learned.checkpoint.policy.flat.shape == learner_of(task).initial(0).flat.shape


def test_of_a_device_only_scores_and_exemplars_come_back() -> None:
    task, worlds = point_task(), point_worlds(point_task())
    learner, seeds = learner_of(task), [[1, 2, 3, 4], [5, 6, 7, 8]]
    policies = DevicePolicies(jnp.stack([jnp.asarray(learner.initial(k).flat) for k in range(2)]), None)
    scoring = DeviceScoring(task, worlds, learner.network)
    runs = [scoring(policies, seeds, recorded=count) for count in (0, 1)]
    told = [[(one.scores, one.lengths) for one in run if isinstance(one, EpisodeSet)] for run in runs]
    assert len(told[0]) == 2
    assert told[0] == told[1], "recording changes no score"
    keys = jax.vmap(jax.random.key)(jnp.arange(8, dtype=jnp.uint32))
    brought = jax.eval_shape(lambda p, k: scoring.run(p, k, watched=(0, 4)), policies, keys)
    assert brought.worlds is None
    for name, array in brought.rows.items():
        assert array.shape[:2] == (LIMIT, 8 if name in ("native", "fitness") else 2), name


def test_of_a_rollout_on_a_device_only_means_come_back() -> None:
    task = point_task()
    made = population(task, {"one": Pays(), "two": Pays(2.0)}, {})
    made.iterate()
    for array in jax.tree.leaves(made._reports):
        assert array.size <= 2, "at most a number a candidate"


@pytest.mark.parametrize("reduce", ["mean", "native_return", "episode"])
def test_the_sparse_baseline_is_the_hosts_for_every_kind_of_fitness(reduce: str) -> None:
    task = point_task(reduce)
    generator = np.random.default_rng(0)
    shape = (3 * LIMIT, 4)
    done = np.zeros(shape, bool)
    done[LIMIT - 1 :: LIMIT] = done[5, 2] = True
    names = [signal.name for signal in task.all_signals]
    signals = {name: generator.normal(size=shape).astype(np.float32) for name in names}
    native = generator.normal(size=shape).astype(np.float32)
    provider = DeviceSparseReward(task, point_worlds(task), 4)
    rollout = DeviceSteps(signals, native, done, np.roll(done, 1, axis=0), progress=0.0)
    paid = jax.jit(lambda rollout: provider(rollout, {}))(rollout)
    host = SparseReward(task, 4)
    expected = [
        host.step({name: array[t] for name, array in signals.items()}, native[t], done[t])
        for t in range(len(done))
    ]
    np.testing.assert_allclose(paid.reward, np.stack(expected), rtol=1e-4, atol=1e-5)
    assert np.abs(paid.reward[done]).min() > 0


@pytest.mark.slow
def test_learning_brings_the_point_to_the_goal() -> None:
    task = point_task(n_envs=32, n_steps=32, batch_size=256, n_epochs=6, learning_rate=3e-3)
    ends: dict[str, Any] = {}
    population(task, {"native": DeviceNativeReward()}, ends, env_steps=40_960).run()
    curve = ends["native"].curves["reward"]
    assert curve[-1] > 0.6 * curve[0], "a cost of distance, and so negative"
    assert ends["native"].scoring.fitness > 0.8
