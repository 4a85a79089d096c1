"""The portable subset of NumPy: the one table of call forms that rewards may use.

The critic checks calls against it, the loader exposes nothing else, and prompts and documentation show
it. Every form is valid NumPy and means the same in `jax.numpy` and torch through the facades.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FormKind = Literal["elementwise", "test", "reduction", "shape", "constant"]

_ELEMENTWISE = """
abs(x, /)                       absolute value
absolute(x, /)                  absolute value
negative(x, /)                  -x
positive(x, /)                  +x
sign(x, /)                      -1, 0 or 1
square(x, /)                    x * x
sqrt(x, /)                      square root; NaN below 0
reciprocal(x, /)                1 / x
exp(x, /)                       e ** x
exp2(x, /)                      2 ** x
expm1(x, /)                     exp(x) - 1, exact near 0
log(x, /)                       natural logarithm; NaN below 0, -inf at 0
log2(x, /)                      logarithm to base 2
log10(x, /)                     logarithm to base 10
log1p(x, /)                     log(1 + x), exact near 0
sin(x, /)                       sine of radians
cos(x, /)                       cosine of radians
tan(x, /)                       tangent of radians
arcsin(x, /)                    inverse sine; clip to [-1, 1] first
arccos(x, /)                    inverse cosine; clip to [-1, 1] first
arctan(x, /)                    inverse tangent
arctan2(x1, x2, /)              angle of the point (x2, x1), in (-pi, pi]
sinh(x, /)                      hyperbolic sine
cosh(x, /)                      hyperbolic cosine
tanh(x, /)                      hyperbolic tangent, in (-1, 1)
arctanh(x, /)                   inverse hyperbolic tangent
deg2rad(x, /)                   degrees to radians
radians(x, /)                   degrees to radians
rad2deg(x, /)                   radians to degrees
degrees(x, /)                   radians to degrees
floor(x, /)                     largest integer below
ceil(x, /)                      smallest integer above
trunc(x, /)                     towards zero
rint(x, /)                      nearest integer, halves to even
round(a, decimals=0)            nearest, halves to even
add(x1, x2, /)                  x1 + x2
subtract(x1, x2, /)             x1 - x2
multiply(x1, x2, /)             x1 * x2
divide(x1, x2, /)               x1 / x2
true_divide(x1, x2, /)          x1 / x2
floor_divide(x1, x2, /)         x1 // x2
mod(x1, x2, /)                  x1 % x2, with the sign of x2
remainder(x1, x2, /)            x1 % x2, with the sign of x2
power(x1, x2, /)                x1 ** x2
hypot(x1, x2, /)                sqrt(x1**2 + x2**2)
logaddexp(x1, x2, /)            log(exp(x1) + exp(x2))
copysign(x1, x2, /)             size of x1 with the sign of x2
maximum(x1, x2, /)              the larger, element by element
minimum(x1, x2, /)              the smaller, element by element
fmax(x1, x2, /)                 the larger, ignoring NaN
fmin(x1, x2, /)                 the smaller, ignoring NaN
clip(a, a_min, a_max)           limit to [a_min, a_max]; None leaves a side open
clip(a, /, *, min=None, max=None)   the same with keywords
where(condition, x, y, /)       x where condition holds, else y: the branch of array code
select(condlist, choicelist, default=0)   the first choice whose condition holds
nan_to_num(x, *, nan=0.0, posinf=None, neginf=None)   replace NaN and infinities
"""

_TEST = """
isfinite(x, /)                  neither NaN nor infinite
isnan(x, /)                     is NaN
isinf(x, /)                     is infinite
isclose(a, b, rtol=1e-05, atol=1e-08)   |a - b| <= atol + rtol * |b|
greater(x1, x2, /)              x1 > x2
greater_equal(x1, x2, /)        x1 >= x2
less(x1, x2, /)                 x1 < x2
less_equal(x1, x2, /)           x1 <= x2
equal(x1, x2, /)                x1 == x2
not_equal(x1, x2, /)            x1 != x2
logical_and(x1, x2, /)          both
logical_or(x1, x2, /)           either
logical_xor(x1, x2, /)          exactly one
logical_not(x, /)               not
"""

_REDUCTION = """
sum(a, axis, *, keepdims=False)     sum over axis
mean(a, axis, *, keepdims=False)    mean over axis
prod(a, axis, *, keepdims=False)    product over axis
max(a, axis, *, keepdims=False)     largest over axis
amax(a, axis, *, keepdims=False)    largest over axis
min(a, axis, *, keepdims=False)     smallest over axis
amin(a, axis, *, keepdims=False)    smallest over axis
std(a, axis, *, keepdims=False)     standard deviation over axis
var(a, axis, *, keepdims=False)     variance over axis
any(a, axis, *, keepdims=False)     whether any holds, over axis
all(a, axis, *, keepdims=False)     whether all hold, over axis
count_nonzero(a, axis, *, keepdims=False)   how many are not 0, over axis
argmax(a, axis)                     index of the first largest over axis
argmin(a, axis)                     index of the first smallest over axis
linalg.norm(x, ord=None, *, axis, keepdims=False)   length over axis; ord None, 1, 2 or np.inf
"""

_SHAPE = """
stack(arrays, axis)             join arrays along a new axis, e.g. axis=-1
concatenate(arrays, axis)       join arrays along an existing axis, e.g. axis=-1
expand_dims(a, axis)            add an axis
squeeze(a, axis)                drop an axis of size 1
cross(a, b, *, axis=-1)         cross product of 3-vectors
diff(a, *, axis)                differences of neighbours along axis
take_along_axis(arr, indices, axis)   pick by integer indices, e.g. one action's value in each world
zeros_like(a)                   zeros of the same shape
ones_like(a)                    ones of the same shape
full_like(a, fill_value)        a constant of the same shape
array(object)                   a constant array of literal numbers
asarray(a)                      a constant array of literal numbers
"""

NP_CONSTANTS: dict[str, float | None] = {
    "pi": 3.141592653589793,
    "e": 2.718281828459045,
    "inf": float("inf"),
    "newaxis": None,
}

_MATH = """
sqrt(x, /)
exp(x, /)
expm1(x, /)
log(x, base=None, /)
log2(x, /)
log10(x, /)
log1p(x, /)
sin(x, /)
cos(x, /)
tan(x, /)
asin(x, /)
acos(x, /)
atan(x, /)
atan2(y, x, /)
sinh(x, /)
cosh(x, /)
tanh(x, /)
hypot(x, y, /)
pow(x, y, /)
fabs(x, /)
floor(x, /)
ceil(x, /)
copysign(x, y, /)
radians(x, /)
degrees(x, /)
"""

MATH_CONSTANTS: dict[str, float] = {
    "pi": 3.141592653589793,
    "e": 2.718281828459045,
    "tau": 6.283185307179586,
    "inf": float("inf"),
}

BUILTINS: dict[str, str] = {
    "abs": "absolute value, of arrays too",
    "sum": "of a list of arrays or numbers; for an array np.sum(x, axis=-1)",
    "min": "of numbers; for arrays np.minimum",
    "max": "of numbers; for arrays np.maximum",
    "round": "of numbers; for arrays np.round",
    "float": "of numbers; arrays are float32 already",
    "int": "of numbers; for arrays np.floor",
    "bool": "of numbers; for arrays compare, e.g. x > 0",
    "len": "of lists",
    "range": "of a small literal or x.shape[1]",
    "enumerate": "over lists",
    "zip": "over lists",
    "tuple": "of lists",
    "list": "of tuples",
    "dict": "of components",
}

ARRAY_ATTRIBUTES = frozenset({"shape", "ndim"})
DICT_METHODS = frozenset({"items", "keys", "values"})


_CALLED = {"dim": "axis", "keepdim": "keepdims"}
"""Keywords of torch by NumPy's names."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a form."""

    name: str
    required: bool
    positional: bool
    keyword: bool


