"""What `np` and `math` mean inside a reward: closed namespaces over one array library.

Nothing but the table's functions and constants can be reached from a namespace; the libraries
themselves stay in the closures of plain Python functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import numpy as np

from eureka_agent.errors import RewardError, did_you_mean
from eureka_agent.rewards.forms import MATH_CONSTANTS, MATH_FORMS_BY_NAME, NP_CONSTANTS

Library = Literal["numpy", "jax", "torch"]

_BACKENDS = {name: f"eureka_agent.rewards.facade_{name}" for name in ("numpy", "jax", "torch")}


class Namespace:
    """A closed set of names; an unknown name gets a suggestion, assignment is refused."""

    def __init__(self, title: str, entries: Mapping[str, Any]) -> None:
        self.__dict__.update(entries)
        self.__dict__["_Namespace__title"] = title

    def __getattr__(self, name: str) -> Any:
        hint = did_you_mean(name, self.__dict__)
        raise AttributeError(f"{self.__title}.{name} is not in the table of call forms.{hint}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{self.__title}.{name} cannot be set.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{self.__title}.{name} cannot be deleted.")

    def __dir__(self) -> list[str]:
        return sorted(name for name in self.__dict__ if not name.startswith("_"))


@dataclass(frozen=True)
class ArrayBackend:
    """One array library, as used by the loader."""

    functions: Callable[[Any], Mapping[str, Callable[..., Any]]]
    """Table name to function, for arrays on a device (None where the library places them itself)."""
    operators: Mapping[str, Callable[..., Any]]
    """`__Add__` and the like, where the library's own operators differ from NumPy's; else empty."""
    asarray: Callable[[np.ndarray], Any]
    """From NumPy to the library, on its default device."""
    select_rows: Callable[[Any, np.ndarray, Any], Any]
    """(mask (rows,), initial (...), values (rows, ...)) -> values with the masked rows at initial."""
    device_of: Callable[[Mapping[str, Any]], Any]
    """The hashable device of the given arrays, or None where it does not matter."""

    def build(self, device: Any = None) -> tuple[Namespace, Namespace, dict[str, Callable[..., Any]]]:
        """Return the `np` namespace, the `math` namespace and the operators for one device."""
        return _np_namespace(self.functions(device)), _math_namespace(), dict(self.operators)


def backend_for(library: Library) -> ArrayBackend:
    """Return a library's backend; imports the library.

    Raises:
        RewardError: the library is not one of the three, or is not installed.
    """
    if library not in _BACKENDS:
        raise RewardError(
            f"There is no array library '{library}'.",
            allowed=", ".join(_BACKENDS),
            fix="Choose one of these.",
        )
    try:
        return import_module(_BACKENDS[library]).BACKEND
    except ImportError as error:
        raise RewardError(
            f"The array library '{library}' is not installed.", fix=f"pip install {library}"
        ) from error


def facade_for(library: Library) -> tuple[Namespace, Namespace]:
    """Return the `np` and `math` that a reward gets for one library."""
    np_namespace, math_namespace, _ = backend_for(library).build()
    return np_namespace, math_namespace


def _np_namespace(functions: Mapping[str, Callable[..., Any]]) -> Namespace:
    flat = {name: function for name, function in functions.items() if "." not in name}
    linalg = {name.split(".")[1]: function for name, function in functions.items() if "." in name}
    return Namespace("np", {**flat, **NP_CONSTANTS, "linalg": Namespace("np.linalg", linalg)})


def _math_namespace() -> Namespace:
    return Namespace("math", {**{name: getattr(math, name) for name in MATH_FORMS_BY_NAME}, **MATH_CONSTANTS})


def refuse_world_axis(name: str, axis: int | tuple[int, ...], ndim: int) -> None:
    """Raise ValueError if a reduction would run over the leading axis, the axis of worlds."""
    for one in axis if isinstance(axis, tuple) else (axis,):
        if one == 0 or one == -ndim:
            shape = "(num_envs,)" if ndim == 1 else f"{ndim} axes"
            raise ValueError(
                f"np.{name}(..., axis={axis}) runs over the axis of worlds: the array has {shape}. "
                "A scalar signal needs no reduction; use it as it is."
            )


def constant_array(values: Any, *, copy: bool = True) -> np.ndarray:
    """Return literal numbers as float32, int32 or bool (the types of signals), in the shape of the literal.

    Without `copy` an existing array is returned as is, like `np.asarray`: where the saved file would write
    into a constant, the loaded reward must get that same, frozen constant.

    Raises:
        ValueError: `values` is ragged or holds something other than numbers.
    """
    made = np.asarray(values)
    kinds = {"f": np.float32, "i": np.int32, "b": np.bool_}
    if made.dtype.kind not in kinds:
        raise ValueError(
            "np.array makes constants from numbers only; join arrays with np.stack([...], axis=-1)."
        )
    return made.astype(kinds[made.dtype.kind], copy=copy)
