"""Every static rule finds its mistake, at its line, and says what to write instead."""

from __future__ import annotations

import ast
import string

import numpy as np
import pytest
from expressions import EXPRESSIONS, NAMES
from hypothesis import given, settings
from hypothesis import strategies as st
from reward_texts import FORWARD, MEMORY

from eureka_agent.errors import RewardError
from eureka_agent.rewards import check_source, load_reward, normalised_digest, parse_reward
from eureka_agent.rewards.characters import unix_newlines

SIGNALS = ("x", "y", "act", "height", "prev_x")


def with_line(line: str) -> str:
    """A good reward with one more line, which is line 3."""
    return (
        f"import numpy as np\ndef compute_reward(x, y, act):\n    {line}\n"
        '    return x + y, {"x": x, "act": act[:, 0]}\n'
    )


BAD_LINES = [
    # line, rule, part of the fix
    ("z = np.maxx(x, 1.0)", "call-form", "np.max("),
    ("z = np.dot(x, y)", "call-form", "np.sum(x * y, axis=-1)"),
    ("z = act @ act", "call-form", "np.sum(act * act, axis=-1)"),
    ("z = np.zeros(3)", "call-form", "np.zeros_like(x)"),
    ("z = np.random.rand()", "call-form", "randomness"),
    ("z = np.random.default_rng(0).normal()", "call-form", "randomness"),
    ("z = np.heaviside(x, 1.0)", "call-form", "np.where(x < 0.0, 0.0, 1.0)"),
    ("z = np.array([x, y])", "call-form", "np.stack([x, y], axis=1)"),
    ("z = np.asarray(x)", "call-form", "Write x."),
    ("z = np.exp", "call-form", "Call it"),
    ("z = np.pi()", "call-form", "np.pi without brackets"),
    ("z = np.linalg.inv(x)", "call-form", "table"),
    ("z = np.lib.npyio.os.system(x)", "call-form", "table"),
    ("z = np.ctypeslib.load_library(x, y)", "call-form", "table"),
    ("np.exp = x", "call-form", "name of your own"),
    ("z = np.sum(x)", "missing-axis", "np.sum(x, axis=-1)"),
    ("z = np.mean(np.square(act))", "missing-axis", "axis=-1"),
    ("z = np.linalg.norm(act)", "missing-axis", "np.linalg.norm(act, axis=-1)"),
    ("z = np.stack([x, y])", "missing-axis", "axis=1"),
    ("z = np.sum(act, axis=len(act.shape) - 1)", "missing-axis", "axis=-1"),
    ("z = np.sum(act, axis=None)", "missing-axis", "axis=-1"),
    ("z = np.mean(act, axis=0)", "world-axis", "axis=1"),
    ("z = np.sum([x, y], axis=0)", "list-arithmetic", "Write x + y."),
    ("z = np.sum(act, axis=(0, 1))", "world-axis", "axis=(1, 2)"),
    ("z = np.stack([x, y], axis=0)", "world-axis", "axis=1"),
    ("z = np.clip(x, 0.0)", "wrong-arguments", "np.clip(a, a_min, a_max)"),
    ("z = np.where(x > 0)", "wrong-arguments", "np.where(condition, x, y)"),
    ("z = np.maximum(x, y, 0.0)", "wrong-arguments", "np.maximum(x1, x2)"),
    ("z = np.exp(x, where=True)", "wrong-arguments", "np.exp(x)"),
    ("z = np.zeros_like(x, dtype=float)", "wrong-arguments", "Write np.zeros_like(x)."),
    ("z = np.linalg.norm(act, ord=3, axis=-1)", "wrong-arguments", "1, 2 or np.inf"),
    ("z = np.add(x, y, out=x)", "in-place", "Assign the result"),
    ("x[0] = 1.0", "in-place", "np.stack"),
    ("x[x > 0] = 1.0", "in-place", "x = np.where(x > 0, 1.0, x)"),
    ("x += y", "in-place", "x = x + y"),
    ("x *= 2.0", "in-place", "x = x * 2.0"),
    ("z = x[x > 0]", "boolean-mask", "np.where(x > 0, x, 0.0)"),
    ("z = act[y > 0, 0]", "boolean-mask", "np.where"),
    ("z = act[0]", "world-index", "act[:, 0]"),
    ("z = act[0, :]", "world-index", "act[:, 0]"),
    ("z = x[1:]", "world-index", "x[:, 1:]"),
    ("z = act[None, :]", "world-index", "act[:, None]"),
    ("z = act[-1, 0]", "world-index", "act[:, -1, 0]"),
    ("z = act[:, [0, 2]]", "index", "np.stack"),
    ("z = act[:, ::-1]", "index", "positive"),
    ("z = act[:, np.argmax(act, axis=-1)]", "index", "np.take_along_axis"),
    ("z = 1.0 if x > 0 else 0.0", "array-branching", "np.where(x > 0, 1.0, 0.0)"),
    ("z = (x > 0) and (y > 0)", "array-branching", "(x > 0) & (y > 0)"),
    ("z = x or y", "array-branching", "np.logical_or"),
    ("z = not (x > 0)", "array-branching", "np.logical_not"),
    ("z = 0 < x < 1", "array-branching", "(0 < x) & (x < 1)"),
    ("z = x > 0 & y > 0", "array-branching", "(x > 0 & y) & (0 & y > 0)"),
    ("z = -(x > 0)", "mask-arithmetic", "np.where(x > 0, 1.0, 0.0)"),
    ("z = (x > 0) - (y > 0)", "mask-arithmetic", "np.where"),
    ("z = max(x, 0.0)", "python-function-on-array", "np.maximum(x, 0.0)"),
    ("z = min(x, y)", "python-function-on-array", "np.minimum(x, y)"),
    ("z = float(x > 0)", "python-function-on-array", "np.where(x > 0, 1.0, 0.0)"),
    ("z = int(x)", "python-function-on-array", "np.trunc(x)"),
    ("z = bool(x)", "python-function-on-array", "x != 0"),
    ("z = round(x)", "python-function-on-array", "np.round(x)"),
    ("z = sum(act)", "python-function-on-array", "np.sum(act, axis=-1)"),
    ("z = len(x)", "iterating-worlds", "shape[-1]"),
    ("z = [v * 2 for v in x]", "iterating-worlds", "x[:, i]"),
    ("z, w = act", "iterating-worlds", "a = x[:, 0]"),
    ("z = list(zip(x, y))", "iterating-worlds", "whole"),
    ("z = x.max()", "forbidden-attribute", "np.max(x, axis=-1)"),
    ("z = act.sum(axis=-1)", "forbidden-attribute", "np.sum(act, axis=-1)"),
    ("z = (x > 0).astype(np.float32)", "forbidden-attribute", "np.where(x > 0, 1.0, 0.0)"),
    ("z = act.T", "forbidden-attribute", "x[:, 0]"),
    ("z = act.reshape(3, 4)", "forbidden-attribute", "x[:, None]"),
    ("z = x.clip(0, 1)", "forbidden-attribute", "np.clip(x, 0, 1)"),
    ("z = x.tofile(y)", "forbidden-attribute", "table"),
    ("z = x.__class__", "forbidden-attribute", "Leave it out"),
    ("z = ().__class__.__bases__", "forbidden-attribute", "Leave it out"),
    ("z = [x].append(y)", "forbidden-attribute", "[a, b, c]"),
    ("z = x.shape.__len__()", "forbidden-attribute", "Leave it out"),
    ("z = x.items()", "forbidden-attribute", "table"),
    ("z = eval(x)", "forbidden-name", "Leave it out"),
    ("z = getattr(x, y)", "forbidden-name", "Leave it out"),
    ("z = open(x)", "forbidden-name", "Leave it out"),
    ("z = __import__(x)", "forbidden-name", "Leave it out"),
    ("z = __builtins__", "forbidden-name", "Leave it out"),
    ("z = print(x)", "forbidden-name", "component"),
    ("z = np", "forbidden-name", "np functions"),
    ("z = abs", "forbidden-name", "Call it"),
    ("z = compute_reward(x, y, act)", "recursion", "loop"),
    ("z = hight", "unknown-name", "Define it"),
    ("z = height", "unknown-name", "Add `height` to compute_reward's arguments"),
    ("z = prev_y", "unknown-name", "prev_x"),
    ("z = tanh(x)", "unknown-name", "np.tanh"),
    ("z = y(x)", "unknown-function", "names"),
    ("z = (lambda v: v)(x)", "forbidden-syntax", "helper function"),
    ("z = (v := x)", "forbidden-syntax", "plain assignment"),
    ("z = f'{x}'", "forbidden-syntax", "plain strings"),
    ("z = np.stack([*act], axis=-1)", "forbidden-syntax", "Write the items out"),
    ("z = {x, y}", "forbidden-syntax", "tuple"),
    ("z = x in (1, 2)", "forbidden-syntax", "(x == 1) | (x == 2)"),
    ("z = x is None", "forbidden-syntax", "Compare numbers"),
    ("z = 1 << 1000", "forbidden-syntax", "Multiply"),
    ("assert x.ndim == 1", "forbidden-syntax", "Leave it out"),
    ("del x", "forbidden-syntax", "Leave it out"),
    ("global z", "forbidden-syntax", "MEMORY"),
    ("raise x", "forbidden-syntax", "finite"),
    ("while True: pass", "forbidden-syntax", "for i in range(3)"),
    ("with x: pass", "forbidden-syntax", "plain"),
    ("def inner(): pass", "forbidden-syntax", "module level"),
    ("class A: pass", "forbidden-syntax", "module-level"),
    ("yield x", "forbidden-syntax", "Return"),
    ("import os", "forbidden-import", "Leave it out"),
    ("import math", "forbidden-import", "top of the file"),
    ("from numpy import exp", "forbidden-import", "import numpy as np"),
    ("z = math.exp(1.0)", "missing-import", "import math"),
    ("z = 'forward'", "text", "numbers"),
    ("z = np.sum(act, axis='last')", "text", "numbers"),
    ("z = b'x'", "text", "floats"),
    ("z = 10000000000", "huge-number", "float"),
    ("z = 1e300", "huge-number", "moderate"),
    ("z = 9 ** 9 ** 9", "huge-number", "64"),
    ("z = 2 ** 10000", "huge-number", "64"),
    ("z = [0] * 1000000000", "repetition", "np.full_like"),
    ("z = [x, y] + x", "list-arithmetic", "np.stack"),
    ("z = np.maximum([x, y], 0.0)", "list-arithmetic", "np.stack"),
    ("z = [i for i in range(1000000000)]", "range", "range(3)"),
    ("z = [i for i in range(x.shape[0])]", "range", "x.shape[1]"),
    ("sum = x", "reserved-name", "sum_value"),
    ("np = x", "reserved-name", "np_value"),
    ("__x = y", "forbidden-name", "Rename"),
    ("ñ = y", "forbidden-name", "Rename"),
    ("x.sum", "forbidden-attribute", "np.sum"),
    ("np.exp(x)", "no-effect", "Assign"),
    ("...", "no-effect", "Leave it out"),
    ("z: os.system = x", "annotation", "np.ndarray"),
    ("return x", "return", "return reward, {...}"),
    ("return x, y", "return", "{"),
    ("return {'x': x}, x", "return", "reward"),
    ("return x, {}", "return", "{"),
    ("return 1.0, {'x': x}", "return", "signal"),
    ("return x, {'x': x}, {}", "return", "reward, {...}"),
    ("break", "syntax", "plain Python"),
    ("z = (", "syntax", "plain Python"),
]