@dataclass(frozen=True)
class Form:
    """One way to call one function; a function may have several forms."""

    name: str
    """As written after `np.`, e.g. `linalg.norm`."""
    signature: str
    """As in the table, e.g. `clip(a, a_min, a_max)`."""
    parameters: tuple[Parameter, ...]
    kind: FormKind
    meaning: str

    def bind(self, call: ast.Call) -> dict[str, ast.expr] | str:
        """Return the call's arguments by parameter name, or one sentence on why they do not fit."""
        places = [p for p in self.parameters if p.positional]
        if len(call.args) > len(places):
            return f"{len(call.args)} positional arguments are given, at most {len(places)} are allowed"
        bound = {p.name: argument for p, argument in zip(places, call.args, strict=False)}
        named = {p.name for p in self.parameters if p.keyword}
        for keyword in call.keywords:
            if keyword.arg not in named:
                return self._not_a_keyword(keyword.arg or "**")
            if keyword.arg in bound:
                return f"'{keyword.arg}' is given twice"
            bound[keyword.arg] = keyword.value
        missing = [p.name for p in self.parameters if p.required and p.name not in bound]
        return f"'{missing[0]}' is missing" if missing else bound

    def _not_a_keyword(self, name: str) -> str:
        if any(p.name == name for p in self.parameters):
            return f"'{name}' is given by name; it must stand in its place, without the name"
        called = _CALLED.get(name)
        if called and any(p.name == called for p in self.parameters):
            return f"'{name}' is called '{called}' here"
        return f"there is no keyword '{name}'"


