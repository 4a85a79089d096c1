"""A traced reward means what the source means, and a program that is more than arithmetic is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from expressions import EXPRESSIONS, NAMES
from test_facades import SIGNALS, assert_conforms

pytest.importorskip("jax", reason="needs jax: pip install 'eureka-agent[gpu]'")
pytest.importorskip("flatbuffers", reason="needs flatbuffers: pip install 'eureka-agent[gpu]'")

import jax
import jax.export
import jax.numpy as jnp

from eureka_agent.errors import RewardError
from eureka_agent.rewards.jax_export import SignalShape, export_reward
from eureka_agent.rewards.jax_program import DeviceReward, admit
from eureka_agent.rewards.loader import MAX_MODULE_BYTES, load_reward
from eureka_agent.rewards.source import parse_reward

SHAPES = [SignalShape(name, SIGNALS[name].shape[1:], SIGNALS[name].dtype.name) for name in NAMES]
LIMIT = 30
PLAIN = """import numpy as np

WEIGHTS = np.array([1.0, 2.0, 3.0]) / 6.0


def compute_reward(x, a, k):
    near = np.exp(-np.sum(np.square(a) * WEIGHTS, axis=-1))
    hit = np.where(k > 2, 1.0, 0.0)
    return near + hit - 0.1 * x, {"near": near, "hit": hit, "constant": 0.5}
"""
REMEMBERS = """import numpy as np

MEMORY = {"best": [0.0, 0.0, 0.0], "steps": 0.0}


def compute_reward(a, memory):
    best = np.maximum(memory["best"], a)
    steps = memory["steps"] + 1.0
    gain = np.sum(best - memory["best"], axis=-1)
    return gain - 0.01 * steps, {"gain": gain}, {"best": best, "steps": steps}
