"""What keeps a loaded reward pure: frozen constants, and no way to ask how many worlds there are.

The static rules refuse both; these are the walls behind them. A reward whose constants could change, or that
knew how many rows it is given, could pay one thing in the probe, another in training and a third as a file.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any, NoReturn

import numpy as np

_READERS = ("len", "sum", "min", "max", "list", "tuple", "zip", "enumerate", "dict")
"""Python's functions that run over what they are given, and so would run over worlds."""


class _Frozen:
    """Refuses what changes a container in place."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("constants of the module never change; keep state across steps in MEMORY")

    __setitem__ = __delitem__ = __iadd__ = __imul__ = __ior__ = _refuse
    append = extend = insert = pop = remove = clear = sort = reverse = _refuse
    update = setdefault = popitem = _refuse


class FrozenList(_Frozen, list):  # type: ignore[misc]  # pyright: ignore[reportIncompatibleMethodOverride]
    """A list that stays as it was made."""


class FrozenDict(_Frozen, dict):  # type: ignore[misc]  # pyright: ignore[reportIncompatibleMethodOverride]
    """A dictionary that stays as it was made."""


def frozen(value: Any) -> Any:
    """Return a module-level constant such that nothing can write into it, however deep."""
    if isinstance(value, list):
        return FrozenList(map(frozen, value))
    if isinstance(value, tuple):
        return tuple(map(frozen, value))
    if isinstance(value, dict):
        return FrozenDict({key: frozen(item) for key, item in value.items()})
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    return value


def freeze_module(scope: dict[str, Any], own: Iterable[str]) -> None:
    """Freeze the constants and the functions' default values of a module that was just executed."""
    for name in own:
        value = scope[name]
        if isinstance(value, FunctionType):
            value.__defaults__ = None if value.__defaults__ is None else frozen(value.__defaults__)
        else:
            scope[name] = frozen(value)


class Guards:
    """The functions that stand in for reading lengths and running over something."""

    def __init__(self) -> None:
        self._constants: dict[int, Any] = {}

    def know(self, value: Any) -> None:
        """Note the arrays in a module-level constant: how long they are is in the text."""
        if isinstance(value, Mapping):
            value = list(value.values())
        if isinstance(value, (list, tuple)):
            for item in value:
                self.know(item)
        elif hasattr(value, "ndim"):
            self._constants[id(value)] = value  # kept, so that no other array can get its id

    def names(self) -> dict[str, Callable[..., Any]]:
        """Return what the rewritten code calls, by name."""
        return {"__extent__": self.extent, "__each__": self.each} | {
            name: self._over_lists(getattr(builtins, name)) for name in _READERS
        }

    def extent(self, array: Any, axis: int) -> int:
        """Return `array.shape[axis]`, unless that is the number of worlds."""
        position = axis + array.ndim if axis < 0 else axis
        if position == 0 and id(array) not in self._constants:
            raise ValueError(
                f".shape[{axis}] of an array with {array.ndim} axes is the number of worlds, which is no "
                "business of a reward"
            )
        return array.shape[axis]

    def each(self, value: Any) -> Any:
        """Return `value` to be run over, unless that would be over worlds."""
        if getattr(value, "ndim", 0) > 0 and id(value) not in self._constants:
            raise TypeError("a loop over an array runs over worlds; handle the array whole")
        return value

    def _over_lists(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*values: Any, **named: Any) -> Any:
            return function(*map(self.each, values), **named)

        return guarded


class Guarded(ast.NodeTransformer):
    """Writes `x.shape[k]` as `__extent__(x, k)`, and what is run over as `__each__(...)`."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Guard the reading of one length."""
        self.generic_visit(node)
        if not (isinstance(node.value, ast.Attribute) and node.value.attr == "shape"):
            return node
        return _call("__extent__", [node.value.value, node.slice], node)

    def visit_For(self, node: ast.For) -> ast.AST:
        """Guard a loop."""
        self.generic_visit(node)
        node.iter = _call("__each__", [node.iter], node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """Guard the loop of a comprehension."""
        self.generic_visit(node)
        node.iter = _call("__each__", [node.iter], node.iter)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Guard unpacking."""
        self.generic_visit(node)
        if any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets):
            node.value = _call("__each__", [node.value], node.value)
        return node


def _call(name: str, arguments: list[ast.expr], node: ast.AST) -> ast.Call:
    call = ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=arguments, keywords=[])
    return ast.fix_missing_locations(ast.copy_location(call, node))
