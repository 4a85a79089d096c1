"""One function of a natural reward, read in order: what every name holds, and what is written instead."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NoReturn

from eureka_agent.rewards.natural.editing import Span, atom, same_code
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.values import (
    MAX_LEAVES,
    ArrayValue,
    ItemsValue,
    ShapeError,
    TableValue,
    Value,
    broadcast,
    leaves,
    shown_shape,
    wider,
)
from eureka_agent.rewards.tree import shown

if TYPE_CHECKING:
    from eureka_agent.rewards.natural.program import Program


MAX_WRITTEN = 4000
"""Characters of one expression: functions of one expression may call one another."""


@dataclass(frozen=True)
class EarlyReturn:
    """A return inside a branch: where it holds, and the names that keep what it gave."""

    condition: str
    reward: str
    components: str
    value: Value


@dataclass
class Body:
    """The state while one function's statements are read."""

    program: Program
    names: dict[str, Value] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    """Names (and keys, as `name[key]`) that have a value in every world that comes here."""
    predicate: str = ""
    """The condition under which the statements run: a name of portable code; "" for always."""
    turns: set[int] = field(default_factory=set)
    """Ids of each `if` that stands in a loop and in nothing else within it."""
    unskipped: set[str] | None = None
    """What was defined in a turn of a loop before the first `continue` of some worlds; None without one."""
    early: list[EarlyReturn] = field(default_factory=list)
    returned: list[tuple[ast.Return, Value]] = field(default_factory=list)
    mask: str = ""
    """In `r[m] = f(v[m])`: the code of m."""
    parts: dict[Span, tuple[str, ...]] = field(default_factory=dict)
    """What each element of a pair is written as, e.g. of `x.max(dim=1)`."""
    deleted: set[str] = field(default_factory=set)
    """Names that `del` took away."""
    entry: bool = False
    written: dict[str, str] = field(default_factory=dict)
    """What is written for a parameter, where a function of one expression is written out."""

    @property
    def batched(self) -> bool:
        """Whether the code is read as one over all worlds."""
        return self.program.batched

    def value(self, node: ast.expr) -> Value:
        """Return what an expression holds, and edit it into the portable subset."""
        self.program.tick()
        self.program.edits.clear(self.span(node))
        reader = self.program.readers.get(type(node))
        if reader is None:
            raise LeftToCriticError(node)
        try:
            made = reader(self, node)
            if isinstance(made, (ItemsValue, TableValue)) and leaves(made) > MAX_LEAVES:
                raise LeftToCriticError
            return made
        except ShapeError as error:
            refuse_shapes(node, error)
        except LeftToCriticError as error:
            raise error.at(node) from None

    def array(self, node: ast.expr) -> ArrayValue:
        """Return what an expression holds, which must be numbers."""
        value = self.value(node)
        if isinstance(value, ItemsValue) and value.names:
            refuse(
                node, f"`{shown(node)}` gives a pair: values and indices.", "torch returns both along a dim.",
                f"Write {shown(node, 40)}.values.",
            )  # fmt: skip
        if not isinstance(value, ArrayValue):
            refuse(
                node,
                f"`{shown(node)}` is no array here.",
                "Only arrays can be computed with.",
                "Use numbers.",
            )
        return value

    # --- text ---

    def span(self, node: ast.AST) -> Span:
        """Return where a node stands in the text."""
        return self.program.edits.span(node)

    def text(self, node: ast.AST) -> str:
        """Return how a node is written now."""
        return self.program.edits.text(self.span(node))

    def atom(self, node: ast.AST) -> str:
        """Return how a node is written now, with brackets where it could fall apart."""
        return atom(self.text(node))

    def write(self, node: ast.AST, text: str, note: str = "") -> None:
        """Write an expression another way; nothing happens where it is written so already."""
        before = self.text(node)
        if len(text) > MAX_WRITTEN:
            raise LeftToCriticError
        if before == text or (isinstance(node, ast.expr) and same_code(before, text)):
            return
        self.program.edits.replace(self.span(node), text, note or f"`{shown(node)}` became `{_short(text)}`.")

    def fresh_buffer(self, rows: tuple[int, ...] | None = None) -> int:
        """Return a memory that nothing else lies in; NumPy's single numbers cannot be written into."""
        if rows == () and not self.batched and self.program.library == "numpy":
            return 0
        self.program.buffers += 1
        return self.program.buffers

    # --- element by element ---

    def combined(
        self, nodes: list[ast.expr], values: list[ArrayValue], *, integers: bool = True, test: bool = False
    ) -> ArrayValue:
        """Return what comes of taking arrays element by element; axes are added where they must line up."""
        rows, before = broadcast(values, batched=self.batched)
        for node, value in zip(nodes, values, strict=False):
            self.pad(node, value, len(rows))
        dtype = "b" if test else wider(*(v.dtype for v in values)) if integers else "f"
        picked = {value.picked for value in values if value.picked}
        return ArrayValue(
            rows, dtype, any(v.worlds for v in values), before, all(v.python for v in values),
            buffer=self.fresh_buffer(rows), picked=picked.pop() if picked else "",
        )  # fmt: skip

    def pad(self, node: ast.expr, value: ArrayValue, rank: int) -> None:
        """Write an array such that it lines up with one of `rank` row axes."""
        if needs_axes(value, rank):
            self.write(node, padded(self.text(node), value, rank))

    def condition(self, node: ast.expr, value: ArrayValue) -> str:
        """Return a truth value as a mask."""
        if not value.plain:
            shape = shown_shape(value, batched=self.batched)
            what = f"`{shown(node)}` has shape {shape} and is asked whether it holds."
            refuse(node, what, "One truth value is needed.", f"Write np.all({shown(node, 40)}) or np.any(…).")
        return self.text(node) if value.dtype == "b" else f"{self.atom(node)} != 0"

    def numeric(self, node: ast.expr, value: ArrayValue) -> ArrayValue:
        """Write Python's own truth value as a number, which it is to Python but not to NumPy."""
        if value.python and value.worlds and value.dtype == "b":
            self.write(node, f"np.where({self.text(node)}, 1.0, 0.0)")
            return replace(value, dtype="i")
        return value


def refuse_shapes(node: ast.AST, error: ShapeError) -> NoReturn:
    """Refuse what combines shapes that do not fit."""
    what = f"`{shown(node)}` combines the shapes {error}."
    fix = "Reduce one side, or add an axis with x[:, None]."
    refuse(node, what, "They do not fit together.", fix, rule="natural-shape")


def needs_axes(value: ArrayValue, rank: int) -> bool:
    """Say whether an array of worlds has fewer axes than what it meets."""
    return value.worlds and len(value.rows) < rank


def padded(text: str, value: ArrayValue, rank: int) -> str:
    """Return an array's text with axes behind the worlds, so that it has `rank` row axes."""
    if not needs_axes(value, rank):
        return text
    return f"{atom(text)}[:, {', '.join(['None'] * (rank - len(value.rows)))}]"


Reader = Callable[[Body, ast.expr], Value]

Operand = tuple[ast.expr, ArrayValue]
"""An expression and what it holds."""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 70 else line[:69] + "…"
