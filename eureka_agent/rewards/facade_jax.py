"""The table of call forms over `jax.numpy`; everything can be traced by `jax.jit`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import jax.numpy as jnp
import numpy as np

from eureka_agent.rewards.facade import ArrayBackend
from eureka_agent.rewards.facade_numpy import numpy_like_functions, select_rows_numpy_like
from eureka_agent.rewards.forms import FORMS

NUMBERS = (bool, int, float)


def on_numbers(plain: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function`, but computed by NumPy where all positional arguments are single numbers.

    Single numbers stay Python numbers that way: usable in `if`, and weak in type promotion.
    """

    @wraps(function)
    def call(*args, **kwargs):
        for argument in args:
            if not isinstance(argument, NUMBERS):
                return function(*args, **kwargs)
        return plain(*args, **kwargs).item()

    return call


def numbers_stay_numbers(functions: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Apply `on_numbers` to every elementwise function of one or two operands."""
    made = dict(functions)
    for form in FORMS:
        if tuple(p.name for p in form.parameters) in (("x",), ("x1", "x2")):
            made[form.name] = on_numbers(getattr(np, form.name), functions[form.name])
    return made


def _functions(device: Any) -> Mapping[str, Callable[..., Any]]:
    return numbers_stay_numbers(numpy_like_functions(jnp))


def _no_device(arrays: Mapping[str, Any]) -> None:
    return None


BACKEND = ArrayBackend(_functions, {}, jnp.asarray, select_rows_numpy_like(jnp), _no_device)