@pytest.mark.parametrize(("line", "rule", "fix"), BAD_LINES, ids=[line for line, _, _ in BAD_LINES])
def test_a_mistake_is_found_with_its_line_and_its_mend(line, rule, fix):
    found = check_source(with_line(line), SIGNALS)
    matching = [f for f in found if f.rule == rule]
    assert matching, [str(f) for f in found]
    assert any(fix in f.fix for f in matching), [f.fix for f in matching]
    expected = 2 if rule in ("recursion", "reserved-name") or "Rename" in fix else 3
    assert rule == "syntax" or expected in [f.line for f in matching]
    assert all(f.what and f.why and f.fix for f in found)
    with pytest.raises(RewardError):
        load_reward(with_line(line))


BAD_FILES = [
    ("import numpy as np\ndef reward(x):\n    return x, {'x': x}\n", "missing-function", "Rename `reward`"),
    ("x = 1\n", "missing-function", "def compute_reward"),
    ("def compute_reward(speed):\n    return speed, {'s': speed}\n", "unknown-signal", "Use one of"),
    ("def compute_reward(heigth):\n    return heigth, {'s': heigth}\n", "unknown-signal", "'height'"),
    ("def compute_reward(x, scale=2.0):\n    return x, {'x': x}\n", "signature", "constants"),
    ("def compute_reward(*args):\n    return args, {'x': args}\n", "signature", "Name every argument"),
    ("def compute_reward(x, **kw):\n    return x, {'x': x}\n", "signature", "Name every argument"),
    ("def compute_reward(x, *, y):\n    return x, {'x': y}\n", "signature", "Leave"),
    ("def compute_reward():\n    return 1, {'x': 1}\n", "signature", "signals"),
    ("def compute_reward(self, x):\n    return x, {'x': x}\n", "unknown-signal", "nothing else"),
    ("class A:\n    def compute_reward(self, x):\n        return x\n", "missing-function", "compute_reward"),
    ("@staticmethod\ndef compute_reward(x):\n    return x, {'x': x}\n", "forbidden-syntax", "Leave it out"),
    ("def compute_reward(x):\n    pass\n", "return", "return reward"),
    ("def compute_reward(x):\n    if x.ndim > 1:\n        return x, {'x': x}\n", "return", "return reward"),
    ("def f(x):\n    return f(x)\ndef compute_reward(x):\n    return x, {'x': f(x)}\n", "recursion", "loop"),
    (
        "def f(x):\n    return g(x)\ndef g(x):\n    return f(x)\n"
        "def compute_reward(x):\n    return x, {'x': f(x)}\n",
        "recursion",
        "loop",
    ),
    (
        "def f(x):\n    return x\ndef compute_reward(x):\n    return x, {'x': f(x, x)}\n",
        "wrong-arguments",
        "Pass x",
    ),
    ("def f(x):\n    return x\ndef compute_reward(x):\n    return x, {'x': f}\n", "forbidden-name", "f(...)"),
    (
        "def f(v):\n    if v > 0:\n        return v\n    return 0 * v\n"
        "def compute_reward(x):\n    return x, {'x': f(x)}\n",
        "array-branching",
        "np.where",
    ),
    ("A = open('x')\ndef compute_reward(x):\n    return x, {'x': x}\n", "module-layout", "numbers"),
    ("A = [i for i in (1, 2)]\ndef compute_reward(x):\n    return x, {'x': x}\n", "module-layout", "numbers"),
    ("A, B = 1.0\ndef compute_reward(x):\n    return x, {'x': x}\n", "module-layout", "a line"),
    (
        "A = 2.0 * B\nB = 1.0\ndef compute_reward(x):\n    return A * x, {'x': x}\n",
        "module-layout",
        "above it",
    ),
    ("A, B = 1.0, open('x')\ndef compute_reward(x):\n    return x, {'x': x}\n", "module-layout", "numbers"),
    (
        "A, MEMORY = 1.0, {'a': 0.0}\ndef compute_reward(x):\n    return x, {'x': x}\n",
        "module-layout",
        "a line",
    ),
    ("if True:\n    pass\ndef compute_reward(x):\n    return x, {'x': x}\n", "module-layout", "Move it"),
    ("compute_reward(1)\ndef compute_reward(x):\n    return x, {'x': x}\n", "module-layout", "Move it"),
    (
        "W = {'a': 1}\ndef compute_reward(x):\n    W['a'] = x\n    return x, {'x': x}\n",
        "constant-state",
        "own",
    ),
    ("MEMORY = {}\ndef compute_reward(x, memory):\n    return x, {'x': x}, memory\n", "memory", "MEMORY ="),
    (
        "MEMORY = {'a': 'text'}\ndef compute_reward(x, memory):\n    return x, {'x': x}, memory\n",
        "memory",
        "MEMORY =",
    ),
    (
        "MEMORY = dict(a=1)\ndef compute_reward(x, memory):\n    return x, {'x': x}, memory\n",
        "memory",
        "MEMORY =",
    ),
    ("MEMORY = {'a': 0.0}\ndef compute_reward(x):\n    return x, {'x': x}\n", "memory", "parameter"),
    ("def compute_reward(x, memory):\n    return x, {'x': x}, memory\n", "memory", "MEMORY ="),
    ("MEMORY = {'a': 0.0}\ndef compute_reward(x, memory):\n    return x, {'x': x}\n", "return", "memory"),
    (
        "MEMORY = {'a': 0.0}\ndef compute_reward(x, memory):\n    return x, {'x': x}, {'b': x}\n",
        "memory",
        '"a"',
    ),
    (
        "MEMORY = {'a': 0.0}\ndef compute_reward(x, memory):\n    return x, {'x': memory['aa']}, memory\n",
        "memory",
        "'a'",
    ),
    (
        "MEMORY = {'a': 0.0}\ndef compute_reward(x, memory):\n    if memory['a'] > 0:\n        x = x + 1\n"
        "    return x, {'x': x}, memory\n",
        "array-branching",
        "np.where",
    ),
    ("def compute_reward(x: print('hi')):\n    return x, {'x': x}\n", "annotation", "np.ndarray"),
    (
        "from typing import Dict\ndef compute_reward(x):\n    return x, {'x': x}\n",
        "forbidden-import",
        "dict[",
    ),
]


