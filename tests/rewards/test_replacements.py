"""Every rewrite that the rules print pays each world what the original pays it.

What the original means is what it pays one world: all rows at once where they stay apart, else one row after
the other, with Python's numbers where NumPy's would not do.
"""

from __future__ import annotations

import ast
import json
from types import FunctionType

import numpy as np
import pytest
from replacing import HEAD, SIGNALS, mended, original, with_line

from eureka_agent.archive.candidate import Candidate
from eureka_agent.rewards import check_source, load_reward
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.replacement import Replacement
from eureka_agent.store.journalled import candidate_from_json, candidate_to_json


def assert_same(source: str) -> list[Finding]:
    fixed, used = mended(source)
    assert used, [str(f) for f in check_source(source, SIGNALS)]
    left = [str(f) for f in check_source(fixed, SIGNALS) if f.severity == "error"]
    assert not left, (fixed, left)
    with np.errstate(all="ignore"):
        value = np.asarray(load_reward(fixed)(SIGNALS).components["z"])
        meant = original(source)
    assert meant, "the original itself does not run"
    same = [
        m.shape == value.shape and np.allclose(m, value, rtol=1e-5, atol=1e-6, equal_nan=True) for m in meant
    ]
    assert any(same), (fixed, [m[:3] for m in meant], value[:3])
    return used


LINES = r"""
z = np.all([x > 0, y > 0], axis=0)
z = np.any([x > 0, y > 0], axis=0)
z = np.min([x, y], axis=0)
z = np.max([x, y, x * y], axis=0)
z = np.sum([x, y], axis=0)
z = np.mean((x, y), axis=0)
z = np.prod([x, y], axis=0)
z = np.argmax([x, y], axis=0)
z = np.linalg.norm([x, y], axis=0)
z = np.max([x, y])
z = np.linalg.norm([x, y])
z = np.sum(np.min([a, b], axis=0), axis=-1)
z = np.maximum([x, y], 0.0)
z = np.sum(act)
z = np.linalg.norm(act)
z = np.mean(np.square(a - b))
z = np.argmax(act)
z = np.stack([x, y])
z = np.stack([a, b])
z = np.concatenate([a, b])
z = np.diff(act)
z = np.mean(act, axis=0)
z = np.mean(act, 0)
z = np.sum(img, axis=0)
z = np.sum(img, axis=(0, 1))
z = np.stack([x, y], axis=0)
z = np.stack([a, b], axis=0)
z = np.linalg.norm(a - b, axis=0)
z = np.array([x, y])
z = np.array([x, -y])
z = np.asarray(x)
z = np.array([a, b])
z = np.array(x + y)
terms = [x, y]; z = np.sum(terms, axis=0)
z = np.min([act[:, i] for i in range(4)], axis=0)
z = np.sum(act, axis=1, dtype=np.float32)
z = np.zeros_like(x, dtype=float) + y
d = {'a': x * 2.0}; d['b'] = y * 1.0; d['a'] += 1.0; z = d['a'] - d['b'] * 1.0
z = act.mean(axis=1)
z = act.mean(1)
z = act.mean(-1)
z = act.mean(axis=0)
z = img.sum(axis=(1, 2))
z = img.sum(axis=1)
z = act.sum()
z = act.max()
z = act.min(axis=-1, keepdims=True)
z = (act > 0).any(axis=-1)
z = (act > 0).all()
z = act.argmax(axis=-1)
z = act.std(axis=-1)
z = x.clip(0.0, 1.0)
z = x.clip(min=0.0)
z = x.clip(max=0.5)
z = x.round(1)
z = x.copy()
z = x.astype(np.float32)
z = k.astype(float)
z = k.astype(np.float64) / 2
z = (3.0 * x).astype(int)
z = (x > 0).astype(np.float32)
z = (x > 0).astype(float) + (y > 0).astype(float)
z = -(x > 0).astype(np.float32)
z = 1.0 - (x > y).astype(float)
z = x.astype(bool)
z = (x > 0).astype(bool)
z = (np.abs(x - y) * 3.0 + np.sum(np.square(act), axis=-1) - np.abs(h) * 0.25 > 0.5).astype(np.float32)
z = a.dot(b)
m = x > 0; z = m.astype(float)
z = np.square(act).sum(axis=1).clip(0.0, 2.0)
z = math.sqrt(h)
z = math.log(h, 2.0)
z = math.atan2(x, y)
z = math.pow(h, 2)
z = math.fabs(x)
z = max(x, 0.0)
z = max(x, y, 0.5)
z = min([x, y])
z = max(act)
z = round(x, 1)
z = int(3.0 * x)
z = bool(x)
z = bool(x > 0)
z = float(x)
z = float(x > 0)
z = -float(x > 0)
z = float(np.abs(x - y) * 3.0 + np.sum(np.square(act), axis=-1) - np.abs(h) * 0.25 > 0.5)
z = pow(h, y)
z = act.copy().sum(axis=-1) + pow(x, 2)
z = sum(act)
z = not (x > 0)
z = not x
z = -(x > 0)
z = -(x > 0) * 2.0
z = (x > 0) - (y > 0)
z = 0 < x < 1
z = 0 < x < y < 2
z = (x > 0) and (y > 0)
z = x or y
z = x and y and h
z = (x > 0) and y
z = 1.0 if x > 0 else 0.0
z = 2.0 * (1.0 if x > 0 else -y) + 1.0
z = (x if x > y else y) if h > 0.5 else -1.0
z = 1.0 if np.abs(x - y) * 3.0 + np.sum(np.square(act)) > 0.5 else 0.0
z = x * 2.0; z += 1.0
z = x * 2.0; z -= x - 1.0
z = x * 2.0; z *= y + 1.0
z = 0.0; z += x; z += y
z = x > 0; z |= y > 0
z = x * 1.0; z[x > 0] = 2.0
z = x * 1.0; z[x > 0] += 2.0
z = np.zeros_like(x); z[y > 0] = -1.0
if x > 0:\n    z = y\nelse:\n    z = 2.0 * y - 1.0
z = x * 1.0\nif y > 0.5:\n    z = y
z = x * 1.0\nif y > 0.5:\n    z = z - (y + 1.0)
z = x * 1.0\nif y > 0.5:\n    z -= y + 1.0
z = act[0]
z = act[1:]
z = act[-1]
z = img[0, 1]
z = img[0, :]
z = img[:, 0]; z = act[np.argmax(act, axis=-1)]
z = act[:, [0, 2]]
z = act[:, [0, 2]].sum(axis=-1)
z = x in (0.0, 1.0)
z = k in [1, 2]
z = a @ b
z = np.dot(a, b)
z = np.heaviside(x, 1.0)
z = np.heaviside(x, 0.5)
z = np.cbrt(x)
z = np.fabs(x)
z = np.float_power(h, 2)
z = np.ptp(act, axis=-1)
z = np.ptp(act)
z = np.average(act, axis=1)
z = np.nansum(act, axis=-1)
z = np.nanmean(act, axis=-1)
z = np.bitwise_and(x > 0, y > 0)
z = np.column_stack([x, y])
z = np.hstack([x, y])
z = np.float32(x)
z = np.minimum.reduce([x, y, h])
z = np.logical_and.reduce([x > 0, y > 0], axis=0)
z = np.where(x > 0, float("inf"), 0.0)
z = np.maximum(x, -float("inf"))
z = np.maximum(x, float("-inf"))
""".strip().splitlines()


