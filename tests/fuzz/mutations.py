"""Inputs that are nearly right: shipped files and made-up ones, cut, repeated, exchanged and damaged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

ENVS = Path(__file__).parents[2] / "envs"
TOKENS = (
    "def", "return", "lambda", "np", "np.exp", "np.where", "np.sum", "(", ")", "[", "]", "{", "}", ":", ",",
    ".", "=", "==", "**", "*", "-", "axis=-1", "x", "pole_angle", "action", "memory", "MEMORY",
    "compute_reward", "import numpy as np", "import os", "for i in range(3):", "while True:", "if x > 0:",
    "yield", "await", "global x", "class A:", "@property", "*args", "**kwargs", "f'{x!r:>{y}}'", "'''",
    '"""', "\\", "\n", "\n    ", "\n        ", "\t", "# ", "__class__", "getattr", "1e999", "10**10**10",
    "0x", "1_0", "...", ":=", "->", "match x:", "case [a, *b]:", "del x", "try:", "except*:", "with x as y:",
    "nonlocal z", "é", "ﬁ", "\u202e", "\x00", "\x0c", "\r", "𝒙",
)  # fmt: skip
"""Pieces of Python, and of what is nearly Python."""


def rewards() -> list[str]:
    """Return the sources of all shipped rewards, hacks among them."""
    paths = [*ENVS.glob("*/reference.py"), *ENVS.glob("*/hacks/*.py")]
    return [path.read_text() for path in sorted(paths)]


def task_files() -> list[str]:
    """Return the texts of all shipped task files."""
    return [path.read_text() for path in sorted(ENVS.glob("*/task.toml"))]


def soup(tokens: Sequence[str] = TOKENS, most: int = 40) -> st.SearchStrategy[str]:
    """Return texts put together from `tokens` and anything else."""
    piece = st.sampled_from(tokens) | st.text(max_size=6)
    joiner = st.sampled_from((" ", "", "\n"))
    return st.builds(lambda glue, parts: glue.join(parts), joiner, st.lists(piece, max_size=most))


@st.composite
def mutated(draw: st.DrawFn, texts: Sequence[str], tokens: Sequence[str] = TOKENS) -> str:
    """Return one of `texts` with a few stretches removed, repeated or exchanged."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        new = draw(st.sampled_from(tokens) | st.just("") | st.just(text[start:end] * 2) | st.text(max_size=5))
        text = text[:start] + new + text[end:]
    return text


@st.composite
def damaged(draw: st.DrawFn, contents: st.SearchStrategy[bytes]) -> bytes:
    """Return bytes that were cut, of which bits were turned over, or into which others got."""
    data = bytearray(draw(contents))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.sampled_from(("cut", "flip", "insert", "repeat"))):
            case "cut":
                del data[place:]
            case "flip" if data:
                data[place] ^= 1 << draw(st.integers(0, 7))
            case "insert":
                data[place:place] = draw(st.binary(max_size=20))
            case "repeat":
                data += data[place:]
    return bytes(data)


def anything(leaves: st.SearchStrategy[object] | None = None) -> st.SearchStrategy[object]:
    """Return JSON values of any kind, NaN and huge numbers among them."""
    base = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.integers(min_value=10**30)
        | st.floats()
        | st.text(max_size=8)
    )
    return st.recursive(
        base if leaves is None else base | leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=6,
    )
