"""Forms that public rewards have anywhere in a file: what comes out pays what the original pays."""

from __future__ import annotations

from pathlib import Path

import pytest
from natural_corpus import Case
from natural_judging import differs, portable

from eureka_agent.tasks.task import Signal

SIGNALS = (
    Signal("x", (4,), low=-2.0, high=2.0),
    Signal("y", (4,), low=-2.0, high=2.0),
    Signal("m", (2, 3), low=-2.0, high=2.0),
    Signal("f", (5,), low=-2.0, high=2.0),
    Signal("s", (), low=-2.0, high=2.0),
)
IMPORTS = {
    "numpy": "import math\nimport numpy as np\n",
    "torch": "import math\nimport torch\nimport torch.nn.functional as F\n",
    "jax": "import jax\nimport jax.numpy as jnp\n",
}


def case_of(folder: Path, library: str, above: str, lines: str, *, batched: bool) -> Case:
    """Return a reward of constants and helpers, statements, and a last line that is the reward."""
    *before, last = lines.strip().split("\n")
    body = "\n".join([*before, f"r = {last}", "return r + 0.0 * s, {'r': r}"])
    body = "\n".join(f"    {line}" for line in body.split("\n"))
    path = folder / "reward.py"
    path.write_text(f"{IMPORTS[library]}{above}\n\n\ndef compute_reward(x, y, m, f, s):\n{body}\n")
    return Case("case", path, library, "", batched, True, "", "compute_reward", SIGNALS)  # pyright: ignore[reportArgumentType]


def assert_alike(folder: Path, library: str, above: str, lines: str, *, batched: bool) -> None:
    case = case_of(folder, library, above, lines, batched=batched)
    made = portable(case)
    assert not made.refused, made.refused
    assert made.text != case.text
    assert differs(case, made.text) == "", made.text


CONFIG = "class Config:\n    w = [1.0, 0.5, 0.1, 2.0]\n    gain = 0.3  # as tuned\n    twice = 2 * gain\n"
DATACLASS = (
    "from dataclasses import dataclass, field\n\n\n@dataclass(frozen=True)\nclass Settings:\n"
    '    """As in the file of settings."""\n\n    gain: float = 0.3\n    span: tuple = (0.5, 1.5)\n'
    "    w: list = field(default_factory=lambda: [1.0, 0.5, 0.1, 2.0])\n\n\nCFG = Settings()\n"
)
TABLE = 'WEIGHTS = {"near": 2.0, "calm": -0.5, "level": 0.25}\n'
TERMS = '{"near": np.exp(-x[0] ** 2), "calm": np.sum(y**2), "level": abs(s)}'
TORCH_TERMS = '{"near": torch.exp(-x[:, 0] ** 2), "calm": torch.sum(y**2, dim=1), "level": s.abs()}'


