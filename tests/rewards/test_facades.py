"""One expression, four libraries, one meaning."""

from __future__ import annotations

import math

import numpy as np
import pytest
from expressions import EXPRESSIONS, NAMES

from eureka_agent.errors import RewardError
from eureka_agent.rewards import FORMS, check_source, load_reward
from eureka_agent.rewards.facade import Namespace, facade_for
from eureka_agent.rewards.forms import MATH_CONSTANTS, MATH_FORMS_BY_NAME, NP_CONSTANTS, NP_FORMS

ROWS = 512
LIBRARIES = ("numpy", "jax", "torch")


def signals() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    shapes = {"x": (), "y": (), "h": (), "a": (3,), "b": (3,), "act": (4,), "q": (4,), "img": (2, 5)}
    made: dict[str, np.ndarray] = {
        name: rng.normal(size=(ROWS, *shape)).astype(np.float32) for name, shape in shapes.items()
    }
    made["h"] = np.abs(made["h"]) + np.float32(0.05)
    made["q"] /= np.linalg.norm(made["q"], axis=-1, keepdims=True)
    made["k"] = rng.integers(0, 6, ROWS).astype(np.int32)
    made["idx"] = rng.integers(0, 4, ROWS).astype(np.int32)
    return made


SIGNALS = signals()


def reward_of(expression: str) -> str:
    value = f"    value = {expression}\n"
    return (
        f"import numpy as np\nimport math\ndef compute_reward({', '.join(NAMES)}):\n{value}"
        '    return x + 0.0 * value, {"value": value}\n'
    )


def converted(library: str) -> dict:
    if library == "jax":
        import jax.numpy as jnp

        return {name: jnp.asarray(value) for name, value in SIGNALS.items()}
    if library == "torch":
        import torch

        return {name: torch.as_tensor(value.copy()) for name, value in SIGNALS.items()}
    return SIGNALS


def assert_conforms(actual, expected) -> None:
    actual, expected = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    assert actual.shape == expected.shape
    same = np.isclose(actual, expected, rtol=1e-4, atol=1e-5, equal_nan=True)
    assert np.mean(~same) <= 0.001


@pytest.fixture(autouse=True)
def _quiet():
    with np.errstate(all="ignore"):
        yield


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_means_the_same_everywhere(expression):
    text = reward_of(expression)
    assert [f for f in check_source(text, NAMES) if f.severity == "error"] == []
    raw = eval(expression, {"np": np, "math": math, **SIGNALS})
    for library in LIBRARIES:
        output = load_reward(text, library=library)(converted(library))  # pyright: ignore[reportArgumentType]
        assert_conforms(output.components["value"], raw)


def test_all_expressions_can_be_traced_by_jax():
    import jax

    rewards = [load_reward(reward_of(expression), library="jax") for expression in EXPRESSIONS]

    def all_values(arrays):
        return [reward(arrays).components["value"] for reward in rewards]

    for expression, value in zip(EXPRESSIONS, jax.jit(all_values)(converted("jax")), strict=True):
        assert_conforms(value, eval(expression, {"np": np, "math": math, **SIGNALS}))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_rows_are_independent(expression):
    reward = load_reward(reward_of(expression))
    order = np.random.default_rng(0).permutation(ROWS)
    whole = np.broadcast_to(reward(SIGNALS).components["value"], (ROWS,))
    shuffled = reward({name: value[order] for name, value in SIGNALS.items()}).components["value"]
    np.testing.assert_allclose(np.broadcast_to(shuffled, (ROWS,)), whole[order], rtol=1e-5, atol=1e-6)
    single = reward({name: value[7:8] for name, value in SIGNALS.items()}).components["value"]
    np.testing.assert_allclose(np.broadcast_to(single, (1,)), whole[7:8], rtol=1e-5, atol=1e-6)


def test_every_function_of_the_table_is_tried():
    text = "\n".join(EXPRESSIONS)
    untried = [form.name for form in FORMS if f"np.{form.name}(" not in text]
    assert untried == []
    assert len(EXPRESSIONS) >= 150


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_facade_offers_exactly_the_table(library):
    np_namespace, math_namespace = facade_for(library)
    plain = {name for name in NP_FORMS if "." not in name}
    assert set(dir(np_namespace)) == plain | set(NP_CONSTANTS) | {"linalg"}
    assert set(dir(np_namespace.linalg)) == {"norm"}
    assert set(dir(math_namespace)) == set(MATH_FORMS_BY_NAME) | set(MATH_CONSTANTS)


@pytest.mark.parametrize("library", LIBRARIES)
def test_nothing_but_the_table_can_be_reached_without_private_names(library):
    """Walk every public attribute from the facades: functions have none, numbers lead nowhere else."""
    frontier: list[object] = list(facade_for(library))
    reached: list[object] = []
    while frontier:
        value = frontier.pop()
        reached.append(value)
        if isinstance(value, Namespace):
            frontier += [getattr(value, name) for name in dir(value)]
        elif not isinstance(value, (float, type(None))):
            assert [name for name in dir(value) if not name.startswith("_")] == []
            assert callable(value)
    assert len(reached) > 100


def test_a_facade_cannot_be_changed_and_names_the_nearest():
    np_namespace, _ = facade_for("numpy")
    with pytest.raises(AttributeError, match="cannot be set"):
        np_namespace.exp = abs
    with pytest.raises(AttributeError, match="cannot be deleted"):
        del np_namespace.exp
    with pytest.raises(AttributeError, match="Did you mean 'max'"):
        _ = np_namespace.maxx


@pytest.mark.parametrize("library", LIBRARIES)
def test_reducing_a_scalar_signal_is_explained(library):
    reward = load_reward(reward_of("np.sum(x, axis=-1)"), library=library)
    with pytest.raises(RewardError, match=r"Line 4 .* axis of worlds"):
        reward(converted(library))


def test_float32_signals_stay_float32_in_numpy():
    for expression in ("x * (y > 0)", "np.exp(-x * 2.0)", "np.sum(a * np.array([1.0, 2.0, 3.0]), axis=-1)"):
        assert load_reward(reward_of(expression))(SIGNALS).components["value"].dtype == np.float32


def test_an_unknown_library_is_refused():
    with pytest.raises(RewardError, match="no array library"):
        facade_for("cupy")  # pyright: ignore[reportArgumentType]