WRONG_REASONS = [
    # what is written, what is said of it, what must not be said: it is untrue there
    ("def inner(v):\n        return v * y\n    z = inner(x)", "stands inside another one", "defined nowhere"),
    ("z = (lambda v: v * y)(x)", "`lambda` is not allowed", "defined nowhere"),
    ("import torch\n    z = torch.sum(x)", "`torch.sum` is no function of np", "axis=-1"),
    ("import numpy\n    z = numpy.exp(x)", "`numpy.exp` is no function of np", "defined nowhere"),
    ("from torch import exp\n    z = exp(x)", "`from torch import exp` is not allowed", "defined nowhere"),
    ("z = float('inf') + x", "np.inf", "Use numbers and arrays"),
    ("z = -(x > 0).astype(float)", "np.where(x > 0, 1.0, 0.0)", "negates booleans"),
    ("z = (x > 0).astype(float)", "np.where(x > 0, 1.0, 0.0)", "Call it: float"),
    ("z = np.exp(x=x)", "'x' is given by name; it must stand in its place", "no keyword"),
    ("z = np.sum(act, dim=1)", "'dim' is called 'axis' here", "no keyword"),
    ("z = 0.0\n    z += x", "A number becomes an array here", "signal"),
]


@pytest.mark.parametrize(
    ("lines", "said", "untrue"), WRONG_REASONS, ids=[line for line, _, _ in WRONG_REASONS]
)
def test_what_is_said_is_true(lines, said, untrue):
    told = " ".join(str(f) for f in check_source(with_line(lines), SIGNALS))
    assert said in told
    assert untrue not in told


