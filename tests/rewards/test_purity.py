"""A reward is pure by construction: its constants never change, and it cannot count rows."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from eureka_agent.errors import RewardError
from eureka_agent.rewards import check_source, load_reward
from eureka_agent.rewards.facade import Library
from eureka_agent.rewards.purity import FrozenDict, FrozenList, frozen
from eureka_agent.rewards.rules import IMPURE_RULES

CONSTANTS = """import numpy as np
N = [0]
D = {"n": 0.0, "inner": {"n": 0.0}, "list": [1.0, 2.0]}
L = [{"n": 0.0}, {"n": 1.0}]
T = ({"n": 0.0}, [1.0])
W = np.array([1.0, 2.0])


def counted(d):
    d["n"] = d["n"] + 1.0
    return d["n"]


def shifted(x, by=2.0):
    return x + by


"""

STATE = (
    "N[0] += 1", "N[0] = 1", 'D["n"] += 1', 'D["n"] = 1.0', 'd = D\nd["n"] += 1.0', 'd = L[0]\nd["n"] = 1.0',
    'd = D["inner"]\nd["n"] = 1.0', 'for d in L:\n    d["n"] = 1.0',
    'd = dict(D)\ne = d["inner"]\ne["n"] = 1.0',
    'd = D if x.ndim > 1 else {"n": 1.0}\nd["n"] = 1.0', 'x = x + counted(D)', 'x = x + counted(L[0])',
    'd = T[0]\nd["n"] = 1.0', "m = N\nm += [1]", "m = N\nm *= 2", 'm = D["list"]\nm[0] = 3.0',
    "c = W\nc += 1.0",
    'd = {**D}\ne = d["inner"]\ne["n"] = 1.0', 'd = [D, D][0]\nd["n"] = 1.0', 'd, e = D, 1.0\nd["n"] = 1.0',
)  # fmt: skip

COUNTS = (
    "n = x.shape[0]", "n = x.shape[-1]", "s = x.shape\nn = s[0]", "n, = x.shape", "n, m = act.shape",
    "n = np.clip(x.shape, 0, 1)", "n = x.shape + (1,)", "n = x.shape == (9,)", "n = max(x.shape)",
    "n = len(x)",
    "n = [m for m in x.shape]", "n = sum([1.0 for _ in x])", "n = x.shape[:1]", "i = 0\nn = x.shape[i]",
    "n = act.shape[-2]", "n = (x * 1.0).shape[0]", "y = [x]\nn = y[0].shape[0]", "n = list(x.shape)",
    "n = x.shape[False]", "t = (x.shape, 1)\nn = t[0]", "n = len([[[[[x]]]]][0][0][0][0][0])", "n = x.size",
    "y = [[[[[x]]]]][0][0][0][0][0]\nn = 0\nfor _ in y:\n    n = n + 1",
    "n = np.expand_dims(x, axis=-2).shape[1]",
    "y = [[[[[act]]]]][0][0][0][0][0]\na, b, c, d = y", "n = np.shape(x)[0]", 'n = {"a": x}["a"].shape[0]',
)  # fmt: skip

FINE = (
    "n = act.shape[1]", "n = act.shape[-1]", "n = W.shape[0]", "n = len(W)", "n = x.ndim", "n = len(N)",
    'd = {"n": 0.0}\nd["n"] += 1.0', 'd = dict(D)\nd["n"] = 1.0', 'd = {**D, "n": x}\nd["m"] = x',
    "for w in W:\n    x = x + w", "x = x + sum([w for w in W])", "for d in L:\n    x = x + d['n']",
    "x = sum(np.square(act[:, i]) for i in range(act.shape[1]))", "x = shifted(x, by=1.0)",
    "for n, w in zip(N, W):\n    x = x + w", "total = 0.0\ntotal += 1.0\nx = x + total", "m = N + [3.0]",
)  # fmt: skip


def reward(lines: str) -> str:
    body = "".join(f"    {line}\n" for line in lines.split("\n"))
    return f"{CONSTANTS}def compute_reward(x, act):\n{body}    return x, {{'x': x, 'act': act[:, 0]}}\n"


def signals(rows: int = 4) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    return {"x": generator.random(rows, np.float32), "act": generator.random((rows, 4), np.float32)}


@pytest.mark.parametrize("lines", [*STATE, *COUNTS])
def test_what_is_not_pure_is_refused_or_cannot_run(lines: str) -> None:
    """Most are refused by the rules; what only running shows ends at the loader's walls."""
    with pytest.raises(RewardError):
        load_reward(reward(lines), strict=True)(signals())


