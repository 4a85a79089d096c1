"""`r[mask] = v` and `r[:, 0] = v`: allowed where r is memory of the function's own that nothing else sees."""

from __future__ import annotations

import ast
from dataclasses import replace

from eureka_agent.rewards.natural.body import Body, padded
from eureka_agent.rewards.natural.editing import atom
from eureka_agent.rewards.natural.expressions import arithmetic
from eureka_agent.rewards.natural.in_place import (
    KIND_NAMES,
    choose,
    operated,
    refuse_owned,
    refuse_shared,
    require_fit,
    where_predicate,
)
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.sites import known_range
from eureka_agent.rewards.natural.values import (
    MAX_LEAVES,
    ArrayValue,
    TableValue,
    TextValue,
    Value,
    broadcast_shapes,
    leaves,
    wider,
)
from eureka_agent.rewards.tree import shown


def write_item(body: Body, node: ast.stmt, target: ast.Subscript, value_node: ast.expr) -> None:
    """Read an assignment to an item of a dictionary or an array."""
    if not isinstance(target.value, ast.Name):
        raise LeftToCriticError
    holder = body.value(target.value)
    if isinstance(holder, TableValue):
        _write_entry(body, node, target, target.value.id, holder, value_node)
    elif isinstance(holder, ArrayValue):
        ItemWrite(body, node, target, target.value.id, holder, value_node).read()
    else:
        raise LeftToCriticError


def _write_entry(
    body: Body, node: ast.stmt, target: ast.Subscript, name: str, holder: TableValue, value_node: ast.expr
) -> None:
    refuse_owned(body, node, name, holder)
    key, value = body.value(target.slice), body.value(value_node)
    if isinstance(key, TextValue) and key.among and isinstance(node, ast.Assign) and not body.predicate:
        body.names[name] = TableValue({**holder.items, **dict.fromkeys(key.among, value)}, holder.buffer)
        body.defined.update(f"{name}[{each}]" for each in key.among)
        return
    if not isinstance(key, TextValue) or key.text is None:
        raise LeftToCriticError
    old = holder.items.get(key.text)
    told = body.text(target)
    if isinstance(node, ast.AugAssign):
        if not isinstance(old, ArrayValue) or not isinstance(value, ArrayValue):
            raise LeftToCriticError
        refuse_shared(body, node, name, old)
        made: Value = arithmetic(body, node.op, (target, old), (value_node, value), node)
        assert isinstance(made, ArrayValue)
        if old.buffer and body.program.library != "jax" and not old.python:
            require_fit(body, node, old, made.rows, made.dtype)
        text = operated(told, node.op, body.text(value_node))
        if body.predicate:
            text = where_predicate(body, text, told, len(made.rows))
            made = replace(made, worlds=True)
        if made.worlds or made != old:
            body.program.edits.replace(
                body.span(node), f"{told} = {text}", f"`{shown(node)}` became `{told} = {text}`."
            )
    else:
        made = value
        if body.predicate and old is not None:
            if not isinstance(old, ArrayValue) or not isinstance(value, ArrayValue):
                raise LeftToCriticError
            made = choose(body, value_node, value, told, old)
    table = TableValue({**holder.items, key.text: made}, holder.buffer)
    if leaves(table) > MAX_LEAVES:
        raise LeftToCriticError
    body.names[name] = table
    body.defined.add(f"{name}[{key.text}]")