def _parse(lines: str, kind: FormKind) -> Iterator[Form]:
    for line in lines.strip().splitlines():
        end = line.index(")") + 1
        signature, meaning = line[:end], line[end:].strip()
        name = signature[: signature.index("(")]
        yield Form(name, signature, _parameters(signature[len(name) :]), kind, meaning)


def _parameters(signature: str) -> tuple[Parameter, ...]:
    function = ast.parse(f"def f{signature}: pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    spec = function.args
    places = [*spec.posonlyargs, *spec.args]
    optional = len(places) - len(spec.defaults)
    found = [
        Parameter(a.arg, i < optional, positional=True, keyword=i >= len(spec.posonlyargs))
        for i, a in enumerate(places)
    ]
    found += [
        Parameter(a.arg, default is None, positional=False, keyword=True)
        for a, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    ]
    return tuple(found)


FORMS: tuple[Form, ...] = (
    *_parse(_ELEMENTWISE, "elementwise"),
    *_parse(_TEST, "test"),
    *_parse(_REDUCTION, "reduction"),
    *_parse(_SHAPE, "shape"),
)
"""Every allowed `np.` call, in the order of the documentation."""

MATH_FORMS: tuple[Form, ...] = tuple(_parse(_MATH, "elementwise"))
"""Every allowed `math.` call: single numbers only."""


def _by_name(forms: tuple[Form, ...]) -> dict[str, tuple[Form, ...]]:
    return {form.name: tuple(f for f in forms if f.name == form.name) for form in forms}


NP_FORMS = _by_name(FORMS)
MATH_FORMS_BY_NAME = _by_name(MATH_FORMS)

_HEADINGS: tuple[tuple[FormKind, str], ...] = (
    ("elementwise", "Element by element"),
    ("test", "Tests, giving booleans"),
    ("reduction", "Reductions: `axis` is required and never the leading axis of worlds"),
    ("shape", "Joining and shaping"),
)


def form_table_text() -> str:
    """Return the whole subset as markdown, for documentation."""
    parts = []
    for kind, heading in _HEADINGS:
        rows = "\n".join(f"- `np.{f.signature}` {f.meaning}" for f in FORMS if f.kind == kind)
        parts.append(f"**{heading}**\n\n{rows}")
    constants = ", ".join(f"`np.{name}`" for name in NP_CONSTANTS)
    numbers = ", ".join(f"`math.{name}`" for name in (*MATH_CONSTANTS, *MATH_FORMS_BY_NAME))
    functions = "\n".join(f"- `{name}` {meaning}" for name, meaning in BUILTINS.items())
    parts.append(f"**Constants**: {constants}")
    parts.append(f"**For single numbers only**: {numbers}")
    parts.append(f"**Python's own functions**\n\n{functions}")
    parts.append(
        "**Of an array**: `.shape`, `.ndim`, and indexing such as `x[:, 0]`, `x[..., 2:5]`, `x[:, None]`"
    )
    return "\n\n".join(parts) + "\n"


def form_names_text() -> str:
    """Return the names of the subset, a line for each kind, for prompts: models know what they mean."""
    lines = [f"{heading.split(':')[0].split(',')[0]}: {_names_of(kind)}" for kind, heading in _HEADINGS]
    lines.append(f"Constants: {', '.join(name for name in NP_CONSTANTS)}")
    lines.append(f"`math.`, for single numbers only: {', '.join(MATH_FORMS_BY_NAME)}")
    return "\n".join(f"- {line}" for line in lines) + "\n"


def _names_of(kind: FormKind) -> str:
    return ", ".join(name for name, forms in NP_FORMS.items() if forms[0].kind == kind)