@pytest.mark.parametrize("lines", FINE)
def test_what_is_pure_is_accepted_and_runs(lines: str) -> None:
    assert not [f for f in check_source(reward(lines)) if f.severity == "error"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = (load_reward(reward(lines))(signals()).reward for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("library", ["jax", "torch"])
@pytest.mark.parametrize("lines", FINE)
def test_the_walls_stand_in_every_library(lines: str, library: Library) -> None:
    expected = load_reward(reward(lines))(signals()).reward
    given = {name: as_library(array, library) for name, array in signals().items()}
    got = load_reward(reward(lines), library=library)(given).reward
    np.testing.assert_allclose(expected, np.asarray(got), rtol=1e-5)


def as_library(array: np.ndarray, library: Library) -> object:
    if library == "torch":
        import torch

        return torch.from_numpy(array.copy())
    import jax.numpy as jnp

    return jnp.asarray(array)


@pytest.mark.parametrize(
    "default", ["np.array([0.0])", "np.array(0.0)", "[0.0]", "{'n': 0.0}", "np.zeros_like(1.0)"]
)
def test_default_values_are_numbers(default: str) -> None:
    text = f"import numpy as np\ndef more(x, c={default}):\n    return x + c\n\n"
    found = check_source(text + "def compute_reward(x):\n    return more(x), {'x': x}\n")
    assert any(f.severity == "error" and f.rule in ("mutable-default", "signature") for f in found)


def test_frozen_containers_refuse_every_change() -> None:
    value = frozen({"list": [1, [2]], "dict": {"a": 1}, "array": np.zeros(2)})
    assert isinstance(value, FrozenDict)
    assert isinstance(value["list"][1], FrozenList)
    for change in (
        lambda: value.update(a=1), lambda: value.pop("dict"), lambda: value.setdefault("new", 1),
        lambda: value["list"].append(1), lambda: value["list"][1].extend([1]), lambda: value["dict"].clear(),
        lambda: value["list"].__iadd__([1]), lambda: value.__ior__({"b": 1}),
        lambda: value.__delitem__("dict"),
        lambda: value["list"].sort(), lambda: value["list"].__setitem__(0, 9),
        lambda: value["dict"].popitem(),
    ):  # fmt: skip
        with pytest.raises(TypeError, match="never change"):
            change()
    with pytest.raises(ValueError, match="read-only"):
        value["array"][0] = 1.0
    assert value == {"list": [1, [2]], "dict": {"a": 1}, "array": value["array"]}


EARLIER = (
    'N = [0]\ndef compute_reward(x):\n    N[0] += 1\n    return x + N[0], {"x": x}\n',
    'import numpy as np\ndef more(x, c=np.array([0.0])):\n    c += 1.0\n    return x + c\n\n'
    'def compute_reward(x):\n    return more(x), {"x": x}\n',
    'def compute_reward(x):\n    return x * 0 + x.shape[0], {"x": x}\n',
)  # fmt: skip


@pytest.mark.parametrize("text", EARLIER)
def test_files_that_earlier_versions_saved_still_load_with_a_warning(text: str) -> None:
    with pytest.warns(UserWarning, match="may pay differently from call to call"):
        loaded = load_reward(text)
    assert loaded({"x": np.zeros(3, np.float32)}).reward.shape == (3,)
    with pytest.raises(RewardError):
        load_reward(text, strict=True)
    assert {f.rule for f in check_source(text) if f.severity == "error"} <= IMPURE_RULES