"""


def taken_in(text: str) -> DeviceReward:
    made = export_reward(text, SHAPES)
    return admit(made.module, parse_reward(text), made.components, SHAPES)


def on_device(reward: DeviceReward) -> dict[str, np.ndarray]:
    given = {name: jnp.asarray(SIGNALS[name]) for name in NAMES}
    called = jax.jit(lambda signals: reward(signals, {})[:2])
    value, components = called(given)
    return {"reward": np.asarray(value)} | {name: np.asarray(array) for name, array in components.items()}


@pytest.mark.parametrize("first", range(0, len(EXPRESSIONS), LIMIT))
def test_every_expression_is_admitted_and_means_the_same(first: int) -> None:
    chosen = EXPRESSIONS[first : first + LIMIT]
    lines = [f"    v{i} = {expression}" for i, expression in enumerate(chosen)]
    terms = ", ".join(f'"v{i}": v{i}' for i in range(len(chosen)))
    text = "\n".join(
        ["import numpy as np", "import math", f"def compute_reward({', '.join(NAMES)}):", *lines,
         f"    return x, {{{terms}}}", ""]
    )  # fmt: skip
    with np.errstate(all="ignore"):
        expected = load_reward(text)(SIGNALS).components
    got = on_device(taken_in(text))
    for i in range(len(chosen)):
        whole = np.broadcast_to(np.asarray(expected[f"v{i}"], np.float32), got[f"v{i}"].shape)
        assert_conforms(got[f"v{i}"], whole)


def test_one_program_serves_every_number_of_rows() -> None:
    reward = taken_in(PLAIN)
    for rows in (1, 3, 64):
        given = {name: jnp.asarray(array[:rows]) for name, array in SIGNALS.items()}
        expected = load_reward(PLAIN)({name: array[:rows] for name, array in SIGNALS.items()})
        output = jax.jit(lambda signals: reward(signals, {})[:2])(given)
        np.testing.assert_allclose(output[0], expected.reward, rtol=1e-5)
        np.testing.assert_array_equal(output[1]["constant"], np.full(rows, 0.5, np.float32))


def test_memory_is_carried_by_whoever_calls() -> None:
    reward, plain = taken_in(REMEMBERS), load_reward(REMEMBERS)
    generator = np.random.default_rng(0)
    steps = generator.normal(size=(6, 5, 3)).astype(np.float32)

    def step(memory: Any, a: Any) -> Any:
        output = reward({"a": a}, memory)
        return output.memory, output.reward

    memory, got = jax.jit(lambda all_steps: jax.lax.scan(step, reward.initial_memory(5), all_steps))(steps)
    remembered = plain.initial_memory(5)
    for t in range(6):
        output = plain({"a": steps[t]}, remembered)
        remembered = output.memory or {}
        np.testing.assert_allclose(got[t], output.reward, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(memory["best"], remembered["best"], rtol=1e-6)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("y = a", r"shape \(n, 3\)"),
        ("y = np.sum(a * np.array([1.0, 2.0]), axis=-1)", "Line 6 of the reward raised"),
        ("y = np.sum(a, axis=0)", "axis"),
    ],
)
def test_what_cannot_be_a_reward_is_said_when_traced(line: str, message: str) -> None:
    text = (
        f"import numpy as np\n\n\ndef compute_reward(a):\n    z = 1.0\n    {line}\n    return y, {{'y': z}}\n"
    )
    with pytest.raises(RewardError, match=message):
        export_reward(text, SHAPES)


def test_memory_that_changes_its_shape_is_refused() -> None:
    grows = (
        REMEMBERS.replace('"best": [0.0, 0.0, 0.0]', '"best": 0.0')
        .replace('np.maximum(memory["best"], a)', 'np.maximum(memory["best"][:, None], a)')
        .replace('best - memory["best"]', 'best - memory["best"][:, None]')
    )
    with pytest.raises(RewardError, match="memory 'best' has shape"):
        export_reward(grows, SHAPES)


# --- hostile modules: each is what a process that ran generated code might send

X = SignalShape("x", (), "float32")
A = SignalShape("a", (3,), "float32")
CALLBACK = "xla_ffi_python_cpu_callback"
ANY_CALL = jax.export.DisabledSafetyCheck.custom_call(CALLBACK)
SOURCE = "def compute_reward(x, a):\n    return x, {'x': x}\n"
Program = Callable[[Any, Any], Any]


def forged(program: Program, *, rows: str = "n", a: tuple[int, ...] = (3,), **options: Any) -> bytes:
    (n,) = jax.export.symbolic_shape(rows) if rows == "n" else (int(rows),)
    shapes = (
        (jax.ShapeDtypeStruct((n,), np.float32), jax.ShapeDtypeStruct((n, *a), np.float32)),
        (),
    )
    options.setdefault("platforms", ("cpu", "cuda"))
    return bytes(jax.export.export(jax.jit(program, keep_unused=True), **options)(*shapes).serialize())


def honest(signals: Any, memory: Any) -> Any:
    return signals[0], signals[0][None], ()


def calls_outside(signals: Any, memory: Any) -> Any:
    x = jax.ffi.ffi_call(CALLBACK, jax.ShapeDtypeStruct(signals[0].shape, np.float32))(signals[0])
    return x, x[None], ()


def calls_a_library(signals: Any, memory: Any) -> Any:
    matrix = jax.lax.linalg.cholesky(jnp.broadcast_to(jnp.eye(3), (*signals[0].shape, 3, 3)))
    return matrix[:, 0, 0], matrix[:, 0, 0][None], ()


def loops_for_ever(signals: Any, memory: Any) -> Any:
    x = jax.lax.while_loop(lambda v: jnp.all(v == v), lambda v: v + 1.0, signals[0])
    return x, x[None], ()


def draws_numbers(signals: Any, memory: Any) -> Any:
    bits = jax.lax.rng_uniform(0.0, 1.0, (3,))
    return signals[0] + bits[0], signals[0][None], ()


def half(signals: Any, memory: Any) -> Any:
    return signals[0].astype(jnp.float16), signals[0][None], ()


def two_components(signals: Any, memory: Any) -> Any:
    return signals[0], jnp.stack([signals[0], signals[0]]), ()


def remembers(signals: Any, memory: Any) -> Any:
    return signals[0], signals[0][None], (signals[0],)


def huge(signals: Any, memory: Any) -> Any:
    table = np.random.default_rng(0).normal(size=2**18).astype(np.float32)
    return signals[0] + jnp.asarray(table)[0] + jnp.max(jnp.asarray(table)), signals[0][None], ()


FORGED = [
    (calls_outside, {"disabled_checks": [ANY_CALL]}, f"it calls '{CALLBACK}' outside the program"),
    (calls_a_library, {}, "operation 'stablehlo.case'"),
    (loops_for_ever, {}, "operation 'stablehlo.while'"),
    (draws_numbers, {}, "operation 'stablehlo.rng'"),
    (half, {}, "it gives float16"),
    (two_components, {}, "it gives"),
    (remembers, {}, "it gives"),
    (huge, {}, "bytes"),
    (honest, {"rows": "8"}, "it takes"),
    (honest, {"a": (2,)}, "it takes"),
    (honest, {"platforms": ("cpu",)}, "it is for"),
]


@pytest.mark.parametrize(("program", "options", "message"), FORGED)
def test_what_is_not_arithmetic_of_the_right_shape_is_refused(
    program: Program, options: dict[str, Any], message: str
) -> None:
    module = forged(program, **options)
    with pytest.raises(RewardError, match=message):
        admit(module, parse_reward(SOURCE), ["x"], [X, A])
    assert len(module) < MAX_MODULE_BYTES or program is huge


def test_what_was_forged_honestly_is_admitted() -> None:
    reward = admit(forged(honest), parse_reward(SOURCE), ["x"], [X, A])
    output = reward({"x": jnp.arange(4.0), "a": jnp.zeros((4, 3))}, {})
    np.testing.assert_array_equal(output.reward, np.arange(4.0))


def test_a_description_that_does_not_fit_the_program_is_refused() -> None:
    made = jax.export.deserialize(bytearray(forged(honest)))
    other = jax.export.deserialize(bytearray(forged(honest, a=(2,))))
    swapped = dataclasses.replace(made, mlir_module_serialized=other.mlir_module_serialized)
    with pytest.raises(RewardError, match="its program takes"):
        admit(bytes(swapped.serialize()), parse_reward(SOURCE), ["x"], [X, A])


@pytest.mark.parametrize("module", [b"", b"\0" * 100, b"GARBAGE" * 50])
def test_bytes_that_are_no_module_are_refused(module: bytes) -> None:
    with pytest.raises(RewardError, match="cannot be read"):
        admit(module, parse_reward(SOURCE), ["x"], [X, A])