@pytest.mark.parametrize(
    ("above", "lines"),
    [
        ('LIMITS = (0.5, float("inf"))', "low, high = LIMITS\n1.0 if low < s < high else 0.0"),
        ('FAR = {"z": (-float("inf"), 0.5)}', "low, high = FAR['z']\nfloat(low < s) + float(s < high)"),
        ("W = [1.0, 0.1] * 2", "np.dot(x, np.array(W))"),
        ("W = np.array(2 * [1.0, 0.1])", "np.sum(W * x)"),
        ("W = np.array([[0.5, 1.0, 2.0]] * 2)", "(m * W).sum()"),
        ("D = 0.7 ** np.arange(4)", "np.sum(x * D) / D.sum()"),
        ("D = np.exp(-np.linspace(0, 1, 4, endpoint=False))", "np.sum(x * D) / np.mean(D)"),
        ("A = np.linspace(-np.pi, np.pi, 4, endpoint=False)\nB = np.abs(A) < 2.0", "np.sum(x * B) / B.sum()"),
        ("W = np.array([3.0, 1.0, 2.0, 1.0])\nW = W / W.sum()", "float(np.sum(W * x))"),
        ("", "w = np.ones(3)\nt = 0.0\nfor i in range(3):\n    w = w * 0.5\n    t = t + s * w.sum()\nt"),
        (CONFIG, "np.dot(Config.w, x) + Config.twice * s"),
        (CONFIG, "c = Config()\nc.gain * s + c.w[1]"),
        (CONFIG + "\n\ndef term(a, cfg):\n    return cfg.gain * a", "term(s, Config) + term(x[0], Config)"),
        (DATACLASS, "low, high = CFG.span\nCFG.gain * s + (x * np.array(CFG.w)).sum() * (low < s < high)"),
        (TABLE, "WEIGHTS['near'] * s + WEIGHTS.get('calm', 0.0) + WEIGHTS.get('other', 3.0) * x[1]"),
        (TABLE, f"terms = {TERMS}\nsum(WEIGHTS.get(name, 0) * value for name, value in terms.items())"),
        (TABLE, f"terms = {TERMS}\nsum([WEIGHTS[k] * terms[k] for k in WEIGHTS])"),
        (TABLE, f"terms = {TERMS}\nr = 0.0\nfor k, w in WEIGHTS.items():\n    r += w * terms[k]\nr"),
        (TABLE, f"terms = {TERMS}\nr = 0.0\nfor k in terms:\n    v = terms[k] * WEIGHTS[k]\n    r += v\nr"),
        (
            TABLE,
            f"t = {TERMS}\nfor k, v in t.items():\n    t[k] = v * WEIGHTS[k]\nsum(t.values())",
        ),
        ("G = (1.0, 0.5)", "r = 0.0\nfor g, a in zip(G, [x, y]):\n    r += g * np.sum(a)\nr"),
        ("G = (1.0, 0.5)", "r = 0.0\nfor i, g in enumerate(G):\n    r += g * x[i] * m[i, 2]\nr"),
        ("", "r = 0.0\nfor i in range(4):\n    r += (i + 1) * x[i]\nr"),
        ("", "np.diff(m, axis=0).sum()"),
        ("", "np.diff(m).sum() + np.diff(x).max()"),
        ("", "np.abs(np.diff(x, n=2)).sum()"),
        ("", "np.median(f)"),
        ("", "np.logical_and.reduce([s > 0, x[0] > 0, y[0] > 0]) * 1.0"),
        ("", "np.maximum.reduce([s, x[0], y[0]]) + np.minimum.reduce(x)"),
        ("", "np.add.reduce(m, axis=1)[1] + np.logical_or.reduce(x > 1.5) * 1.0"),
        (
            "def soft(a):\n    v = np.exp(-a)\n    return float(v) if np.isscalar(a) else v",
            "soft(s) + soft(x)[2]",
        ),
        (
            "import numpy.typing as npt\n\n\ndef g(a: npt.NDArray) -> npt.NDArray:\n    return 2 * a",
            "g(x)[0]",
        ),
        ("from numpy.typing import NDArray\n\n\ndef g(a: NDArray) -> NDArray:\n    return 2 * a", "g(x)[0]"),
        (
            "from collections.abc import Sequence as Env\n\n\ndef g(a: Env) -> Env:\n    return 2 * a",
            "g(x)[0]",
        ),
        (
            "def tol(a, bounds=(0.0, 1.0), margin=0.5):\n    low, high = bounds\n    if low > high:\n"
            "        raise ValueError('bounds')\n    if margin < 0 or margin > 5:\n"
            "        raise ValueError('m')\n"
            "    return max(low - a, a - high) / margin",
            "tol(s) + tol(x[0], bounds=(0.2, 0.4))",
        ),
        (TABLE, f"t = {TERMS}\nr = 0.0\nfor k, w in WEIGHTS.items():\n    w = w * 0.5\n    r += w * t[k]\nr"),
        (TABLE, f"t = {TERMS}\nr = 0.0\nfor k, w in WEIGHTS.items():\n    w *= 0.5\n    r += w * t[k]\nr"),
        ("", "(n,) = x.shape\nn = n * 2\nn *= 2\nn * x[0]"),
        (
            "A = np.array([1.0, 2.0])\nB = A * 3\n\n\ndef g(w, a):\n    return a * w.sum()",
            "g(A, s) + g(B, x[1])",
        ),
        ("", "w = np.zeros(3)\nc = 0.5\nw[0] = c\ns + np.sum(w)"),
        ("W = np.array([3.0, 1.0, 2.0])", "w = W\nfor i in range(3):\n    w = w * 0.5\ns * w.sum()"),
        ("", "del y\nx[0] + 0 * s"),
        ("", "a = b = x[0] * 2\na + b"),
        ("", "np.linalg.norm(np.concatenate((x[:-1], [0])) - np.concatenate([y[:3], [1.0]]))"),
        (
            "def part(a, ids=slice(None)):\n    return a[ids].sum()",
            "part(x) + part(y, slice(1, 3)) + part(y, slice(2))",
        ),
    ],
)
def test_numpy_for_one_world(tmp_path: Path, above: str, lines: str) -> None:
    assert_alike(tmp_path, "numpy", above, lines + " + 0.0 * np.linalg.norm(x)", batched=False)


