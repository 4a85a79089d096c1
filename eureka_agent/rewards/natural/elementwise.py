"""Operations element by element: the functions of the portable subset, and what can be made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from eureka_agent.rewards.natural.dialects import ELEMENTWISE, TESTS, WHOLE_NUMBERS
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation
from eureka_agent.rewards.natural.stacking import folded
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    Dtype,
    NothingValue,
    TypeValue,
    Value,
    type_of,
    wider,
)
from eureka_agent.rewards.tree import shown

_SCALARS_ALLOWED = frozenset(
    """
    power multiply true_divide floor_divide remainder greater greater_equal less less_equal equal not_equal
    copysign
    """.split()  # noqa: SIM905
)
"""Torch functions of two whose second (or, of `power`, first) may be a Python number."""


def combined(site: CallSite, *names: str, integers: bool = True, test: bool = False) -> ArrayValue:
    """Return what comes of taking arguments element by element."""
    values = [site.array(name) for name in names]
    return site.body.combined([site.given[name] for name in names], values, integers=integers, test=test)


def _elementwise(name: str) -> Operation:
    names = ("x", "y")[: ELEMENTWISE[name]]

    def operation(site: CallSite) -> Value:
        if site.library == "math":
            return _math(site, name, names)
        if name in _SCALARS_ALLOWED:
            site.array("y")
            if site.array("x").python and name != "power":
                site.tensor("x")
        else:
            for each in names:
                site.tensor(each)
        if name in ("negative", "subtract") and any(site.array(each).dtype == "b" for each in names):
            what = f"`{shown(site.node)}` computes with booleans."
            refuse(site.node, what, "NumPy and torch refuse it.", "Write np.where(condition, 1.0, 0.0).")
        _of_numbers(site, name, names)
        keeps = name in WHOLE_NUMBERS or ELEMENTWISE[name] == 2
        made = combined(site, *names, integers=keeps, test=name in TESTS)
        made = replace(made, dtype="f") if name in ("divide", "true_divide", "arctan2", "hypot") else made
        site.write(f"np.{name}({', '.join(site.text(each) for each in names)})")
        numbers = [site.array(each).number for each in names]
        number = None
        if not made.worlds and all(each is not None for each in numbers):
            number = folded(getattr(np, name), *(each for each in numbers if each is not None))
        return replace(made, python=False, number=number)

    return operation


def _of_numbers(site: CallSite, name: str, names: tuple[str, ...]) -> None:
    """Write truth values as numbers where NumPy would compute with them in half precision."""
    if site.library == "numpy" or name in TESTS or name in WHOLE_NUMBERS or len(names) > 1:
        return
    if site.array("x").dtype == "b" and site.array("x").worlds:
        site.body.write(site.given["x"], f"np.where({site.text('x')}, 1.0, 0.0)")


def _math(site: CallSite, name: str, names: tuple[str, ...]) -> Value:
    """Python's own functions of one number: of the worlds' numbers they become NumPy's."""
    values = [site.array(each) for each in names]
    if not all(value.plain for value in values):
        refuse(
            site.node, f"`{shown(site.node)}` passes an array to math.", "math takes one number.", "Use np."
        )
    if not any(value.worlds for value in values):
        return replace(values[0], dtype="f", number=None, python=True)
    if site.body.batched:
        fix = f"Write np.{name}({', '.join(site.text(each) for each in names)})."
        refuse(site.node, f"`{shown(site.node)}` passes an array to math.", "math takes one number.", fix)
    dtype: Dtype = "b" if name in TESTS else "i" if name in ("floor", "ceil", "trunc") else "f"
    combined(site, *names)
    site.write(f"np.{name}({', '.join(site.text(each) for each in names)})")
    return ArrayValue(dtype=dtype, python=True)


def formula(template: str, *names: str, whole: bool = False) -> Operation:
    """Return an operation that is written as a formula of its arguments: `{x}` for an argument's text."""

    def operation(site: CallSite) -> Value:
        site.tensor()
        made = combined(site, *names, integers=whole)
        if site.known("inplace"):
            refuse(site.node, f"`{shown(site.node)}` writes in place.", "", "Leave inplace out.")
        texts = {name: site.atom(name) for name in names}
        known = {name: site.known(name) for name in site.form.defaults if name not in names}
        site.write(template.format(**texts, **known))
        return replace(made, python=False)

    return operation


def _where(site: CallSite) -> Value:
    names = [name for name in ("condition", "x", "y") if name in site.given]
    if len(names) < 3:
        refuse(
            site.node, f"`{shown(site.node)}` gives indices.", "How many there are differs.",
            "Write where(condition, x, y).",
        )  # fmt: skip
    values = {name: site.array(name) for name in names}
    if site.library == "torch" and values["condition"].dtype != "b":
        refuse(
            site.node,
            f"The condition of `{shown(site.node)}` is no boolean.",
            "torch refuses it.",
            "Compare first.",
        )
    made = site.body.combined([site.given[name] for name in names], list(values.values()))
    condition = site.text("condition")
    if values["condition"].dtype != "b":
        condition = f"{site.atom('condition')} != 0"
    site.write(f"np.where({condition}, {site.text('x')}, {site.text('y')})")
    return replace(made, dtype=wider(values["x"].dtype, values["y"].dtype), python=False)