ADDED = ["(x < 0.05) + (y < 0.05)", "np.add(x > 0, y > 0)", "(x > 0) + (y > 0) + (x > y)"]


@pytest.mark.parametrize("expression", ADDED)
def test_booleans_that_are_added_are_a_warning_with_the_way_to_count(expression):
    found = [f for f in check_source(with_line(f"z = {expression}"), SIGNALS) if f.rule == "mask-arithmetic"]
    assert {f.severity for f in found} == {"warning"}
    assert "counts 1, not 2" in found[0].why
    way = max((f.fix for f in found), key=len).removeprefix("To count write ").split("; if either")[0]
    counts = load_reward(with_line(f"return {way}, {{'act': act}}")).source.text
    values = np.array([-1.0, 0.01, 0.01], np.float32), np.array([0.0, 0.02, 0.0], np.float32)
    got = load_reward(counts)({"x": values[0], "y": values[1], "act": values[0]}).reward
    conditions = {
        ADDED[0]: [2, 2, 2],
        ADDED[1]: [0, 2, 1],
        ADDED[2]: [0, 2, 2],
    }
    assert got.tolist() == conditions[expression]


@pytest.mark.parametrize("expression", ["(x > 0) * (y > 0)", "(x > 0) + 1.0", "(x > 0) * 1.0 + (y > 0)"])
def test_other_arithmetic_of_booleans_is_none_of_our_business(expression):
    assert not [
        f for f in check_source(with_line(f"z = {expression}"), SIGNALS) if f.rule != "unused-argument"
    ]