@pytest.mark.parametrize(
    ("above", "lines"),
    [
        ("", "stage = np.zeros(x.shape[:-1])\nstage[s > 0] = 1.0\nstage + x[:, 0]"),
        ("", "z = np.zeros_like(x[:, 0])\nz[s > 0] += 2.0\nz"),
        ("", "np.diff(m, axis=1)[:, 0, 2] + np.diff(m, axis=2).sum(axis=(1, 2))"),
        ("", "np.median(f, axis=1)"),
        ("", "c = [s > 1, s > 0]\nv = [x[:, 0], 2.0 * s]\nnp.select(c, v, default=-1.0) + y.sum(axis=1)"),
        ("", "v = [s, np.ones_like(s)]\nnp.select([s > 1, s > 0], v) + y.sum(axis=1)"),
        ("", "np.logical_or.reduce([s > 0, x[:, 0] > 0]) * 1.0 + np.maximum.reduce([s, x[:, 1]])"),
        ("", "np.maximum.reduce(x, axis=1) - np.minimum.reduce(x, axis=-1)"),
        ("A = np.linspace(0, 1, 4, endpoint=False)", "(x * A).sum(axis=1) / A.sum()"),
        (CONFIG, "(x * np.array(Config.w)).sum(axis=1) * Config.gain"),
        ("def part(a, ids=slice(None)):\n    return a[:, ids].sum(axis=1)", "part(x) + part(y, slice(1, 3))"),
        (
            TABLE,
            "t = {'near': s, 'calm': x[:, 1]}\nr = 0.0\nfor k, v in t.items():\n    r += WEIGHTS[k] * v\nr",
        ),
    ],
)
def test_numpy_for_all_worlds(tmp_path: Path, above: str, lines: str) -> None:
    assert_alike(tmp_path, "numpy", above, lines + " + 0.0 * x[:, 3]", batched=True)


@pytest.mark.parametrize(
    ("above", "lines"),
    [
        (
            "L = torch.tensor([[-0.8, 0.8], [-1.0, 1.5]] * 2)",
            "(x - (L[:, 0] + L[:, 1]) / 2).clip(max=0.0).sum(dim=1)",
        ),
        ("", "torch.diff(m, dim=1).mean(dim=1)[:, 2] + torch.diff(x, dim=-1)[:, 0]"),
        ("", "f.median(dim=1).values + torch.median(f, dim=-1)[0]"),
        ("", "F.huber_loss(x, y, reduction='none').sum(dim=1)"),
        ("", "F.huber_loss(x, y, reduction='none', delta=0.5).mean(-1)"),
        (
            "",
            "F.smooth_l1_loss(x, y, reduction='none', beta=0.5).sum(-1)",
        ),
        ("", "F.mse_loss(x, y, reduction='none').mean(-1) + F.l1_loss(s, x[:, 0], reduction='none')"),
        ("", "z = torch.zeros(x.shape[0], device=x.device, dtype=torch.float32)\nz += x[:, 0]\nz"),
        ("", "z = torch.zeros(x.shape[:1], device=x.device)\nz[s > 0] = 1.0\nz + x[:, 1]"),
        (TABLE, f"t = {TORCH_TERMS}\nr = 0.0\nfor k, w in WEIGHTS.items():\n    r += t[k] * w\nr"),
        (
            TABLE,
            f"t = {TORCH_TERMS}\nr = 0.0\nd = {{}}\n"
            "for k in WEIGHTS:\n    v = t[k] * WEIGHTS[k]\n    r += v\n    d[k] = v\nr",
        ),
        (TABLE, f"t = {TORCH_TERMS}\nsum(WEIGHTS[k] * v for k, v in t.items())"),
        (TABLE, f"t = {TORCH_TERMS}\ntorch.sum(torch.stack([WEIGHTS[k] * v for k, v in t.items()]), dim=0)"),
        (
            "def part(a, ids: slice = slice(None)):\n    return a[:, ids].sum(dim=1)",
            "part(x) + part(y, slice(0, 2))",
        ),
        (DATACLASS, "CFG.gain * s + (x * torch.tensor(CFG.w)).sum(dim=1)"),
    ],
)
def test_torch_for_all_worlds(tmp_path: Path, above: str, lines: str) -> None:
    assert_alike(tmp_path, "torch", above, lines + " + 0.0 * x[:, 3]", batched=True)


