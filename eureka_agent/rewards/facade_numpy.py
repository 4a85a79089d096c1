"""The table of call forms over NumPy, and over anything that looks like it (`jax.numpy`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from eureka_agent.rewards.facade import ArrayBackend, constant_array, refuse_world_axis
from eureka_agent.rewards.forms import FORMS

Function = Callable[..., Any]


def _unary(function: Function) -> Function:
    def call(x, /):
        return function(x)

    return call


def _binary(function: Function) -> Function:
    def call(x1, x2, /):
        return function(x1, x2)

    return call


def _reduction(name: str, function: Function) -> Function:
    def call(a, axis, *, keepdims=False):
        if type(axis) is tuple or axis == 0 or axis == -a.ndim:
            refuse_world_axis(name, axis, a.ndim)
        return function(a, axis=axis, keepdims=True) if keepdims else function(a, axis=axis)

    return call


def _arg_reduction(name: str, function: Function) -> Function:
    def call(a, axis):
        refuse_world_axis(name, axis, a.ndim)
        return function(a, axis=axis)

    return call


def _regular_forms(xp: Any) -> dict[str, Function]:
    """All functions whose form follows from their kind and number of parameters."""
    made: dict[str, Function] = {}
    for form in FORMS:
        names = tuple(p.name for p in form.parameters)
        if names in (("x",), ("x1", "x2")):
            function = getattr(xp, form.name)
            made[form.name] = _unary(function) if len(names) == 1 else _binary(function)
        elif names == ("a", "axis", "keepdims"):
            made[form.name] = _reduction(form.name, getattr(xp, form.name))
        elif names == ("a", "axis") and form.name.startswith("arg"):
            made[form.name] = _arg_reduction(form.name, getattr(xp, form.name))
    return made


def numpy_like_functions(xp: Any) -> dict[str, Function]:
    """Return the table's functions over a namespace with NumPy's own call forms."""

    def around(a, decimals=0):
        return xp.round(a, decimals)

    def clip(a, a_min=None, a_max=None, *, min=None, max=None):
        return xp.clip(a, min if a_min is None else a_min, max if a_max is None else a_max)

    def where(condition, x, y, /):
        return xp.where(condition, x, y)

    def select(condlist, choicelist, default=0):
        chosen = default
        for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
            chosen = xp.where(condition, choice, chosen)
        return chosen

    def nan_to_num(x, *, nan=0.0, posinf=None, neginf=None):
        return xp.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)

    def isclose(a, b, rtol=1e-05, atol=1e-08):
        return xp.isclose(a, b, rtol=rtol, atol=atol)

    def norm(x, ord=None, *, axis, keepdims=False):
        refuse_world_axis("linalg.norm", axis, x.ndim)
        return xp.linalg.norm(x, ord=ord, axis=axis, keepdims=keepdims)

    def array(object):
        return xp.asarray(constant_array(object))

    def asarray(a):
        return xp.asarray(constant_array(a, copy=False))

    named = (around, clip, where, select, nan_to_num, isclose, norm, array, asarray)
    special = {f.__name__: f for f in named}
    special["round"] = special.pop("around")
    special["linalg.norm"] = special.pop("norm")
    return {**_regular_forms(xp), **_shape_functions(xp), **special}


def _shape_functions(xp: Any) -> dict[str, Function]:
    def stack(arrays, axis):
        refuse_world_axis("stack", axis, arrays[0].ndim + 1)
        return xp.stack(arrays, axis=axis)

    def concatenate(arrays, axis):
        refuse_world_axis("concatenate", axis, arrays[0].ndim)
        return xp.concatenate(arrays, axis=axis)

    def expand_dims(a, axis):
        refuse_world_axis("expand_dims", axis, a.ndim + 1)
        return xp.expand_dims(a, axis)

    def squeeze(a, axis):
        refuse_world_axis("squeeze", axis, a.ndim)
        return xp.squeeze(a, axis)

    def cross(a, b, *, axis=-1):
        refuse_world_axis("cross", axis, max(a.ndim, b.ndim))
        return xp.cross(a, b, axis=axis)

    def diff(a, *, axis):
        refuse_world_axis("diff", axis, a.ndim)
        return xp.diff(a, axis=axis)

    def take_along_axis(arr, indices, axis):
        refuse_world_axis("take_along_axis", axis, arr.ndim)
        return xp.take_along_axis(arr, indices, axis)

    def zeros_like(a):
        return xp.zeros_like(a)

    def ones_like(a):
        return xp.ones_like(a)

    def full_like(a, fill_value):
        return xp.full_like(a, fill_value)

    named = (
        stack, concatenate, expand_dims, squeeze, cross, diff, take_along_axis,
        zeros_like, ones_like, full_like,
    )  # fmt: skip
    return {f.__name__: f for f in named}


def select_rows_numpy_like(xp: Any) -> Callable[[Any, np.ndarray, Any], Any]:
    """Return `select_rows` (shapes in `ArrayBackend`) for a namespace like NumPy's."""

    def select_rows(mask: Any, initial: np.ndarray, values: Any) -> Any:
        rows = xp.reshape(xp.asarray(mask), (-1,) + (1,) * initial.ndim)
        return xp.where(rows, initial, values)

    return select_rows


def _functions(device: Any) -> Mapping[str, Function]:
    return numpy_like_functions(np)


def _no_device(arrays: Mapping[str, Any]) -> None:
    return None


BACKEND = ArrayBackend(_functions, {}, np.asarray, select_rows_numpy_like(np), _no_device)
