"""What a reward must not hold: names, annotations, values, and statements that would act on import."""

from __future__ import annotations

from random import Random

from saved_words import PAYLOADS

_ACTING = ("__getattr__", "__dir__", "__builtins__", "np", "float")
NAMES = (
    *_ACTING, *_ACTING, *_ACTING,
    "np", "math", "abs", "sum", "float", "dict", "range", "MEMORY", "compute_reward", "exec", "open", "print",
    "__getattr__", "__dir__", "__builtins__", "__all__", "__name__", "__path__", "__import__",
    "__annotations__", "__build_class__", "__x", "_x", "ｎｐ", "ｍath", "ſum", "ªbs", "ｆloat", "ｅxec",
    "ｏpen", "＿＿import__", "__ｂuiltins__", "ﬁx", "𝐱", "ＭＥＭＯＲＹ", "ｃompute_reward", "x\u0301",
    "\u2118", "memory",
)  # fmt: skip
"""Names with a meaning of their own, or that are some other name after NFKC."""

GOOD_ANNOTATIONS = (
    "float", "np.ndarray", "dict", "tuple", "list[float]", "dict[str, np.ndarray]", "float | None",
    "tuple[np.ndarray, dict[str, np.ndarray]]", "None", "tuple[float, ...]", "(float, int)",
    "list[float] | np.ndarray | None",
)  # fmt: skip
_BAD_ANNOTATIONS = (
    "open('PWNED', 'w')", "__import__('os').system('true')", "'np.ndarray'", "np.float32", "None | None",
    "float[int]", "int[3]", "absent", "abs", "print('PWNED')", "[print('PWNED')]",
    "dict[print('PWNED'), int]", "(PWNED := 1)", "lambda: 0", "np.ndarray[float]", "float | 'x'",
    "... | float", "dict[...] | ...", "np", "f'{print(1)}'", "1", "float if print('PWNED') else int",
    "dict[str, np.ndarray][0]", "x", "ｆloat", "-1",
)  # fmt: skip

_BAD_DEFAULTS = (
    "open('PWNED', 'w')", "print('PWNED')", "[1.0]", "{}", "np.array([1.0])", "SCALE", "absent", "'text'",
    "__import__('os')", "np.load('PWNED')", "(PWNED := 1.0)", "1.0 / 0.0", "np.pi / 0.0", "math.sqrt(-1.0)",
    "exec", "np.absent", "(1.0,) + 1.0",
)  # fmt: skip
_BAD_CONSTANTS = (
    "open('PWNED', 'w')", "np.load('PWNED')", "np.array([print('PWNED')])", "'text'", "b'bytes'", "[0.0] * 3",
    "np.array([[1.0], [1.0, 2.0]])", "1.0 / 0.0", "math.log(0.0)", "math.exp(1000.0)", "np.array(SCALE)",
    "{'a': print('PWNED')}", "np.exp", "np", "exec", "2 ** 10 ** 10", "-np.array([])", "absent",
    "10.0 ** 64.0 ** 2.0", "np.array([1.0, 2.0])[5]", "{[]: 1.0}", "1.0 + (1.0, 2.0)",
    "np.array([1.0, 2.0]) + np.array([1.0, 2.0, 3.0])", "np.linalg.norm([1.0], axis=5)",
    "np.sum([1.0, 2.0], axis=3)", "math.sqrt(np.array([1.0, 2.0]))",
)  # fmt: skip
_STATEMENTS = (
    "import os", "from os import *", "import numpy as np, os", "import numpy", "import math as np",
    "from numpy import exp", "import numpy as ｎｐ", "class A: print('PWNED')", "if True: print('PWNED')",
    "for np.exp in (1.0,): pass", "np.PWNED = 1.0", "np.exp: float = 1.0", "(np.exp, OTHER) = 1.0, 2.0",
    "MEMORY['more'] = 1.0", "SCALE += 1.0", "del SCALE", "[A, B] = 1.0, 2.0", "A = B = 1.0", "A: float",
    "(A): float = 1.0", "A[0]: print('PWNED') = 1.0", "global SCALE", "lambda: print('PWNED')",
    "print('PWNED')", "x = [print('PWNED') for _ in (1,)]", "assert print('PWNED')",
    "with open('PWNED', 'w'): pass", "(PWNED := 1)", "f'{print(1)}'", "async def a(): pass",
    "@print\ndef a(): pass", "try: 1 / 0\nexcept: print('PWNED')", "match 1:\n    case _: print('PWNED')",
    "match = 1.0", "type = 1.0", "pass", "...", "1.0", "return 1.0", "def a(x=print('PWNED')): return x",
    "def a(x: print('PWNED')): return x", "def a(x) -> print('PWNED'): return x",
    "def a(x, *, y=print('PWNED')): return x", "def a():\n    global np\n    np = 1.0",
)  # fmt: skip


class Wrong:
    """Draws what breaks the rules, in a share of all places; never where `share` is 0."""

    def __init__(self, random: Random, share: float) -> None:
        self.random = random
        self.share = share

    def name(self, good: str) -> str:
        """Return a name to define."""
        return self._either(good, NAMES)

    def annotation(self) -> str:
        """Return an annotation's expression."""
        return self._either(self.random.choice(GOOD_ANNOTATIONS), _BAD_ANNOTATIONS)

    def default(self) -> str:
        """Return a default value."""
        return self._either(self.random.choice(("0.5", "-1.0", "np.pi", "2.0 * 0.5")), _BAD_DEFAULTS)

    def constant(self, good: str) -> str:
        """Return the value of a constant of the module."""
        return self._either(good, _BAD_CONSTANTS)

    def statement(self) -> str | None:
        """Return a statement for the module's level, or None."""
        return self._either("", _STATEMENTS + PAYLOADS) or None

    def _either(self, good: str, bad: tuple[str, ...]) -> str:
        return self.random.choice(bad) if self.random.random() < self.share else good
