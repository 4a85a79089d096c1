"""Loading, calling, remembering, validating."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from reward_texts import FORWARD, MEMORY

from eureka_agent.errors import RewardError
from eureka_agent.rewards import (
    RewardOutput,
    check_source,
    form_names_text,
    form_table_text,
    load_reward,
    normalised_digest,
    parse_reward,
    validated,
)
from eureka_agent.rewards.forms import FORMS
from eureka_agent.rewards.tree import parse_tree


def forward_signals(rows: int = 4) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "x_velocity": rng.normal(size=rows).astype(np.float32),
        "height": np.full(rows, 1.25, np.float32),
        "action": rng.normal(size=(rows, 3)).astype(np.float32),
        "unasked": np.zeros(rows, np.float32),
    }


def memory_signals(rows: int = 3) -> dict[str, np.ndarray]:
    position = np.arange(rows * 2, dtype=np.float32).reshape(rows, 2)
    return {"position": position, "action": np.zeros((rows, 2), np.float32)}


def test_a_reward_computes_what_its_text_says():
    output = load_reward(FORWARD)(forward_signals())
    signals = forward_signals()
    effort = -0.001 * np.sum(signals["action"] ** 2, axis=-1)
    np.testing.assert_allclose(output.reward, signals["x_velocity"] + 0.5 + effort, rtol=1e-6)
    assert list(output.components) == ["forward", "upright", "effort"]
    assert output.memory is None
    assert output.reward.dtype == np.float32


def test_the_saved_file_means_the_same_to_plain_python():
    scope: dict = {}
    exec(FORWARD, scope)
    signals = {name: value for name, value in forward_signals().items() if name != "unasked"}
    reward, _ = scope["compute_reward"](**signals)
    np.testing.assert_allclose(load_reward(FORWARD)(signals).reward, reward, rtol=1e-6)


def test_a_reward_is_loaded_from_a_path(tmp_path):
    path = tmp_path / "reward.py"
    path.write_text(FORWARD)
    assert load_reward(path).source.text == FORWARD
    assert load_reward(str(path)).source.text == FORWARD
    with pytest.raises(RewardError, match="Cannot read"):
        load_reward(tmp_path / "missing.py")


def test_a_missing_signal_is_named():
    with pytest.raises(RewardError, match="height, action"):
        load_reward(FORWARD)({"x_velocity": np.zeros(2)})


def test_a_source_knows_itself():
    source = parse_reward(FORWARD)
    assert source.arguments == ("x_velocity", "height", "action")
    assert source.components == ("forward", "upright", "effort")
    assert source.docstring == "Run forward, stay up, spend little."
    assert not source.uses_memory
    remembering = parse_reward(MEMORY)
    assert remembering.uses_memory
    assert remembering.memory_initial == {"best": 1e6, "seen": [0.0, 0.0]}
    assert remembering.components == ("nearer", "still")


@pytest.mark.parametrize(
    "text", ["", "x = ", "def reward(x): pass", "MEMORY = 3\ndef compute_reward(x): pass"]
)
def test_what_is_no_reward_cannot_be_parsed(text):
    with pytest.raises(RewardError):
        parse_reward(text)


def test_component_names_are_unknown_where_code_decides_them():
    text = "def compute_reward(x):\n    c = {k: x for k in ('a',)}\n    return x, c\n"
    assert parse_reward(text).components is None


def test_a_digest_ignores_what_has_no_effect():
    same = FORWARD.replace("  # m/s", "").replace('"""Run forward, stay up, spend little."""', '"""Other."""')
    same = same.replace("(x_velocity,", "(x_velocity: np.ndarray,").replace(
        "forward + 0.5", "(forward  + 0.5"
    )
    same = same.replace("upright + effort\n", "upright) + effort\n")
    assert normalised_digest(same) == normalised_digest(FORWARD)
    assert normalised_digest(FORWARD.replace("0.5", "0.6")) != normalised_digest(FORWARD)
    assert normalised_digest("x = (") != normalised_digest("y = (")


def test_reading_a_reward_leaves_the_tree_that_others_read() -> None:
    text = FORWARD.replace("def compute_reward", "LIMIT: float = 1.0\n\n\ndef compute_reward")
    tree, _ = parse_tree(text)
    assert tree is not None
    before = ast.dump(tree, include_attributes=True)
    parse_reward(text)
    normalised_digest(text)
    check_source(text)
    assert ast.dump(tree, include_attributes=True) == before
    assert parse_tree(text)[0] is tree


def converted(library: str, arrays: dict) -> dict:
    if library == "jax":
        import jax.numpy as jnp

        return {name: jnp.asarray(value) for name, value in arrays.items()}
    if library == "torch":
        import torch

        return {name: torch.as_tensor(value) for name, value in arrays.items()}
    return arrays


@pytest.mark.parametrize("library", ["numpy", "jax", "torch"])
def test_memory_lives_through_an_episode_and_is_reset_by_row(library):
    reward = load_reward(MEMORY, library=library)
    first = reward.initial_memory(3)
    assert first["best"].shape == (3,)
    assert first["seen"].shape == (3, 2)
    signals = converted(library, memory_signals())
    one = reward(signals, first)
    assert one.memory is not None
    np.testing.assert_allclose(np.asarray(first["best"]), 1e6)
    np.testing.assert_allclose(np.asarray(one.memory["seen"]), memory_signals()["position"])
    two = reward(signals, one.memory)
    np.testing.assert_allclose(np.asarray(two.components["nearer"]), 0.0, atol=1e-6)
    mask = converted(library, {"mask": np.array([True, False, False])})["mask"]
    reset = reward.reset_memory(one.memory, mask)
    np.testing.assert_allclose(np.asarray(reset["seen"]), [[0, 0], [2, 3], [4, 5]])
    assert float(reset["best"][0]) == 1e6
    assert np.asarray(reset["seen"]).dtype == np.float32


def test_a_reward_with_memory_can_be_traced():
    import jax

    reward = load_reward(MEMORY, library="jax")
    signals = converted("jax", memory_signals())
    plain = reward(signals, reward.initial_memory(3))
    traced = jax.jit(lambda s, m: tuple(reward(s, m)))(signals, reward.initial_memory(3))
    np.testing.assert_allclose(traced[0], plain.reward, rtol=1e-6)
    assert set(traced[2]) == {"best", "seen"}


def test_memory_must_be_given_and_is_never_changed_for_the_caller():
    text = MEMORY.replace("    return reward", '    memory["best"] = best\n    return reward').replace(
        '{"best": best, "seen": memory["seen"] + position}', "memory"
    )
    reward = load_reward(text)
    with pytest.raises(RewardError, match="initial_memory"):
        reward(memory_signals())
    memory = reward.initial_memory(3)
    output = reward(memory_signals(), memory)
    assert float(memory["best"][0]) == 1e6
    assert output.memory is not None
    assert float(output.memory["best"][0]) < 10


def test_a_fault_of_the_reward_names_its_line():
    text = "def compute_reward(x, a):\n    y = x\n    return y + a, {'x': x}\n"
    with pytest.raises(RewardError, match=r"Line 3 of the reward raised ValueError: operands"):
        load_reward(text)({"x": np.zeros(3), "a": np.zeros((3, 2))})


def test_a_wrong_structure_is_refused_when_only_running_shows_it():
    text = "def compute_reward(x):\n    r = {'a': (x, {}), 'b': (x, {}, x)}\n    return r['b']\n"
    with pytest.raises(RewardError, match="returned 3 items"):
        load_reward(text)({"x": np.zeros(2)})


def test_module_constants_fail_at_loading():
    with pytest.raises(RewardError, match="ZeroDivisionError"):
        load_reward("A = 1 / 0\ndef compute_reward(x):\n    return x * A, {'x': x}\n")


def test_libraries_may_import_their_own_parts_and_nothing_else():
    scope = load_reward(FORWARD)._function_for({}).__globals__["__builtins__"]
    assert scope["__import__"]("numpy").__name__ == "numpy"
    with pytest.raises(ImportError, match="inside a reward"):
        scope["__import__"]("os")


def test_numpy_warnings_reach_the_caller_from_inside_a_reward():
    reward = load_reward("def compute_reward(x):\n    return 1.0 / x, {'x': x}\n")
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert np.isinf(reward({"x": np.zeros(2, np.float32)}).reward).all()


def output(**changes) -> RewardOutput:
    base = {"reward": np.ones(3), "components": {"a": np.ones(3)}, "memory": None}
    return RewardOutput(**{**base, **changes})


def test_validation_casts_and_fills():
    made = validated(output(components={"a": np.array([True, False, True]), "alive": 1.0}), 3)
    assert made.reward.dtype == np.float32
    assert made.components["alive"].shape == (3,)
    assert made.components["a"].tolist() == [1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reward": np.ones((3, 1))}, r"the reward has shape \(3, 1\)"),
        ({"reward": np.array([1.0, np.nan, 0.0])}, "the reward is NaN in row 1"),
        ({"reward": np.array([1.0, 0.0, 1e300])}, "the reward is inf in row 2"),
        ({"reward": np.array(["a", "b", "c"])}, "type"),
        ({"reward": [np.ones(3), np.ones(2)]}, "not an array"),
        ({"components": {"up": np.array([0.0, -np.inf, 0.0])}}, "component 'up' is -inf in row 1"),
        ({"components": {"up": np.ones(2)}}, r"component 'up' has shape \(2,\)"),
        ({"components": {}}, "0 components"),
        ({"components": {f"c{i}": np.ones(3) for i in range(33)}}, "33 components"),
        ({"components": {"n" * 65: np.ones(3)}}, "is called"),
        ({"components": {3: np.ones(3)}}, "is called"),
        ({"memory": {"m": np.ones(2)}}, "memory 'm' has shape"),
        ({"memory": {"m": np.array([[1.0], [np.nan], [1.0]])}}, "memory 'm' is NaN in row 1"),
    ],
)
def test_validation_says_what_is_wrong_and_where(changes, message):
    with pytest.raises(RewardError, match=message):
        validated(output(**changes), 3)


def test_the_table_of_forms_is_shown_whole():
    text = form_table_text()
    assert all(f"`np.{form.signature}`" in text for form in FORMS)
    assert "np.where(condition, x, y, /)" in text
    names = form_names_text().replace(",", " ").split()
    assert {form.name for form in FORMS} <= set(names)
    assert len(form_names_text()) < len(text) / 3