@pytest.mark.parametrize("line", LINES)
def test_a_rewrite_pays_every_world_the_same(line: str) -> None:
    assert_same(with_line(line.replace("; ", "\n").replace("\\n", "\n"), HEAD))


FOREIGN = [
    ("import numpy", "z = numpy.sum(act, axis=1)"),
    ("import numpy", "z = numpy.where(x > 0, numpy.exp(x), 0.0)"),
    ("import numpy as onp\nimport numpy as np", "z = onp.linalg.norm(act, axis=-1)"),
    ("from numpy import exp, clip\nimport numpy as np", "z = clip(exp(x), 0.0, 1.0)"),
]


@pytest.mark.parametrize(("head", "line"), FOREIGN, ids=[line for _, line in FOREIGN])
def test_another_name_for_numpy_is_rewritten(head: str, line: str) -> None:
    source = with_line(line, head)
    if "from" in head:  # which of the names are wanted is for the author to say
        fixed, used = mended(source)
        assert "np.clip(np.exp(x), 0.0, 1.0)" in fixed
        assert {f.rule for f in used} == {"foreign-library"}
    else:
        assert_same(source)


def test_functions_of_jax_are_rewritten() -> None:
    pytest.importorskip("jax")
    head = "import jax.numpy as jnp"
    assert_same(with_line("z = jnp.where(x > 0, jnp.exp(x), jnp.sum(act, axis=-1))", head))