@pytest.mark.parametrize(("text", "rule", "fix"), BAD_FILES)
def test_a_wrong_file_is_refused_with_its_mend(text, rule, fix):
    matching = [f for f in check_source(text, SIGNALS) if f.rule == rule]
    assert any(fix in f.fix for f in matching), [str(f) for f in check_source(text, SIGNALS)]


GOOD_LINES = [
    "components = {}",
    "z = x + 1; z = z * 2.0",
    "n = 0; n += 1",
    "z = np.zeros_like(x)\n    for i in range(act.shape[1]):\n        z = z + act[:, i]",
    "z = 1.0 if act.shape[1] > 2 else 0.0",
    "z = 2.0 if 1 < 2 < 3 and not False else 1.0",
    "terms = {'a': x, 'b': y}\n    z = sum(terms.values())",
    "terms = dict(a=x, b=y)\n    z = sum(w * terms[k] for k, w in zip(terms, (1.0, 2.0)))",
    "terms = {'a': x}\n    terms['b'] = y\n    z = {k: 2.0 * v for k, v in terms.items()}",
    "a, b = act[:, 0], act[:, 1]",
    "(a, b), c = (x, y), act",
    "z: np.ndarray = x",
    "parts = [x, y] + [act[:, 0]]\n    z = np.stack(parts, axis=-1)",
    "parts = [x, y]\n    z = parts[0] + parts[-1]",
    "w = np.array([1.0, 2.0])\n    z = x * w[0]",
    "pass",
]


