"""Arrays that are made: of literal numbers, of zeros, or like another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from eureka_agent.rewards.natural.elementwise import cast
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.reshaping import sizes_of
from eureka_agent.rewards.natural.sites import CallSite, Operation, known_number
from eureka_agent.rewards.natural.stacking import (
    as_tuples,
    constant_array_of,
    listed_array,
    numbers_text,
    scalar_like,
)
from eureka_agent.rewards.natural.values import (
    MAX_CONSTANT,
    ArrayValue,
    CountValue,
    Dtype,
    ItemsValue,
    SettingValue,
    Value,
    type_of,
)
from eureka_agent.rewards.tree import shown


def _dtype(site: CallSite, otherwise: Dtype) -> Dtype:
    if "dtype" not in site.given:
        return otherwise
    kind = type_of(site.value("dtype"))
    if kind is not None:
        return kind.dtype
    return refuse(site.node, f"`{shown(site.node)}` has an unknown dtype.", "", "Leave it out.")


def _constant(site: CallSite, values: np.ndarray, dtype: Dtype) -> ArrayValue:
    """Write an array of known numbers out."""
    if values.size > MAX_CONSTANT:
        refuse(
            site.node,
            f"`{shown(site.node)}` makes {values.size} numbers.",
            f"At most {MAX_CONSTANT}.",
            "Use fewer.",
        )
    numbers = as_tuples(values.tolist())
    text = numbers_text(numbers, dtype)
    site.write(f"np.array({text})" if values.ndim else text)
    return ArrayValue(values.shape, dtype, worlds=False, number=numbers, buffer=site.body.fresh_buffer())


def _filled(number: float | None) -> Operation:
    def operation(site: CallSite) -> Value:
        value = number if number is not None else _number(site)
        otherwise: Dtype = "f" if number is not None or isinstance(value, float) else "i"
        dtype = _dtype(site, otherwise)
        sizes = sizes_of(site)
        if not any(isinstance(size, CountValue) for size in sizes):
            shape = tuple(size for size in sizes if isinstance(size, int))
            if any(size < 0 or size > MAX_CONSTANT for size in shape) or len(shape) > 3:
                refuse(site.node, f"`{shown(site.node)}` is too large.", "", "Use fewer numbers.")
            return _constant(site, np.full(shape, value), dtype)
        return _filled_for_worlds(site, sizes, value, dtype)

    return operation


def _number(site: CallSite) -> float:
    value = site.array("value")
    if isinstance(value.number, tuple) or value.number is None:
        refuse(
            site.node,
            f"`{shown(site.node)}` is filled with no known number.",
            "",
            "Write full_like(x, value).",
        )
    return value.number


def _filled_for_worlds(
    site: CallSite, sizes: list[int | CountValue], value: float, dtype: Dtype
) -> ArrayValue:
    """Write `zeros(num_envs)` like an array that is there."""
    rows = tuple(size for size in sizes[1:] if isinstance(size, int))
    if not isinstance(sizes[0], CountValue) or len(rows) != len(sizes) - 1 or len(rows) > 2:
        refuse(
            site.node, f"`{shown(site.node)}` does not have the worlds in front.", "", "Put num_envs first."
        )
    like, number = scalar_like(site.body, site.node), numbers_text(value, dtype)
    text = f"np.full_like({like}, {number})" if value else f"np.zeros_like({like})"
    if dtype == "b":
        text = f"np.full_like({like}, {float(value)}) != 0"
    if rows:
        zeros = numbers_text(as_tuples(np.zeros(rows).tolist()), "f")
        text = f"({text})[:, {', '.join(['None'] * len(rows))}] + np.array({zeros})"
        text = f"({text} != 0)" if dtype == "b" else text
    site.write(f"({text})" if rows or dtype == "b" else text)
    return ArrayValue(rows, dtype, buffer=site.body.fresh_buffer())


def _like(number: float | None) -> Operation:
    def operation(site: CallSite) -> Value:
        value = site.tensor()
        dtype = _dtype(site, value.dtype)
        function = {0.0: "zeros_like", 1.0: "ones_like"}.get(number, "full_like")  # pyright: ignore[reportArgumentType, reportCallIssue]
        filling = f", {site.text('value')}" if number is None else ""
        if number is None and (not site.array("value").plain or site.array("value").worlds):
            refuse(
                site.node,
                f"`{shown(site.node)}` is filled with an array.",
                "",
                "Write zeros_like(x) + value.",
            )
        text = f"np.{function}({site.text('x')}{filling})"
        if value.worlds and dtype != value.dtype:
            number_text = numbers_text(number, "f") if number is not None else site.text("value")
            first = number_text if dtype == "f" else numbers_text(float(number_text), dtype)
            text = f"np.where({site.atom('x')} == {site.atom('x')}, {first}, {first})"
        if not value.worlds:
            filled = number if number is not None else known_number(site.array("value"))
            if not isinstance(filled, (int, float)):
                refuse(site.node, f"`{shown(site.node)}` is no known number.", "", "Write the number.")
            return _constant(site, np.full(value.rows, filled), dtype)
        site.write(text)
        return site.fresh(replace(value, dtype=dtype, python=False, number=None))

    return operation


def _array(site: CallSite) -> Value:
    return _made_of(site, copies=True)


def _asarray(site: CallSite) -> Value:
    return _made_of(site, copies=False)


def _made_of(site: CallSite, *, copies: bool) -> Value:
    value = site.value("x")
    if isinstance(value, ArrayValue):
        return _of_array(site, value, copies=copies)
    if not isinstance(value, ItemsValue):
        refuse(
            site.node, f"`{shown(site.node)}` makes an array of no list.", "It would fail.", "Write a list."
        )
    listed = site.given["x"]
    made = listed_array(site.body, listed, value)
    dtype = _dtype(site, made.dtype)
    if not made.worlds and dtype != made.dtype:
        made = constant_array_of(site.body, listed, made.number, dtype)
    site.write(cast(made, site.text("x"), lambda: site.atom("x"), dtype))
    return replace(made, dtype=dtype)


def _of_array(site: CallSite, value: ArrayValue, *, copies: bool) -> Value:
    dtype = _dtype(site, value.dtype)
    text = cast(value, site.text("x"), lambda: site.atom("x"), dtype) if value.worlds else site.text("x")
    site.write(text)
    made = replace(value, dtype=dtype, python=False)
    return site.fresh(made) if copies or dtype != value.dtype or value.python else made


def _arange(site: CallSite) -> Value:
    numbers = [known_number(site.array(n)) for n in ("start", "stop", "step") if n in site.given]
    if not all(isinstance(number, (int, float)) for number in numbers):
        refuse(site.node, f"`{shown(site.node)}` is not known from the text.", "", "Write the numbers out.")
    limits: list[Any] = list(numbers)
    if (len(limits) > 2 and limits[2] == 0) or max(map(abs, limits)) > 1e6:
        refuse(site.node, f"`{shown(site.node)}` is too large.", "", "Use fewer numbers.")
    count = abs(
        (limits[0] if len(limits) == 1 else limits[1] - limits[0]) / (limits[2] if len(limits) > 2 else 1)
    )
    if count > MAX_CONSTANT:
        refuse(
            site.node,
            f"`{shown(site.node)}` makes {count:g} numbers.",
            f"At most {MAX_CONSTANT}.",
            "Use fewer.",
        )
    array = np.arange(*limits)
    return _constant(site, array, _dtype(site, "i" if array.dtype.kind == "i" else "f"))


def _linspace(site: CallSite) -> Value:
    start, stop = known_number(site.array("start")), known_number(site.array("stop"))
    count = site.whole_number("num") or 0
    if (
        not isinstance(start, (int, float))
        or not isinstance(stop, (int, float))
        or not 0 < count <= MAX_CONSTANT
    ):
        refuse(site.node, f"`{shown(site.node)}` is not known from the text.", "", "Write the numbers out.")
    endpoint = bool(site.known("endpoint")) if "endpoint" in site.form.keywords else True
    return _constant(site, np.linspace(start, stop, count, endpoint=endpoint), "f")


def _eye(site: CallSite) -> Value:
    size = site.whole_number("n") or 0
    if not 0 < size <= 16:
        refuse(site.node, f"`{shown(site.node)}` is too large.", "At most 16 rows.", "Write the numbers out.")
    return _constant(site, np.eye(size), "f")


def _diag(site: CallSite) -> Value:
    numbers = known_number(site.array("x"))
    if not isinstance(numbers, tuple) or not 0 < len(numbers) <= 16:
        refuse(site.node, f"`{shown(site.node)}` has no known numbers.", "", "Write the numbers out.")
    return _constant(site, np.diag(np.array(numbers, dtype=float)), "f")


def _setting(site: CallSite) -> Value:
    return SettingValue()


OPERATIONS: dict[str, Operation] = {
    "zeros": _filled(0.0), "ones": _filled(1.0), "full": _filled(None),
    "zeros_like": _like(0.0), "ones_like": _like(1.0), "full_like": _like(None),
    "array": _array, "asarray": _asarray, "arange": _arange, "linspace": _linspace, "eye": _eye,
    "diag": _diag,
    "setting": _setting,
}  # fmt: skip
