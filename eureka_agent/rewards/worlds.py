"""Where the worlds are: one watched call shows that a reward neither moves them nor counts them.

Every signal has the worlds on its leading axis. Broadcasting can push them to another one (`x[:, None] - x`,
or `x` with a constant of two axes), where a length or a sum tells how many they are; and an index can pick
one of them. A reward has no branches that depend on values, so what one call does all of them do: the first
is made twice, once with arrays that know where their worlds are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import numpy as np


class WatchedArray(np.ndarray):
    """An array with a row for each world, which refuses whatever would not keep it so."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        """Compute element by element, or reduce another axis."""
        if out is not None:
            raise TypeError("arrays of worlds are never written in place")
        return self._kept(getattr(ufunc, method), inputs, options)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Call one of NumPy's functions."""
        if func in (np.stack, np.concatenate) and isinstance(args[0], WatchedArray):
            self._taken_apart()
        return self._kept(func, args, kwargs)

    def _kept(self, function: Any, args: Any, options: Mapping[str, Any]) -> Any:
        """Return a function's result if its rows are the worlds still."""
        given = list(_arguments_as_arrays([*args, *options.values()]))
        axes = max(array.ndim for array in given)
        for array in given:
            if isinstance(array, WatchedArray) and array.ndim != axes:
                raise ValueError(
                    f"an array of worlds with shape {_shown(array)} meets one with {axes} axes: its worlds "
                    "would no longer lie on the leading axis; write x[:, None] to add an axis behind them"
                )
        result = function(*_bare(args), **{name: _bare(value) for name, value in options.items()})
        return _worlds(result, len(self.view(np.ndarray)))

    def __getitem__(self, index: Any) -> Any:
        """Pick from other axes; the leading one stays whole."""
        parts = index if isinstance(index, tuple) else (index,)
        if any(isinstance(part, WatchedArray) for part in parts):
            raise ValueError("an index that differs from world to world mixes them; use np.take_along_axis")
        if _leading(parts, self.ndim) != slice(None):
            raise ValueError(f"an index of an array with shape {_shown(self)} picks worlds; write x[:, i]")
        return self.view(np.ndarray)[index].view(WatchedArray)

    def _taken_apart(self, *_: Any) -> NoReturn:
        raise TypeError("an array of worlds is handled whole: it is not run over, and it is no single number")

    __iter__ = __len__ = __bool__ = __float__ = __int__ = __index__ = __contains__ = _taken_apart  # pyright: ignore[reportAssignmentType]
    __setitem__ = __delitem__ = _taken_apart  # pyright: ignore[reportAssignmentType]


def watched(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return arrays of worlds that are watched; a table of them too."""
    return {
        name: watched(value) if isinstance(value, Mapping) else np.asarray(value).view(WatchedArray)
        for name, value in values.items()
    }


def _worlds(result: Any, rows: int) -> Any:
    if not isinstance(result, np.ndarray) or result.shape[:1] != (rows,):
        raise ValueError("what came of an array of worlds has no row for each of them any more")
    return result.view(WatchedArray)


def _leading(parts: tuple[Any, ...], axes: int) -> Any:
    """Return which of an index's parts the leading axis is picked by."""
    picking = [part for part in parts if part is not None and part is not Ellipsis]
    if parts and parts[0] is Ellipsis:
        return slice(None) if len(picking) < axes else picking[0]
    return parts[0] if parts else slice(None)


def _arguments_as_arrays(values: Any) -> Iterator[np.ndarray]:
    """Yield arrays among arguments, those in lists, and lists of numbers, which NumPy takes for arrays."""
    for value in values:
        inside = list(_arrays_in([value]))
        yield from inside or ([np.asarray(value)] if isinstance(value, (list, tuple)) else [])


def _arrays_in(values: Any) -> Iterator[np.ndarray]:
    for value in values:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _arrays_in(value)


def _bare(value: Any) -> Any:
    if isinstance(value, WatchedArray):
        return value.view(np.ndarray)
    return type(value)(map(_bare, value)) if type(value) in (list, tuple) else value


def _shown(array: np.ndarray) -> str:
    return str(("num_envs", *array.shape[1:])).replace("'", "")