@pytest.mark.parametrize("line", GOOD_LINES)
def test_good_code_is_accepted(line):
    assert check_source(with_line(line), SIGNALS) == []


UNPACKED = """import numpy as np

LOW, HIGH = 0.5, 2 * 0.5
SCALE: float = 0.1


def compute_reward(x):
    off = np.maximum(np.maximum(LOW - x, x - HIGH), 0.0) / SCALE
    return -off, {"off": -off}
"""


DERIVED = """import math
import numpy as np

STEP, REACH = 0.008, 0.5
KEEP = math.exp(-STEP / REACH)
LEAVE = 1.0 - KEEP
WEIGHTS = np.array([KEEP, 2.0 * LEAVE])


def compute_reward(x):
    near = WEIGHTS[0] * np.exp(-np.square(x / REACH)) + WEIGHTS[1]
    return near, {"near": near}
"""


@pytest.mark.parametrize("text", [FORWARD, MEMORY, UNPACKED, DERIVED])
def test_whole_rewards_are_accepted(text):
    assert check_source(text) == []


def test_all_mistakes_are_found_at_once_sorted_and_only_once():
    text = with_line("z = np.sum(x) + x.max()\n    x += y\n    x += y; w = x[0]")
    found = check_source(text, SIGNALS)
    assert [(f.line, f.rule) for f in found] == [
        (3, "forbidden-attribute"),
        (3, "missing-axis"),
        (4, "in-place"),
        (5, "in-place"),
        (5, "world-index"),
    ]


def test_an_unused_argument_only_warns():
    text = "def compute_reward(x, y):\n    return x, {'x': x}\n"
    (finding,) = check_source(text, SIGNALS)
    assert (finding.rule, finding.severity, finding.line) == ("unused-argument", "warning", 1)
    load_reward(text, signals=SIGNALS)


def test_a_helper_is_judged_by_what_it_is_given():
    helper = "def f(v):\n    return 1.0 if v > 2 else 0.5\n"
    number = helper + "def compute_reward(x):\n    return x * f(3), {'x': x}\n"
    array = helper + "def compute_reward(x):\n    return x * f(x), {'x': x}\n"
    assert check_source(number) == []
    assert [f.rule for f in check_source(array)] == ["array-branching"]