def _masked_fill(site: CallSite) -> Value:
    names = ["condition", "value", "x"]
    values = [site.array(name) for name in names]
    made = site.body.combined([site.given[name] for name in names], values)
    if made.rows != values[2].rows or values[0].dtype != "b":
        refuse(site.node, f"`{shown(site.node)}` does not fit.", "torch would refuse it.", "Write np.where.")
    site.write(f"np.where({site.text('condition')}, {site.text('value')}, {site.text('x')})")
    return replace(made, dtype=values[2].dtype)


def _clip(site: CallSite) -> Value:
    site.refuse_given("out")
    site.tensor()
    bounds = [n for n in ("min", "max") if n in site.given and not isinstance(site.value(n), NothingValue)]
    if not bounds:
        refuse(site.node, f"`{shown(site.node)}` has no bound.", "It would fail.", "Give min or max.")
    if site.library == "numpy" and not site.method and len(site.node.args) == 2 and "max" not in site.given:
        refuse(
            site.node, f"`{shown(site.node)}` has one bound by position.", "NumPy needs both.", "Write min=."
        )
    made = combined(site, "x", *bounds)
    x, texts = site.text("x"), {name: site.text(name) for name in bounds}
    if len(bounds) == 2:
        site.write(f"np.clip({x}, {texts['min']}, {texts['max']})")
    elif "min" in texts:
        site.write(f"np.maximum({x}, {texts['min']})")
    else:
        site.write(f"np.minimum({x}, {texts['max']})")
    return replace(made, python=False)


def _round(site: CallSite) -> Value:
    site.refuse_given("out")
    value = site.tensor()
    decimals = site.whole_number("decimals")
    site.write(f"np.round({site.text('x')}{f', {decimals}' if decimals else ''})")
    return site.fresh(replace(value, number=None, python=False))


def _nan_to_num(site: CallSite) -> Value:
    value = site.tensor()
    options = "".join(
        f", {name}={site.text(name)}"
        for name in ("nan", "posinf", "neginf")
        if name in site.given and site.array(name).plain
    )
    site.write(f"np.nan_to_num({site.text('x')}{options})")
    return site.fresh(replace(value, number=None))


def _isclose(site: CallSite) -> Value:
    site.tensor("x")
    site.tensor("y")
    options = "".join(f", {name}={site.known(name)}" for name in ("rtol", "atol") if name in site.given)
    if site.known("equal_nan"):
        refuse(site.node, f"`{shown(site.node)}` compares NaN.", "", "Leave equal_nan out.")
    made = combined(site, "x", "y", test=True)
    site.write(f"np.isclose({site.text('x')}, {site.text('y')}{options})")
    return made


def _torch_div(site: CallSite) -> Value:
    site.tensor()
    mode = site.known("rounding_mode")
    made = combined(site, "x", "y")
    x, y = site.atom("x"), site.atom("y")
    texts = {None: f"{x} / {y}", "floor": f"np.floor_divide({x}, {y})", "trunc": f"np.trunc({x} / {y})"}
    if mode not in texts:
        refuse(
            site.node, f"`{shown(site.node)}` has an unknown rounding mode.", "", "Use 'floor' or 'trunc'."
        )
    site.write(texts[mode] if mode else f"({texts[None]})")  # pyright: ignore[reportArgumentType]
    return made if mode else replace(made, dtype="f")


def _scaled(sign: str) -> Operation:
    """Torch's `add` and `sub`, with `alpha`."""

    def operation(site: CallSite) -> Value:
        site.tensor()
        made = combined(site, "x", "y")
        if sign == "-" and "b" in (site.array("x").dtype, site.array("y").dtype):
            refuse(
                site.node, f"`{shown(site.node)}` subtracts booleans.", "torch refuses it.", "Use np.where."
            )
        alpha = f"{site.atom('alpha')} * " if "alpha" in site.given else ""
        if alpha and not site.array("alpha").plain:
            refuse(site.node, f"`{shown(site.node)}` has an array as alpha.", "", "Write it out.")
        site.write(f"({site.atom('x')} {sign} {alpha}{site.atom('y')})")
        return made

    return operation


def _of_booleans(name: str) -> Operation:
    """Bitwise operations, which are logical ones on booleans, and have no portable form on integers."""

    def operation(site: CallSite) -> Value:
        names = [each for each in ("x", "y") if each in site.given]
        if any(site.array(each).dtype != "b" or site.array(each).python for each in names):
            refuse(
                site.node,
                f"`{shown(site.node)}` works on bits.",
                "Only booleans are carried over.",
                "Compare first.",
            )
        made = combined(site, *names)
        site.write(f"np.{name}({', '.join(site.text(each) for each in names)})")
        return made

    return operation


