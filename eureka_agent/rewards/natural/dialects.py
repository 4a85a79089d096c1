"""The dialects: what each library calls things, with its own parameters and defaults.

Each line of a table is a call form as that library has it and, after `->`, the operation that it is. Names of
parameters are the same in all tables; `SYNONYMS` says what the libraries call them.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from eureka_agent.rewards.natural.dialect_tables import JAX, MATH, METHODS, NUMPY, TORCH, TORCH_METHODS

SYNONYMS = {
    "a": "x", "input": "x", "self": "x", "object": "x", "obj": "x", "x1": "x", "arr": "x", "data": "x",
    "m": "x", "A": "x", "tensors": "arrays", "seq": "arrays", "dim": "axis", "dims": "axis",
    "keepdim": "keepdims",
    "other": "y", "x2": "y", "b": "y", "exponent": "y", "vec2": "y", "p": "ord", "fill_value": "value",
    "newshape": "shape", "size": "shape", "a_min": "min", "a_max": "max", "tensor": "y", "num_classes": "n",
    "target": "y", "array": "x", "min_val": "low", "max_val": "high", "tensor1": "y", "tensor2": "z",
    "negative_slope": "slope", "value": "factor", "shifts": "shift",
}  # fmt: skip

_ONE = """
abs absolute negative positive sign square sqrt reciprocal exp exp2 expm1 log log2 log10 log1p sin cos tan
arcsin arccos arctan sinh cosh tanh arctanh deg2rad radians rad2deg degrees floor ceil trunc rint isfinite
isnan isinf logical_not
""".split()  # noqa: SIM905
_TWO = """
add subtract multiply divide true_divide floor_divide mod remainder power hypot logaddexp copysign maximum
minimum fmax fmin arctan2 greater greater_equal less less_equal equal not_equal logical_and logical_or
logical_xor
""".split()  # noqa: SIM905

ELEMENTWISE = {**dict.fromkeys(_ONE, 1), **dict.fromkeys(_TWO, 2)}
"""Portable functions of one or two arrays, taken element by element."""

TESTS = frozenset(
    """
    isfinite isnan isinf logical_not greater greater_equal less less_equal equal not_equal logical_and
    logical_or logical_xor
    """.split()  # noqa: SIM905
)
WHOLE_NUMBERS = frozenset(
    "abs absolute negative positive sign square floor ceil trunc rint".split()  # noqa: SIM905
)
"""Those that leave integers integers."""

_NUMPY_NAMES = {
    "fabs": "abs", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
    "atanh": "arctanh", "pow": "power", "fix": "trunc", "concat": "concatenate",
}  # fmt: skip
_TORCH_NAMES = {
    "neg": "negative", "sgn": "sign", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "atan2": "arctan2", "atanh": "arctanh", "sub": "subtract", "mul": "multiply", "div": "divide",
    "pow": "power", "gt": "greater", "ge": "greater_equal", "lt": "less", "le": "less_equal",
    "eq": "equal", "ne": "not_equal", "fix": "trunc",
}  # fmt: skip
_NOT_IN_TORCH = frozenset({"rint", "mod", "degrees", "radians", "power", "equal"})
_MATH_NAMES = {name: name for name in ELEMENTWISE if hasattr(math, name) and name != "remainder"}
_MATH_NAMES |= {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "atanh": "arctanh",
    "fabs": "abs", "pow": "power",
}  # fmt: skip


@dataclass(frozen=True)
class CallForm:
    """One function of one library."""

    operation: str
    names: tuple[str, ...]
    """Parameters that may be given by position, in order."""
    keywords: frozenset[str]
    star: str
    """The parameter that takes all further positions, or ""."""
    defaults: Mapping[str, ast.expr]


@lru_cache(maxsize=1)
def call_forms() -> dict[tuple[str, str], CallForm]:
    """Return every known function by library and path; methods are under "numpy." and "torch."."""
    made: dict[tuple[str, str], CallForm] = {}
    numpy = {name: name for name in ELEMENTWISE} | _NUMPY_NAMES
    torch = {name: name for name in ELEMENTWISE if name not in _NOT_IN_TORCH} | _TORCH_NAMES
    for library, names in (("numpy", numpy), ("jax", numpy), ("torch", torch), ("math", _MATH_NAMES)):
        for name, portable in names.items():
            if portable in ELEMENTWISE:
                made[library, name] = _form(f"f(x{', y' * (ELEMENTWISE[portable] - 1)}) -> {portable}")[1]
    for library, table in (
        ("numpy", NUMPY), ("jax", NUMPY), ("jax", JAX), ("torch", TORCH), ("math", MATH),
        ("numpy.", METHODS), ("jax.", METHODS), ("torch.", TORCH_METHODS),
    ):  # fmt: skip
        for line in table.strip().splitlines():
            name, form = _form(line)
            made[library, name] = form
    made["numpy", "concat"] = made["jax", "concat"] = made["numpy", "concatenate"]
    made["torch", "div"] = made["torch", "divide"] = _form("f(x, y, *, rounding_mode=None) -> torch_div")[1]
    for name in ("add", "sub", "subtract"):
        made["torch", name] = _form(f"f(x, y, *, alpha=1) -> torch_{name[:3]}")[1]
    return made


def _form(line: str) -> tuple[str, CallForm]:
    signature, _, operation = line.partition(" -> ")
    name = signature[: signature.index("(")]
    function = ast.parse(f"def f{signature[len(name) :]}: pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    spec = function.args
    names = tuple(argument.arg for argument in spec.args)
    only = tuple(argument.arg for argument in spec.kwonlyargs)
    defaults = dict(zip(reversed(names), reversed(spec.defaults), strict=False))
    defaults |= {n: d for n, d in zip(only, spec.kw_defaults, strict=True) if d is not None}
    star = spec.vararg.arg if spec.vararg else ""
    return name, CallForm(operation, names, frozenset((*names, *only)), star, defaults)


_NUMPY_METHODS = frozenset(
    "sum mean prod max min any all argmax argmin std var clip round squeeze take".split()  # noqa: SIM905
)


def method_form(library: str, name: str) -> CallForm | None:
    """Return a method of an array: its own, or the function of that name, or None."""
    forms = call_forms()
    if found := forms.get((f"{library}.", name)):
        return found
    if library != "torch" and name not in _NUMPY_METHODS:
        return None
    found = forms.get((library, name))
    return found if found and found.names[:1] == ("x",) else None