def test_look_alike_letters_are_read_as_python_reads_them():
    assert "forbidden-name" in [f.rule for f in check_source(with_line("z = ｅｖａｌ(x)"))]


HOSTILE = {
    "null bytes": "x = 1\0",
    "surrogate": "x = '\ud800'",
    "brackets": "(" * 100_000,
    "closed brackets": "x = " + "[" * 5000 + "]" * 5000,
    "minuses": "x = " + "-" * 50_000 + "1",
    "nots": "x = " + "not " * 15_000 + "1",
    "attributes": "x" + ".a" * 20_000,
    "sums": "x = " + "1+" * 30_000 + "1",
    "powers": "x = " + "9**" * 5_000 + "9",
    "lambdas": "x = " + "lambda:" * 9_000 + "1",
    "ifs": "\n".join(" " * i + "if 1:" for i in range(90)),
    "million": "a" * 1_000_000,
    "digits": "x = " + "9" * 10_000,
    "lines": "x = 1\n" * 10_000,
    "empty": "",
    "loops": "def compute_reward(x):\n"
    + "\n".join(" " * (i + 1) + f"for i{i} in range(9):" for i in range(18))
    + "\n                     x = x + 1\n return x, {'x': x}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_gives_findings_and_never_raises(name):
    found = check_source(HOSTILE[name], SIGNALS)
    assert any(f.severity == "error" for f in found)
    assert isinstance(normalised_digest(HOSTILE[name]), str)
    with pytest.raises(RewardError):
        load_reward(HOSTILE[name] + "\n")


def test_helpers_that_grow_their_arguments_are_followed_in_bounded_time():
    helpers = [
        f"def f{i}(x):\n    a = f{i + 1}([x])\n    b = f{i + 1}((x, x))\n    return a" for i in range(60)
    ]
    text = "\n".join([*helpers, "def f60(x):\n    return x"])
    check_source(text + "\ndef compute_reward(x):\n    return x, {'x': f0(x)}\n", SIGNALS)


def test_a_long_chain_of_deep_helpers_is_too_complex():
    deep = "({}".format("-" * 40)
    helpers = [f"def f{i}(x):\n    return {deep}f{i + 1}(x))" for i in range(60)]
    text = "\n".join([*helpers, "def f60(x):\n    return x"])
    found = check_source(text + "\ndef compute_reward(x):\n    return x, {'x': f0(x)}\n", SIGNALS)
    assert [f.rule for f in found] == ["size"]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=string.printable + "é\0ｅ", max_size=300))
def test_any_text_gives_findings_and_never_raises(text):
    check_source(text, SIGNALS)
    check_source(with_line(text), SIGNALS)


_SNIPPETS = [line for line, _, _ in BAD_LINES] + [f"v = {e}" for e in EXPRESSIONS] + GOOD_LINES


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_SNIPPETS), max_size=4), st.integers(0, 400), st.text(max_size=3))
def test_the_loader_accepts_exactly_what_the_rules_accept(lines, place, noise):
    body = "\n    ".join(lines or ["pass"])
    text = (
        f"import numpy as np\nimport math\ndef compute_reward({', '.join(NAMES)}):\n    {body}\n"
        '    return x, {"x": x}\n'
    )
    text = text[:place] + noise + text[place:] if noise else text
    text = unix_newlines(text)  # as files are read, and as the loader takes texts
    errors = [f for f in check_source(text) if f.severity == "error"]
    try:
        load_reward(text + "\n")
    except RewardError:
        assert errors
    else:
        assert not errors


_NODES = st.sampled_from(
    ["x", "y", "act", "1.5", "np.pi", "z", "np", "memory", "abs", "'t'", "None", "...", "(x, y)", "{'a': x}"]
)


