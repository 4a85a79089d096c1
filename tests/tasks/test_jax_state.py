"""A Gymnasium environment around JAX: its arrays, keys and trees are saved and come back as they were."""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from eureka_agent.errors import TaskError
from eureka_agent.tasks.env_state import no_state, read_state_of, write_state_of
from eureka_agent.tasks.jax_state import packed_tree, unpacked_tree

jax = pytest.importorskip("jax", reason="needs jax: pip install 'eureka-agent[gpu]'")
jnp = pytest.importorskip("jax.numpy")


class Ball(NamedTuple):
    """Where a ball is, and since when."""

    place: Any
    age: Any


class Drift(gym.Env):
    """A ball that drifts by chance: its whole state is a tree, its dynamics a compiled function."""

    observation_space = spaces.Box(-np.inf, np.inf, (2,), np.float32)
    action_space = spaces.Discrete(2)

    def __init__(self) -> None:
        self.key, self.ball = jax.random.key(0), None
        self.move = jax.jit(
            lambda key, ball, push: Ball(ball.place + push * jax.random.normal(key, (2,)), ball.age + 1)
        )

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.key = jax.random.key(seed or 0)
        self.ball = Ball(jnp.zeros(2), jnp.asarray(0))
        return np.zeros(2, np.float32), {}

    def step(self, action: Any) -> Any:
        self.key, drawn = jax.random.split(self.key)
        self.ball = self.move(drawn, self.ball, int(action) + 1.0)
        return np.asarray(self.ball.place), 0.0, False, False, {}


class OfferedDrift(Drift):
    """Offers its state itself, and keeps something else that is not plain."""

    def __init__(self) -> None:
        super().__init__()
        self.other = object()

    def get_state(self) -> Any:
        return {"key": self.key, "ball": self.ball}

    def set_state(self, state: Any) -> None:
        self.key, self.ball = state["key"], state["ball"]


@pytest.mark.parametrize("make", [Drift, OfferedDrift])
def test_the_same_actions_lead_to_the_same_steps_again(make: type[Drift]) -> None:
    env = make()
    env.reset(seed=3)
    env.step(1)
    state = read_state_of(env)
    expected = [env.step(action)[0] for action in (0, 1, 1)]
    other = make()
    other.reset(seed=8)
    other.step(0)
    write_state_of(other, state)
    assert isinstance(other.ball, Ball)
    np.testing.assert_array_equal([other.step(action)[0] for action in (0, 1, 1)], expected)


def test_a_state_of_other_shapes_is_none_of_this_environment() -> None:
    wider, env = Drift(), Drift()
    env.reset()
    wider.ball = Ball(jnp.zeros(3), jnp.asarray(0))
    with pytest.raises(TaskError, match="not one of Drift: An array is"):
        write_state_of(env, read_state_of(wider))


def test_an_object_between_them_is_still_in_the_way() -> None:
    class Kept(Drift):
        def __init__(self) -> None:
            super().__init__()
            self.ball = Ball(jnp.zeros(2), object())

    assert "attribute 'ball'" in no_state(Kept())


def test_a_tree_of_another_structure_is_refused() -> None:
    packed = packed_tree(Ball(jnp.zeros(2), 1.0))
    again = unpacked_tree(packed, Ball(jnp.ones(2), 0.0))
    assert again.age == 1.0
    with pytest.raises(TypeError, match="2 leaves, the environment's 1"):
        unpacked_tree(packed, jnp.zeros(2))
    with pytest.raises(TypeError, match=r"float32\(2,\), the environment's float32\(3,\)"):
        unpacked_tree(packed, Ball(jnp.ones(3), 0.0))


def test_weak_types_stay_weak() -> None:
    weak, strong = jnp.asarray(2.0), jnp.float32(2.0)
    again = unpacked_tree(packed_tree((weak, strong)), (weak * 0, strong * 0))
    assert again[0].weak_type
    assert not again[1].weak_type
