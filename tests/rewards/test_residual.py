"""What a reward pays beside its components."""

from __future__ import annotations

import numpy as np

from eureka_agent.rewards.residual import residual


def test_the_residual_is_what_is_in_no_component() -> None:
    near, effort = np.array([[1.0, 2.0]], np.float32), np.array([[0.5, 0.25]], np.float32)
    rest = residual(near - 2.0 * effort, {"near": near, "effort": effort})
    assert rest is not None
    np.testing.assert_allclose(rest, -3.0 * effort)


def test_nothing_is_left_where_components_add_up_as_well_as_float32_can() -> None:
    random = np.random.default_rng(0)
    parts = {str(i): random.normal(0, 10.0**i, 500).astype(np.float32) for i in range(5)}
    whole = np.sum(list(parts.values()), axis=0, dtype=np.float32)
    assert residual(whole, parts) is None
    big = np.float32(1e6) * random.normal(size=500).astype(np.float32)
    assert residual(np.full(500, 0.1, np.float32), {"a": big, "b": np.float32(0.1) - big}) is None


def test_nothing_is_said_of_a_reward_without_components_or_steps() -> None:
    assert residual([1.0], {}) is None
    assert residual([], {"a": []}) is None
    assert residual([1.0, 2.0], {"a": [1.0]}) is None