def _grow(children):
    pairs = st.tuples(children, children)
    return st.one_of(
        pairs.map(lambda p: f"({p[0]} + {p[1]})"),
        pairs.map(lambda p: f"({p[0]} ** {p[1]})"),
        pairs.map(lambda p: f"{p[0]}[{p[1]}]"),
        pairs.map(lambda p: f"np.where({p[0]} > 0, {p[1]}, 0.0)"),
        pairs.map(lambda p: f"({p[0]} if {p[1]} else 1)"),
        pairs.map(lambda p: f"[{p[0]} for z in {p[1]}]"),
        pairs.map(lambda p: f"{{'k': {p[0]}, **{p[1]}}}"),
        children.map(lambda c: f"np.sum({c}, axis=-1)"),
        children.map(lambda c: f"sum({c})"),
        children.map(lambda c: f"{c}.shape"),
        children.map(lambda c: f"(-{c})"),
    )


@settings(max_examples=200, deadline=None)
@given(st.recursive(_NODES, _grow, max_leaves=12), st.sampled_from(["z", "z[0]", "a, b", "z['k']", "x.y"]))
def test_generated_programs_never_raise_in_the_rules(expression, target):
    for text in (with_line(f"{target} = {expression}"), with_line(f"for {target} in {expression}: pass")):
        check_source(text, SIGNALS)
    check_source(with_line(f"return {expression}"), SIGNALS)


def test_what_parses_as_a_reward_knows_its_signals():
    source = parse_reward(MEMORY)
    assert source.arguments == ("position", "action")
    assert ast.parse(source.text)


@pytest.mark.parametrize("letter", ["\u202e", "\u2066", "\u200b", "\u00ad", "\x1b", "\x00", "\x08"])
def test_an_invisible_character_is_refused_wherever_it_stands(letter: str) -> None:
    (finding,) = check_source(with_line(f"z = x  # adm{letter}in"), SIGNALS)
    assert finding.severity == "error"
    assert f"U+{ord(letter):04X}" in finding.what
    with pytest.raises(RewardError):
        parse_reward(with_line(f"z = x  # {letter}"))


@pytest.mark.parametrize(
    "name",
    [
        "np",
        "math",
        "float",
        "dict",
        "str",
        "sum",
        "MEMORY",
        "__import__",
        "__getattr__",
        "__Add__",
        "__extent__",
    ],
)
def test_a_function_may_not_take_a_name_that_means_something(name: str) -> None:
    text = f"import numpy as np\nimport math\n\n\ndef {name}(x):\n    return x\n\n\n{FORWARD}"
    errors = [finding for finding in check_source(text) if finding.severity == "error"]
    assert any(
        finding.rule in ("reserved-name", "forbidden-name") and finding.line == 5 for finding in errors
    )


@pytest.mark.parametrize("letter", ["ｘ", "𝐱", "ⅹ"])
def test_names_that_python_would_make_equal_to_others_are_refused(letter: str) -> None:
    for text in (
        f"def compute_reward({letter}):\n    return x, {{'x': x}}\n",
        f"def compute_reward(x):\n    return {letter}, {{'x': x}}\n",
        f"def compute_reward(x):\n    {letter}y = x\n    return xy, {{'x': x}}\n",
    ):
        assert any(finding.rule == "forbidden-name" for finding in check_source(text, ("x",)))


FINE_ANNOTATIONS = (
    "float", "np.ndarray", "np.ndarray | None", "None | float", "dict[str, np.ndarray]", "tuple[float, ...]",
    "tuple[np.ndarray, dict[str, np.ndarray]] | None", "(float, dict)", "list[float | int]", "None",
)  # fmt: skip
BAD_ANNOTATIONS = (
    "None | None", "float[int]", "list[int][str]", "(float, int) | None", "np.ndarray[float]", "print(1)",
    "'float'", "x.y", "np", "float + int", "... | float", "list[None | None]", "[float][0]", "float or int",
)  # fmt: skip


@pytest.mark.parametrize("annotation", [*FINE_ANNOTATIONS, *BAD_ANNOTATIONS])
def test_annotations_are_accepted_only_if_importing_them_does_nothing(annotation: str) -> None:
    text = f"import numpy as np\ndef compute_reward(x: {annotation}):\n    return np.abs(x), {{'x': x}}\n"
    refused = any(finding.rule == "annotation" for finding in check_source(text))
    assert refused == (annotation in BAD_ANNOTATIONS)
    if not refused:
        exec(compile(text, "<reward>", "exec"), {})
