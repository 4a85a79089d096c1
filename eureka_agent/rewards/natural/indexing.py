"""Indices: what an author picks from a world is picked behind the leading axis of worlds."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.builtin_calls import any_of
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.sites import known_number, known_range
from eureka_agent.rewards.natural.slices import indexed
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    CountValue,
    ItemsValue,
    PathValue,
    ShapeValue,
    SliceValue,
    TableValue,
    TextValue,
    Value,
    number_value,
    shown_shape,
)
from eureka_agent.rewards.tree import shown


def read_subscript(body: Body, node: ast.expr) -> Value:
    """Return what `x[...]` gives."""
    assert isinstance(node, ast.Subscript)
    holder = body.value(node.value)
    if isinstance(holder, TableValue):
        return _of_table(body, node, holder)
    if isinstance(holder, ItemsValue):
        return _of_items(body, node, holder)
    if isinstance(holder, ShapeValue):
        return _of_shape(body, node, holder)
    if not isinstance(holder, ArrayValue):
        raise LeftToCriticError
    if body.mask and ast.dump(node.slice) == body.mask:
        body.write(node, body.text(node.value))
        return replace(holder, picked=body.mask, buffer=body.fresh_buffer(), whole=True, number=None)
    return Index(body, node, holder).read()


def _of_table(body: Body, node: ast.Subscript, holder: TableValue) -> Value:
    key = body.value(node.slice)
    if not isinstance(key, TextValue):
        raise LeftToCriticError
    if key.text is None:
        items = [value for name, value in holder.items.items() if not key.among or name in key.among]
        return any_of(ItemsValue(tuple(items)))
    if key.text not in holder.items:
        raise LeftToCriticError
    if isinstance(node.value, ast.Name):
        require_defined(body, node, node.value.id, key.text)
    return holder.items[key.text]


def require_defined(body: Body, node: ast.AST, name: str, key: str | None = None) -> None:
    """Refuse a name, or an entry of a dictionary, that only one branch sets."""
    if name not in body.names or (name if key is None else f"{name}[{key}]") in body.defined:
        return
    told = name if key is None else f"{name}[{key!r}]"
    what = f"`{told}` is set in one branch only."
    refuse(
        node,
        what,
        "In the other worlds it would have no value.",
        f"Set `{told}` before the `if`.",
        rule="natural-unset",
    )


def _of_items(body: Body, node: ast.Subscript, holder: ItemsValue) -> Value:
    if isinstance(node.slice, ast.Slice):
        places = known_range(body, node.slice, len(holder.items)) if holder.known else None
        if places is None:
            raise LeftToCriticError
        return ItemsValue(tuple(holder.items[place] for place in places))
    index = known_number(body.value(node.slice))
    if not isinstance(index, int):
        return any_of(holder)
    if holder.known and not -len(holder.items) <= index < len(holder.items):
        raise LeftToCriticError
    parts = body.parts.get(body.span(node.value))
    if parts and parts[index]:
        body.write(node, parts[index])
    return holder.items[index] if holder.known else any_of(holder)


def _of_shape(body: Body, node: ast.Subscript, holder: ShapeValue) -> Value:
    value = holder.of
    sizes: list[int | None] = list(value.rows)
    if body.batched and value.worlds:
        sizes.insert(value.before, None)
    if isinstance(node.slice, ast.Slice):
        places = known_range(body, node.slice, len(sizes))
        if places is None:
            raise LeftToCriticError
        kept = [sizes[place] for place in places]
        return ItemsValue(tuple(CountValue() if size is None else number_value(size) for size in kept))
    axis = known_number(body.value(node.slice))
    if not isinstance(axis, int) or not -len(sizes) <= axis < len(sizes):
        raise LeftToCriticError
    size = sizes[axis]
    if size is None:
        return CountValue()
    body.write(node, str(size))
    return number_value(size)


@dataclass
class Index:
    """One index of an array."""

    body: Body
    node: ast.Subscript
    holder: ArrayValue
    at: ast.expr | None = None
    """What is written another way, where it is not the index itself."""
    _dotted: bool = False
    _named: dict[int, tuple[ast.Slice, SliceValue]] = field(default_factory=dict)

    def read(self) -> Value:
        """Return what is picked, and write the index behind the worlds."""
        parts = list(self.node.slice.elts) if isinstance(self.node.slice, ast.Tuple) else [self.node.slice]
        parts = [self._sliced(part) for part in parts]
        self._dotted = _is_ellipsis(parts[0])
        of_worlds = self.body.batched and self.holder.worlds
        rank = len(self.holder.rows) + of_worlds
        parts = self._whole(parts, rank)
        written, rows, before, axis = [], [], self.holder.before, 0
        for part in parts:
            if self._is_new(part):
                written.append("None")
                before += of_worlds and axis <= self.holder.before
                rows.append(1)
                continue
            if of_worlds and axis == self.holder.before:
                self._keep_worlds(part)
                axis += 1
                continue
            row = axis - (of_worlds and axis > self.holder.before)
            if (picked := self._picked(part, row, parts)) is not None:
                return picked
            text, size = self._part(part, self.holder.rows[row])
            written.append(text)
            if size is not None:
                rows.append(size)
            elif of_worlds and axis < self.holder.before:
                before -= 1
            axis += 1
        return self._result(parts, written, tuple(rows), before)

    def _sliced(self, part: ast.expr) -> ast.expr:
        """Return a name for a slice as the slice that it is."""
        if not isinstance(part, (ast.Name, ast.Call, ast.Attribute)):
            return part
        value = self.body.names.get(part.id) if isinstance(part, ast.Name) else None
        value = self.body.value(part) if isinstance(part, ast.Call) and _is_slice(part) else value
        if not isinstance(value, SliceValue):
            return part
        made = ast.copy_location(ast.Slice(), part)
        limits = (value.lower, value.upper, value.step)
        made.lower, made.upper, made.step = (
            None if n is None else ast.copy_location(ast.Constant(n), part) for n in limits
        )
        self._named[id(made)] = (made, value)
        return made

    def _result(self, parts: list[ast.expr], written: list[str], rows: tuple[int, ...], before: int) -> Value:
        asis = self.body.batched and self.holder.worlds and self.holder.before == 0 and before == 0
        asis = asis or not self.holder.worlds or (self._dotted and not self.body.batched)
        if not asis or self.at is not None:
            text = self.body.text(self.node.value)
            self.body.write(self.at or self.node, indexed(text, written, worlds=self.holder.worlds))
        single = (
            self.body.program.library == "numpy"
            and not rows
            and not (self.body.batched and self.holder.worlds)
        )
        changed = any(part != ":" for part in written)
        return replace(
            self.holder, rows=rows, before=before, number=self._number(parts), python=False,
            buffer=0 if single else self.holder.buffer, whole=self.holder.whole and not changed,
        )  # fmt: skip

    def _number(self, parts: list[ast.expr]) -> float | None:
        """Return the number that is picked from a constant, where the text tells it."""
        found = self.holder.number
        for part in parts:
            index = known_number(self.body.value(part)) if not isinstance(part, ast.Slice) else None
            if (
                not isinstance(found, tuple)
                or not isinstance(index, int)
                or not -len(found) <= index < len(found)
            ):
                return None
            found = found[index]
        return None if isinstance(found, tuple) else found

    def _whole(self, parts: list[ast.expr], rank: int) -> list[ast.expr]:
        """Write `...` and what is left out as whole axes."""
        picking = [part for part in parts if not self._is_new(part) and not _is_ellipsis(part)]
        full = ast.Slice(lineno=self.node.lineno, col_offset=self.node.col_offset)
        missing = rank - len(picking)
        if missing < 0 or sum(map(_is_ellipsis, parts)) > 1:
            shape = shown_shape(self.holder, batched=self.body.batched)
            what = f"`{shown(self.node)}` has {len(picking)} indices for an array of shape {shape}."
            refuse(self.node, what, "It has fewer axes.", "Check the shape.", rule="natural-shape")
        places = [i for i, part in enumerate(parts) if _is_ellipsis(part)] or [len(parts)]
        i = places[0]
        return [*parts[:i], *[full] * missing, *parts[i + 1 :]]

    def _is_new(self, part: ast.expr) -> bool:
        if isinstance(part, ast.Constant) and part.value is None:
            return True
        found = self.body.program.path(self.body, part) if isinstance(part, ast.Attribute) else None
        if isinstance(found, PathValue) and found.path == "newaxis":
            self.body.write(part, "None" if not self.body.batched else self.body.text(part))
            return True
        return False

    def _keep_worlds(self, part: ast.expr) -> None:
        if isinstance(part, ast.Slice) and part.lower is None and part.upper is None and part.step is None:
            if id(part) in self._named:
                self._slice(part, 1)
            return
        value = self.body.value(part) if not isinstance(part, ast.Slice) else None
        if isinstance(value, ArrayValue) and value.worlds and value.dtype == "b":
            self._refuse_mask(part)
        what = f"`{shown(self.node)}` picks worlds."
        fix = f"Write {shown(self.node.value, 40)}[:, {shown(part, 20)}]."
        refuse(self.node, what, "Rows must stay independent of each other.", fix, rule="natural-unbatched")

    def _refuse_mask(self, part: ast.expr) -> None:
        what = f"`{shown(self.node)}` picks elements by a condition."
        why = "How many there are differs from step to step."
        fix = f"Write np.where({shown(part, 40)}, {shown(self.node.value, 40)}, 0.0)."
        refuse(self.node, what, why, fix, rule="boolean-mask")

    def _picked(self, part: ast.expr, row: int, parts: list[ast.expr]) -> Value | None:
        """Return what a list of indices, or an index that differs from world to world, picks."""
        if isinstance(part, ast.Slice):
            return None
        value = self.body.value(part)
        if isinstance(value, ItemsValue):
            return self._listed(part, value, row, parts)
        if not isinstance(value, ArrayValue):
            raise LeftToCriticError
        if not value.worlds and value.plain:
            return None
        if value.dtype == "b":
            self._refuse_mask(part)
        return self._differing(part, value, row, parts)

    def _listed(self, part: ast.expr, value: ItemsValue, row: int, parts: list[ast.expr]) -> Value:
        numbers = [known_number(item) for item in value.items]
        whole = all(
            isinstance(p, ast.Slice) and p.lower is p.upper is p.step is None for p in parts if p is not part
        )
        size = self.holder.rows[row]
        fits = [n for n in numbers if isinstance(n, int) and not isinstance(n, bool) and -size <= n < size]
        if not whole or not value.known or len(fits) != len(numbers) or not fits or not self.holder.worlds:
            refuse(
                self.node,
                f"`{shown(self.node)}` indexes with a list.",
                "",
                "Write np.stack of columns.",
                rule="index",
            )
        text = self.body.text(self.node.value)
        made = [indexed(text, [*[":"] * row, str(number)], worlds=True) for number in fits]
        axis = -1 if row == len(self.holder.rows) - 1 else row + 1
        self.body.write(self.node, f"np.stack([{', '.join(made)}], axis={axis})")
        rows = (*self.holder.rows[:row], len(fits), *self.holder.rows[row + 1 :])
        return replace(self.holder, rows=rows, number=None, buffer=self.body.fresh_buffer(), whole=True)

    def _differing(self, part: ast.expr, value: ArrayValue, row: int, parts: list[ast.expr]) -> Value:
        simple = len(parts) == 1 and value.plain and value.dtype == "i" and not self.body.batched
        if not simple or not self.holder.worlds or len(self.holder.rows) != 1:
            fix = f"Write np.take_along_axis({shown(self.node.value, 40)}, indices[:, None], axis=-1)[:, 0]."
            refuse(
                self.node,
                f"`{shown(self.node)}` indexes with an array.",
                "It could mix worlds.",
                fix,
                rule="index",
            )
        index = f"{self.body.atom(part)}[:, None]"
        self.body.write(
            self.node, f"np.take_along_axis({self.body.text(self.node.value)}, {index}, axis=-1)[:, 0]"
        )
        return replace(self.holder, rows=(), buffer=0, number=None)

    def _part(self, part: ast.expr, size: int) -> tuple[str, int | None]:
        """Return how one part is written, and how long its axis is then; None where the axis goes."""
        if isinstance(part, ast.Slice):
            return self._slice(part, size)
        value = self.body.value(part)
        assert isinstance(value, ArrayValue)
        number = value.number
        if value.dtype == "f" or (isinstance(number, int) and not -size <= number < size):
            shape = shown_shape(self.holder, batched=self.body.batched)
            what = f"`{shown(self.node)}` picks element {number} of an array of shape {shape}."
            refuse(self.node, what, "There is none.", "Check the shape.", rule="natural-shape")
        return self.body.text(part), None

    def _slice(self, part: ast.Slice, size: int) -> tuple[str, int]:
        if id(part) in self._named:
            _, value = self._named[id(part)]
            limits = ["" if n is None else str(n) for n in (value.lower, value.upper, value.step)]
            text = ":".join(limits if limits[2] else limits[:2])
            self.body.program.edits.replace(self.body.span(part), text, f"`{text}` is written out.")
            return text, len(range(size)[slice(value.lower, value.upper, value.step)])
        if part.lower is part.upper is part.step is None:
            return ":", size
        places = known_range(self.body, part, size)
        if places is None:
            what = f"`{shown(self.node)}` has bounds that are not known from the text."
            refuse(
                self.node,
                what,
                "Shapes must be fixed.",
                "Write whole numbers, with a positive step.",
                rule="index",
            )
        return self.body.text(part), len(places)


def _is_slice(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "slice"


def _is_ellipsis(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) and part.value is Ellipsis