TORCH = """
z = torch.where(x > 0, torch.exp(x), torch.tanh(y))
z = torch.sum(act, dim=1)
z = torch.mean(act, -1)
z = torch.norm(a - b, dim=-1)
z = torch.norm(a, p=2, dim=-1)
z = torch.norm(a, 1, dim=-1)
z = torch.linalg.norm(a, dim=-1)
z = torch.clamp(x, 0.0, 1.0)
z = torch.clamp(x, min=0.0)
z = torch.square(x) - torch.abs(y) * torch.sqrt(h)
z = torch.cat([a, b], dim=-1).sum(axis=-1)
z = torch.stack([x, y], dim=1)
z = torch.any(act > 1, dim=1)
z = torch.pow(h, 2)
z = torch.maximum(x, y)
""".strip().splitlines()


@pytest.mark.parametrize("line", TORCH)
def test_functions_of_torch_are_rewritten(line: str) -> None:
    torch = pytest.importorskip("torch")
    source = with_line(line, "import torch\nimport numpy as np")
    fixed, _ = mended(source)
    fixed = fixed.replace("import torch\n", "")
    assert not [str(f) for f in check_source(fixed, SIGNALS) if f.severity == "error"]
    scope: dict[str, object] = {}
    exec(source, scope)
    compute = scope["compute_reward"]
    assert isinstance(compute, FunctionType)
    meant = compute(**{name: torch.from_numpy(values) for name, values in SIGNALS.items()})[1]["z"]
    value = np.asarray(load_reward(fixed)(SIGNALS).components["z"])
    np.testing.assert_allclose(value, meant.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("call", ["std(act, dim=1)", "max(act, dim=1)", "median(act, dim=1)", "round(x)"])
def test_functions_of_torch_with_another_meaning_get_words(call: str) -> None:
    source = with_line(f"z = torch.{call}", "import torch\nimport numpy as np")
    found = [f for f in check_source(source, SIGNALS) if f.rule == "foreign-library"]
    assert found
    assert not any(f.replacement for f in found)
    assert "look which you mean" in found[0].fix


def test_an_array_under_two_names_is_not_rewritten_blindly() -> None:
    lines = "w = y * 2.0\nz = w\nz += 1.0\nz = z + w"
    (found,) = [f for f in check_source(with_line(lines), SIGNALS) if f.rule == "in-place"]
    assert found.replacement is None
    assert "z = z + 1.0; other names" in found.fix


def test_a_dictionary_that_holds_a_signal_is_not_rewritten_blindly() -> None:
    lines = "d = {'a': x}\nd['a'] += 1.0\nz = d['a'] + x"
    (found,) = [f for f in check_source(with_line(lines), SIGNALS) if f.rule == "in-place"]
    assert found.replacement is None


def test_a_branch_that_returns_is_told_of_both_results() -> None:
    lines = "z = x\nif x > 0:\n    return x, {'z': z}"
    (found,) = [f for f in check_source(with_line(lines), SIGNALS) if f.rule == "array-branching"]
    assert found.fix.startswith("Compute both results, choose with np.where(condition, one, other)")


def test_a_rewrite_is_never_cut() -> None:
    long = " + ".join(f"{i}.0 * np.square(x - y)" for i in range(40))
    (found,) = [
        f for f in check_source(with_line(f"z = 1.0 if {long} > 0.5 else 0.0"), SIGNALS) if f.replacement
    ]
    assert "np.where(A, 1.0, 0.0), where A is the whole of" in found.fix
    assert found.replacement is not None
    assert "> 0.5" in found.replacement.text


def test_a_replacement_is_not_logged() -> None:
    (found,) = [f for f in check_source(with_line("z = act.sum(axis=1)"), SIGNALS) if f.replacement]
    assert "replacement" not in found.to_json()
    candidate = Candidate(0, 0, "seed", findings=(found,))
    logged = json.loads(json.dumps(candidate_to_json(candidate)))
    assert "replacement" not in logged["findings"][0]  # versions that know of none read it, too
    (read,) = candidate_from_json(logged).findings
    assert read == found
    assert read.replacement is None


def test_a_replacement_counts_bytes_and_lines() -> None:
    source = "t = 'ä', x.sum(\n  axis=1)\nu = 1\n"
    node = next(n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call))
    assert Replacement.of(node, "y").applied(source) == "t = 'ä', y\nu = 1\n"
    with pytest.raises(ValueError, match="no lines"):
        Replacement(9, 0, 9, 1, "").applied(source)