@pytest.mark.parametrize(
    ("above", "lines"),
    [
        ("W = jnp.array([1.0, 0.1] * 2)", "jnp.sum(W * x)"),
        ("", "jnp.diff(m, axis=0).sum() + jnp.diff(x)[1]"),
        (CONFIG, "jnp.dot(jnp.array(Config.w), x) * Config.gain"),
        (TABLE, "t = {'near': s, 'calm': jnp.sum(x)}\nsum(WEIGHTS[k] * v for k, v in t.items())"),
    ],
)
def test_jax_for_one_world(tmp_path: Path, above: str, lines: str) -> None:
    assert_alike(tmp_path, "jax", above, lines + " + 0.0 * jnp.sum(x)", batched=False)


@pytest.mark.parametrize(
    ("library", "above", "lines", "told"),
    [
        ("torch", "", "F.huber_loss(x, y) + x[:, 0]", "reduction='none'"),
        ("torch", "", "F.mse_loss(x[:, 0], y[:, 0])", "reduction='none'"),
        ("numpy", "", "if x[0] > 1:\n    raise ValueError('far')\nx[0]", "np.clip"),
        ("numpy", CONFIG.replace("gain = 0.3", "gain = UNKNOWN"), "Config.gain * x[0]", "UNKNOWN"),
        ("numpy", "class Count:\n    n = 0\n", "Count.n += 1\nx[0] + Count.n", ""),
        ("numpy", "", "del y\ny[0] + x[0]", "y"),
        ("numpy", "H = [0.0] * 3", "h = H\nh.append(x[0])\nx[0] + len(h)", "MEMORY"),
    ],
)
def test_what_stays_refused(tmp_path: Path, library: str, above: str, lines: str, told: str) -> None:
    (finding, *_) = portable(case_of(tmp_path, library, above, lines, batched=False)).refused
    assert told in f"{finding.what} {finding.fix}"
    assert finding.line


NAMED = 'c = {"near": x[0] * 2, "calm": -s, "level": y[1] ** 2}\n'
NAMED_OF_ALL = 'c = {"near": x[:, 0] * 2, "calm": -s, "level": y[:, 1] ** 2}\n'


@pytest.mark.parametrize(
    "lines",
    [
        "flag = 1.0 if x[0] > 0 else 0.0\nr = 0.0\nif flag and s < 0.5:\n    r = 1.0\nr",
        "g = float(x[0] > 0)\nt = int(x[1] > 0)\n1.0 if not g and t else 0.5",
        "g = int(x[0] > 0) * 2\nr = s\nif not g or s > 1:\n    r = r + 1\nelif g and s:\n    r -= 1\nr",
        "g = float(x[0] > 0)\nfar = not (g and s > 0)\n1.0 * far",
    ],
)
def test_numbers_as_truth_values(tmp_path: Path, lines: str) -> None:
    assert_alike(tmp_path, "numpy", "", lines + " + 0.0 * np.linalg.norm(x)", batched=False)


def test_a_number_that_and_gives_stays_refused(tmp_path: Path) -> None:
    lines = "g = float(x[0] > 0)\nr = g and s\nr + x[1]"
    (finding, *_) = portable(case_of(tmp_path, "numpy", "", lines, batched=False)).refused
    assert "gives one of its numbers" in finding.what