def cast(value: ArrayValue, text: str, atom: Callable[[], str], dtype: Dtype) -> str:
    """Return how a value of another type is written."""
    if dtype == value.dtype:
        return text
    if dtype == "b":
        return f"({atom()} != 0)"
    if value.dtype == "b":
        return f"np.where({text}, {'1.0, 0.0' if dtype == 'f' else '1, 0'})"
    return f"np.trunc({text})" if dtype == "i" else f"(1.0 * {atom()})"


def _to(dtype: Dtype) -> Operation:
    def operation(site: CallSite) -> Value:
        return cast_call(site, dtype)

    return operation


def cast_call(site: CallSite, dtype: Dtype, *, python: bool = False, copies: bool = False) -> ArrayValue:
    """Write a call that changes the type of its argument."""
    value = site.array("x")
    site.write(cast(value, site.text("x"), lambda: site.atom("x"), dtype))
    if dtype == value.dtype and not copies:
        return replace(value, python=python or (value.python and site.library != "torch"))
    return site.fresh(replace(value, dtype=dtype, python=python, number=_cast_number(value, dtype)))


def _cast_number(value: ArrayValue, dtype: Dtype) -> float | None:
    number = value.number
    if isinstance(number, tuple) or number is None:
        return None
    return bool(number) if dtype == "b" else float(number) if dtype == "f" else None


def _astype(site: CallSite) -> Value:
    kind = type_of(site.value("dtype"))
    if kind is None:
        refuse(site.node, f"`{shown(site.node)}` has an unknown type.", "", "Use float, int or bool.")
    return cast_call(site, kind.dtype, copies=site.library != "torch")


def _torch_to(site: CallSite) -> Value:
    settings = [site.body.value(node) for node in site.star]
    settings += [site.value(name) for name in ("dtype", "device") if name in site.given]
    kinds: list[Dtype] = [kind.dtype for kind in settings if isinstance(kind, (TypeValue, ArrayValue))]
    return cast_call(site, kinds[0] if kinds else site.array("x").dtype)


def _type_as(site: CallSite) -> Value:
    return cast_call(site, site.array("y").dtype)


def _same(site: CallSite) -> Value:
    value = site.array("x")
    site.write(site.text("x"))
    return value


def _copy(site: CallSite) -> Value:
    value = site.array("x")
    site.write(site.text("x"))
    return site.fresh(value)


def _item(site: CallSite) -> Value:
    value = site.array("x")
    if site.body.batched or value.rows:
        refuse(site.node, f"`{shown(site.node)}` takes one number out of many.", "", "Keep the array.")
    site.write(site.text("x"))
    return replace(value, python=True, buffer=0)


_SINC = "np.pi * np.where({x} == 0, 1e-20, {x})"
_ARCSINH = "np.abs({x}) + np.square({x}) / (1.0 + np.sqrt(np.square({x}) + 1.0))"

OPERATIONS: dict[str, Operation] = {
    **{name: _elementwise(name) for name in ELEMENTWISE},
    "where": _where, "masked_fill": _masked_fill, "clip": _clip, "round": _round, "nan_to_num": _nan_to_num,
    "isclose": _isclose, "torch_div": _torch_div, "torch_add": _scaled("+"), "torch_sub": _scaled("-"),
    "bitwise_and": _of_booleans("logical_and"), "bitwise_or": _of_booleans("logical_or"),
    "bitwise_not": _of_booleans("logical_not"),
    "heaviside": formula("np.where({x} > 0, 1.0, np.where({x} < 0, 0.0, {y}))", "x", "y"),
    "cbrt": formula("(np.sign({x}) * np.abs({x}) ** (1.0 / 3.0))", "x"),
    "fmod": formula("(np.sign({x}) * np.mod(np.abs({x}), np.abs({y})))", "x", "y", whole=True),
    "frac": formula("({x} - np.trunc({x}))", "x"),
    "sinc": formula(f"(np.sin({_SINC}) / ({_SINC}))", "x"),
    "arcsinh": formula(f"(np.sign({{x}}) * np.log1p({_ARCSINH}))", "x"),
    "arccosh": formula("np.log({x} + np.sqrt({x} - 1.0) * np.sqrt({x} + 1.0))", "x"),
    "rsqrt": formula("(1.0 / np.sqrt({x}))", "x"),
    "lerp": formula("({x} + {weight} * ({y} - {x}))", "x", "y", "weight"),
    "addcmul": formula("({x} + {factor} * {y} * {z})", "x", "y", "z"),
    "addcdiv": formula("({x} + {factor} * {y} / {z})", "x", "y", "z"),
    "to_float": _to("f"), "to_int": _to("i"), "to_bool": _to("b"), "astype": _astype, "to": _torch_to,
    "type_as": _type_as, "same": _same, "copy": _copy, "item": _item,
}  # fmt: skip
