"""Whatever text arrives comes out: rewritten, refused or as it is; quickly, and without running anything."""

from __future__ import annotations

import random

import pytest
from natural_corpus import FOLDERS, Case, load_cases

from eureka_agent.rewards import check_source
from eureka_agent.rewards.natural import normalise

SIGNALS = {"x": (), "v": (3,)}
HEAD = "import torch\n\n\ndef compute_reward(x, v):\n"
END = '\n    return r, {"r": r}\n'


def doubling(count: int) -> str:
    lines = ["f0 = lambda a: a + 1.0"]
    lines += [f"f{i} = lambda a: f{i - 1}(a) + f{i - 1}(a)" for i in range(1, count)]
    return "\n".join(lines) + f"\n\n\ndef compute_reward(x, v):\n    r = f{count - 1}(x) + v[:, 0]{END}"


TEXTS = {
    "empty": "",
    "null bytes": "import torch\x00\n",
    "deep brackets": HEAD + "    r = " + "(" * 200 + "x" + ")" * 200 + END,
    "deep calls": HEAD + "    r = " + "torch.abs(" * 55 + "x" + ")" * 55 + END,
    "deep operators": HEAD + "    r = " + "-" * 70 + "x" + END,
    "long sum": HEAD + "    r = x" + " + x" * 2000 + END,
    "huge": HEAD + "    r = x\n" + "    r += x\n" * 20_000 + END,
    "many statements": HEAD + "    r = x * 1.0\n" + "    r += x\n" * 500 + END,
    "doubling functions": doubling(30),
    "functions in a circle": "f = lambda a: g(a)\ng = lambda a: f(a)\n\n\n" + HEAD + "    r = f(x)" + END,
    "helpers in a circle": "def f(a):\n    return g(a)\n\n\ndef g(a):\n    return f(a)\n\n\n"
    + HEAD
    + "    r = f(x)"
    + END,
    "chain of helpers": "".join(f"def f{i}(a):\n    return f{i + 1}(a)\n\n\n" for i in range(400))
    + HEAD
    + "    r = f0(x)"
    + END,
    "nested normalising": HEAD
    + "    r = "
    + "torch.nn.functional.normalize(" * 18
    + "v"
    + ", dim=-1)" * 18
    + "[:, 0]"
    + END,
    "large constants": HEAD + "    r = x + torch.zeros(10**9).sum()" + END,
    "large shapes": HEAD + "    r = x + torch.ones(100, 100, 100).sum()" + END,
    "large range": HEAD + "    r = x * 1.0\n    for i in range(10**9):\n        r += x" + END,
    "long arange": HEAD + "    r = x + torch.arange(0, 1e300, 1e-300).sum()" + END,
    "doubling lists": "L0 = [1.0]\n"
    + "".join(f"L{i + 1} = [L{i}, L{i}]\n" for i in range(60))
    + HEAD
    + "    r = x + v.sum(1)"
    + END,
    "doubling dictionaries": "D0 = {'a': 1.0}\n"
    + "".join(f"D{i + 1} = {{'a': D{i}, 'b': D{i}}}\n" for i in range(60))
    + HEAD
    + "    r = x + v.sum(1)"
    + END,
    "doubling entries": HEAD
    + "    d = {}\n"
    + "".join(f"    e{i} = {{}}\n    e{i}['a'] = d\n    e{i}['b'] = d\n    d = e{i}\n" for i in range(60))
    + "    r = x + v.sum(1)"
    + END,
    "repeated lists": "A = [0.0] * 256\nB = [A] * 256\nC = [B] * 256\nD = [C] * 256\n"
    + HEAD
    + "    r = x + torch.tensor(D).sum()"
    + END,
    "loops in loops": HEAD
    + "    r = 0.0\n"
    + "".join(f"{'    ' * (i + 1)}for k{i} in ('a', 'b', 'c', 'd', 'e', 'f'):\n" for i in range(8))
    + f"{'    ' * 9}r += x\n    r = r + v.sum(1)"
    + END,
    "towers of constants": "A = torch.tensor([99999999999999999999, 2]) ** 99999999\n"
    + HEAD
    + "    r = x + v.sum(1) + A.sum()"
    + END,
    "power tower": HEAD + "    r = x * 9 ** 9 ** 9 ** 9" + END,
    "other encoding": "# -*- coding: utf-7 -*-\n" + HEAD + "    r = x + v.sum(1)" + END,
    "windows lines": (HEAD + "    r = x + v.sum(1)" + END).replace("\n", "\r\n"),
    "tabs": HEAD + "\tr = x * 1.0\n\tif True:\n\t\tr += v.sum(1)\n\treturn r, {'r': r}\n",
    "look-alikes": HEAD + "    r\u0251 = x + v.sum(1)\n    r = r\u0251" + END,
    "wide characters": HEAD
    + '    """\u6570\u5b66 \U0001f600"""\n    r = x + v.sum(1)  # \u00e9\u00e9\n    r += 1.0  # \U0001f600'
    + END,
    "import at work": HEAD + "    r = x + __import__('os').system('true')" + END,
    "attribute tricks": HEAD + "    r = x + v.sum(1).__class__.__base__" + END,
    "decorator at work": HEAD.replace("def ", "@print\ndef ") + "    r = x + v.sum(1)" + END,
    "default at work": HEAD.replace("v)", "v, w=print(1))") + "    r = x + v.sum(1)" + END,
    "annotation at work": HEAD.replace("x, v", "x: print(1), v") + "    r = x + v.sum(1)" + END,
    "f-string at work": HEAD + "    r = x + v.sum(1)\n    d = {f'{print(1)}': r}\n    return r, d\n",
    "star": HEAD + "    r = torch.stack([*v]).sum(0)" + END,
    "walrus": HEAD + "    r = (y := x) + v.sum(1)" + END,
    "async": "async " + HEAD.split("\n", 3)[3] + "    r = x.sum()" + END,
    "class": "class A:\n    def compute_reward(self, x):\n        return x.sum()\n",
    "match": HEAD + "    match x:\n        case 1:\n            r = x.abs()" + END,
    "global": HEAD + "    global r\n    r = x.abs()" + END,
}


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_comes_out(name: str) -> None:
    assert_comes_out(TEXTS[name], SIGNALS)


def assert_comes_out(text: str, signals: dict[str, tuple[int, ...]]) -> None:
    made = normalise(text, signals)
    if made.text != text:
        assert not [f for f in check_source(made.text, signals) if f.severity == "error"]
        assert len(made.lines) == made.text.count("\n") + 1
    else:
        assert not made.rewrites


@pytest.mark.parametrize(
    "name", ["windows lines", "wide characters", "many statements", "annotation at work"]
)
def test_what_is_only_written_oddly_is_rewritten(name: str) -> None:
    assert normalise(TEXTS[name], SIGNALS).rewrites


@pytest.mark.parametrize("case", load_cases(FOLDERS["tuning"]), ids=lambda case: case.name)
def test_broken_texts_come_out(case: Case) -> None:
    """Texts from which pieces were cut, doubled or moved: neither accepted with errors nor a traceback."""
    rng = random.Random(case.name)
    signals = {signal.name: signal.shape for signal in case.signals}
    for _ in range(20):
        text = case.text
        for _ in range(rng.randint(1, 3)):
            start = rng.randrange(len(text) + 1)
            end = min(len(text), start + rng.randint(0, 12))
            other = rng.randrange(len(text) + 1)
            text = (
                text[:start] + rng.choice(["", text[other : other + 9], "\n", " ", "[0]", "-1"]) + text[end:]
            )
        assert_comes_out(text, signals)