class ItemWrite:
    """One assignment into an array."""

    def __init__(
        self,
        body: Body,
        node: ast.stmt,
        target: ast.Subscript,
        name: str,
        holder: ArrayValue,
        value_node: ast.expr,
    ) -> None:
        self.body, self.node, self.target = body, node, target
        self.name, self.holder, self.value_node = name, holder, value_node

    def read(self) -> None:
        """Write the assignment as one of the whole array."""
        if self.body.program.library == "jax":
            what = f"`{shown(self.target)} = …` writes into a JAX array."
            refuse(
                self.node, what, "JAX refuses it.", f"Write {self.name} = jnp.where(mask, new, {self.name})."
            )
        if self.holder.buffer == 0 or self.holder.python:
            refuse(
                self.node,
                f"`{shown(self.target)} = …` writes into a number.",
                "It has no items.",
                "Assign the name.",
            )
        refuse_shared(self.body, self.node, self.name, self.holder)
        made, text = self.made()
        if self.body.predicate:
            text = where_predicate(self.body, text, self.name, len(self.holder.rows))
        note = f"`{shown(self.node)}` became `{self.name} = {text}`."
        self.body.program.edits.replace(self.body.span(self.node), f"{self.name} = {text}", note)
        self.body.names[self.name] = made

    def made(self) -> tuple[ArrayValue, str]:
        """Return the array after the assignment, and how it is written."""
        mask = self._mask_value()
        return self._masked(mask) if mask is not None else self._placed()

    def _mask_value(self) -> ArrayValue | None:
        part = self.target.slice
        if isinstance(part, (ast.Slice, ast.Tuple, ast.Constant)):
            return None
        value = self.body.value(part)
        return (
            value
            if isinstance(value, ArrayValue) and value.dtype == "b" and (value.worlds or value.rows)
            else None
        )

    def _operand(self, old: ArrayValue, old_text: str) -> tuple[ArrayValue, str]:
        """Return what is written, for `r[i] += v` with what was there."""
        value = self.body.array(self.value_node)
        if not isinstance(self.node, ast.AugAssign):
            return value, self.body.text(self.value_node)
        plain = ast.copy_location(ast.Constant(0), self.value_node)
        made = arithmetic(
            self.body, self.node.op, (plain, replace(old, number=None)), (self.value_node, value), self.node
        )
        return made, operated(old_text, self.node.op, self.body.text(self.value_node))

    def _masked(self, mask: ArrayValue) -> tuple[ArrayValue, str]:
        """`r[mask] = v`."""
        self._check_mask(mask)
        outer, self.body.mask = self.body.mask, ast.dump(self.target.slice)
        value, text = self._operand(replace(self.holder, picked=self.body.mask), self.name)
        key, self.body.mask = self.body.mask, outer
        if value.picked not in ("", key):
            refuse(self.node, f"`{shown(self.node)}` mixes two masks.", "", "Write np.where for each.")
        if not value.picked and (value.rows or (self.body.batched and value.worlds)):
            what = f"`{shown(self.node)}` writes an array into the places that a mask picks."
            fix = f"Pick by the same mask: {shown(self.value_node, 30)}[{shown(self.target.slice, 30)}]."
            refuse(self.node, what, "Their numbers would have to be the same.", fix)
        self._fit(value, self.holder.rows if value.picked else value.rows)
        rank = len(self.holder.rows)
        condition = padded(self.body.text(self.target.slice), mask, rank)
        text = padded(text, value, rank)
        made = self._made(value.worlds or mask.worlds)
        return made, f"np.where({condition}, {text}, {self.name})"

    def _check_mask(self, mask: ArrayValue) -> None:
        if self.body.batched:
            fits = mask.worlds and self.holder.worlds and mask.before == self.holder.before == 0
            fits = fits and self.holder.rows[: len(mask.rows)] == mask.rows
            fits = fits and len(mask.rows) in (0, len(self.holder.rows))
        else:
            fits = mask.rows == self.holder.rows and bool(mask.rows)
        if not fits:
            what = f"The mask in `{shown(self.target)} = …` has another shape than `{self.name}`."
            refuse(self.node, what, "It would fail.", "Use a mask of the same shape.", rule="natural-shape")

    def _placed(self) -> tuple[ArrayValue, str]:
        """`r[:, 0] = v`, `r[i] = v`, `r[:] = v`: a fixed place in each world's row."""
        axis, places, place = self._place()
        if axis is None:
            value, text = self._operand(self.holder, self.name)
            self._fit(value, value.rows)
            like = f"np.zeros_like({self.name})"
            return self._made(value.worlds), f"{like} + {padded(text, value, len(self.holder.rows))}"
        if len(self.holder.rows) != 1:
            refuse(
                self.node,
                f"`{shown(self.target)} = …` writes into a matrix.",
                "",
                "Write np.stack of columns.",
            )
        old = replace(self.holder, rows=(), number=None)
        old_text = f"{atom(self.name)}[{':, ' if self.holder.worlds else ''}{place}]"
        value, text = self._operand(old, old_text)
        if value.rows:
            what = f"`{shown(self.node)}` writes several columns at once."
            refuse(
                self.node, what, "The portable subset cannot.", "Write np.concatenate or np.stack of columns."
            )
        self._fit(value, ())
        text = padded(text, value, 1)
        return self._made(value.worlds), f"np.where({places}, {text}, {self.name})"

    def _place(self) -> tuple[int | None, str, str]:
        """Return the row axis, a mask of the places in it and the index; None where all of it is written."""
        parts = (
            list(self.target.slice.elts) if isinstance(self.target.slice, ast.Tuple) else [self.target.slice]
        )
        if isinstance(parts[0], ast.Constant) and parts[0].value is Ellipsis and len(self.holder.rows) == 1:
            parts = parts[1:] or [ast.Slice()]
        elif self.body.batched and self.holder.worlds:
            first = parts.pop(0)
            if not (isinstance(first, ast.Slice) and first.lower is first.upper is first.step is None):
                what = f"`{shown(self.target)} = …` picks worlds."
                refuse(
                    self.node,
                    what,
                    "Rows must stay independent.",
                    "Use a mask or r[:, i].",
                    rule="natural-unbatched",
                )
        if not parts or (
            isinstance(parts[0], ast.Slice) and parts[0].lower is parts[0].upper is parts[0].step is None
        ):
            if len(parts) > 1:
                raise LeftToCriticError
            return None, "", ""
        if len(parts) != 1 or not self.holder.rows:
            refuse(
                self.node,
                f"`{shown(self.target)} = …` has too many indices.",
                "",
                "Check.",
                rule="natural-shape",
            )
        return 0, *self._mask_of(parts[0], self.holder.rows[0])

    def _mask_of(self, part: ast.expr, size: int) -> tuple[str, str]:
        if isinstance(part, ast.Slice):
            chosen = known_range(self.body, part, size)
            if chosen is None:
                raise LeftToCriticError
            return f"np.array({[i in chosen for i in range(size)]})", self.body.text(part)
        value = self.body.value(part)
        if not isinstance(value, ArrayValue) or value.worlds or not value.plain or value.dtype != "i":
            raise LeftToCriticError
        if isinstance(value.number, int):
            if not -size <= value.number < size:
                refuse(
                    self.node, f"`{shown(self.target)}` does not exist.", "", "Check.", rule="natural-shape"
                )
            return f"np.array({[i == value.number % size for i in range(size)]})", self.body.text(part)
        return f"(np.array({list(range(size))}) == {self.body.atom(part)})", self.body.text(part)

    def _fit(self, value: ArrayValue, rows: tuple[int, ...]) -> None:
        whole = self.holder.rows
        if len(rows) > len(whole) or (value.worlds and self.body.batched and not self.holder.worlds):
            self._refuse_shape()
        if value.before or (rows and broadcast_shapes(rows, whole) != whole):
            self._refuse_shape()
        if wider(value.dtype, self.holder.dtype) != self.holder.dtype:
            what = (
                f"`{shown(self.node)}` writes {KIND_NAMES[value.dtype]} into {KIND_NAMES[self.holder.dtype]}."
            )
            fix = "Start from floats, e.g. np.zeros_like(x) of a float signal, or np.where(mask, 1.0, 0.0)."
            refuse(self.node, what, "They would be truncated.", fix, rule="natural-type")

    def _refuse_shape(self) -> None:
        what = f"`{shown(self.node)}` writes an array of another shape."
        refuse(
            self.node, what, "It would fail.", "Bring it to the shape of the target.", rule="natural-shape"
        )

    def _made(self, worlds: bool) -> ArrayValue:
        return replace(
            self.holder, worlds=self.holder.worlds or worlds or bool(self.body.predicate), number=None
        )