@pytest.mark.parametrize(
    "lines",
    [
        "c.update({'a': s})\nsum(c.values())",
        "c |= {'a': s, 'near': x[3]}\nsum(c.values())",
        "d = c | {'a': s, 'near': x[3]}\nsum(d.values()) + c['near']",
        "c.update(dict(a=s))\nsum(c.values())",
        "d = {'a': s}\nc.update(d)\nsum(c.values()) + d['a']",
        "c.update({'near': c['calm'], 'calm': c['near']})\nc['near'] + 2 * c['calm']",
        "print('near', c['near'])\nprint(f'{s}')\nc['near'] + s",
    ],
)
def test_dictionaries_that_are_joined(tmp_path: Path, lines: str) -> None:
    assert_alike(tmp_path, "numpy", "", NAMED + lines + " + 0.0 * np.linalg.norm(x)", batched=False)


@pytest.mark.parametrize(
    "lines", ["c.update({'a': s})\nsum(c.values())", "c |= dict(a=s)\nr = 0\nfor k in c:\n    r += c[k]\nr"]
)
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_dictionaries_of_all_worlds_that_are_joined(tmp_path: Path, library: str, lines: str) -> None:
    assert_alike(tmp_path, library, "", NAMED_OF_ALL + lines + " + 0.0 * x[:, 3]", batched=True)


@pytest.mark.parametrize("lines", ["d = c\nc.update({'a': s})\nd['a']", "d = [c]\nc |= {'a': s}\nd[0]['a']"])
def test_a_dictionary_of_two_names_is_not_changed(tmp_path: Path, lines: str) -> None:
    (finding, *_) = portable(case_of(tmp_path, "numpy", "", NAMED + lines, batched=False)).refused
    assert "names too" in finding.what


@pytest.mark.parametrize(
    "turn",
    [
        "    if x[i] < 0:\n        continue\n    r += x[i] * i",
        (
            "    if x[i] < 0:\n        r -= 1\n        continue\n    d = y[i] ** 2\n"
            "    if d > 1:\n        continue\n    r += x[i] * d"
        ),
        "    if x[i] < 0:\n        continue\n    elif y[i] > 0:\n        r += 2\n    r += x[i] * i",
        (
            "    for j in range(3):\n        if m[0, j] < 0:\n            continue\n        r += m[0, j]\n"
            "    if x[i] < 0: continue\n    r += x[i] * i"
        ),
        "    if i == 2:\n        continue\n    r += x[i]",
    ],
)
def test_turns_that_some_worlds_skip(tmp_path: Path, turn: str) -> None:
    lines = f"r = 0.0\nfor i in range(4):\n{turn}\nr + 0.0 * np.linalg.norm(x)"
    assert_alike(tmp_path, "numpy", "", lines, batched=False)


@pytest.mark.parametrize(
    "turn",
    [
        "    if x[i] < 0:\n        break\n    r += x[i]",
        "    if x[i] < 0:\n        continue\n    else:\n        r += 1\n        continue\n    r += 5",
        "    if y[i] > 0:\n        if x[i] < 0:\n            continue\n        r += 2\n    r += x[i]",
    ],
)
def test_turns_that_end_otherwise_in_some_worlds_stay_refused(tmp_path: Path, turn: str) -> None:
    lines = f"r = 0.0\nfor i in range(4):\n{turn}\nr"
    (finding, *_) = portable(case_of(tmp_path, "numpy", "", lines, batched=False)).refused
    assert "differs from world to world" in finding.what


@pytest.mark.parametrize(
    "lines",
    [
        "a = [x[0], y[0]]\nsum([*a, s])",
        "a = [x[0], y[0]]\nb = [*a, s]\nb[2] + 2 * b[0]",
        "a = (x[0], y[0])\nb = (s, *a)\nb[2] + 2 * b[0]",
    ],
)
def test_lists_that_are_spread(tmp_path: Path, lines: str) -> None:
    assert_alike(tmp_path, "numpy", "", NAMED + lines + " + 0.0 * np.linalg.norm(x)", batched=False)


@pytest.mark.parametrize(
    "lines", ["torch.stack([*c.values()], dim=1).sum(dim=1)", "a = [s, x[:, 0]]\nsum([*a, s])"]
)
def test_lists_of_all_worlds_that_are_spread(tmp_path: Path, lines: str) -> None:
    assert_alike(tmp_path, "torch", "", NAMED_OF_ALL + lines + " + 0.0 * x[:, 3]", batched=True)
