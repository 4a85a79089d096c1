"""One call of a library's function: its arguments by name, whatever the dialect calls them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.dialects import SYNONYMS, CallForm
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.stacking import listed_array
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    ItemsValue,
    NothingValue,
    TypeValue,
    Value,
    shown_shape,
)
from eureka_agent.rewards.tree import shown


@dataclass
class CallSite:
    """A call that is being read."""

    body: Body
    node: ast.Call
    library: str
    path: str
    form: CallForm
    given: dict[str, ast.expr]
    star: list[ast.expr] = field(default_factory=list)
    method: bool = False
    values: dict[int, Value] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        """Return what an argument holds, reading it once."""
        node = self.given[name]
        if id(node) not in self.values:
            self.values[id(node)] = self.body.value(node)
        return self.values[id(node)]

    def array(self, name: str) -> ArrayValue:
        """Return an argument that must be numbers; a list of them is not."""
        node = self.given.get(name)
        if node is None:
            refuse(
                self.node,
                f"`{shown(self.node)}` lacks an argument.",
                "The call would fail.",
                f"Give `{name}`.",
            )
        value = self.value(name)
        if isinstance(value, ItemsValue) and not value.names and self.library in ("numpy", "jax"):
            value = self.values[id(node)] = listed_array(self.body, node, value)
        if not isinstance(value, ArrayValue):
            value = self.values[id(node)] = self.body.array(node)
        return value

    def tensor(self, name: str = "x") -> ArrayValue:
        """Return an argument that torch takes as a tensor only."""
        value = self.array(name)
        if self.library == "torch" and value.python and not self.method:
            what = f"`{shown(self.node)}` is given a Python number."
            fix = f"Write torch.tensor({shown(self.given[name], 40)}), or use `math`."
            refuse(self.node, what, "torch takes tensors only here.", fix)
        return value

    def text(self, name: str) -> str:
        """Return how an argument is written now."""
        return self.body.text(self.given[name])

    def atom(self, name: str) -> str:
        """Return an argument's text, bracketed where it could fall apart."""
        return self.body.atom(self.given[name])

    def columns(self, name: str) -> list[str]:
        """Return the texts of an array's elements, one for each place of its only row axis."""
        return [f"{self.atom(name)}[:, {i}]" for i in range(self.array(name).rows[0])]

    def known(self, name: str) -> object:
        """Return an argument that must be known from the text: a number, a text, None, a tuple of numbers."""
        if name not in self.given:
            default = self.form.defaults.get(name)
            return ast.literal_eval(default) if default is not None else None
        node = self.given[name]
        if isinstance(node, ast.Constant):
            return node.value
        found = known_number(self.value(name))
        if found is _UNKNOWN:
            what = f"`{shown(node)}` in `{shown(self.node)}` is not known from the text."
            refuse(self.node, what, "What is written depends on it.", "Write the number out.")
        return found

    def whole_number(self, name: str) -> int | None:
        """Return an argument that must be an integer known from the text, or None."""
        found = self.known(name)
        if found is None or (isinstance(found, int) and not isinstance(found, bool)):
            return found
        return refuse(
            self.node, f"`{shown(self.node)}` needs a whole number as `{name}`.", "The call would fail.",
            "Write an integer.",
        )  # fmt: skip

    def axes(self) -> tuple[int, ...] | None:
        """Return the axes as their author counts them, or None for all."""
        if self.star:
            found = tuple(known_number(self.body.value(node)) for node in self.star)
            found = found[0] if len(found) == 1 and isinstance(found[0], tuple) else found
        else:
            found = self.known("axis")
        axes = found if isinstance(found, tuple) else (found,)
        if axes == (None,):
            return None
        if not all(isinstance(axis, int) and not isinstance(axis, bool) for axis in axes):
            refuse(self.node, f"The axis of `{shown(self.node)}` is no whole number.", "", "Write axis=-1.")
        return tuple(axis for axis in axes if isinstance(axis, int))

    def refuse_given(self, *names: str) -> None:
        """Refuse options that have no portable form."""
        for name in names:
            if name in self.given and not isinstance(self.value(name), (NothingValue, TypeValue)):
                why = (
                    "Rewards never write in place."
                    if name == "out"
                    else "The portable subset has no such option."
                )
                refuse(self.node, f"`{shown(self.node)}` is given `{name}=`.", why, "Leave it out.")

    def shown_shape(self, name: str) -> str:
        """Return an argument's shape as its author knows it."""
        return shown_shape(self.array(name), batched=self.body.batched)

    def write(self, text: str) -> None:
        """Write the call another way."""
        self.body.write(self.node, text)

    def fresh(self, value: ArrayValue) -> ArrayValue:
        """Return a value that lies in memory of its own."""
        return ArrayValue(
            value.rows, value.dtype, value.worlds, value.before, value.python, value.number,
            self.body.fresh_buffer(), True, value.picked,
        )  # fmt: skip


Operation = Callable[[CallSite], Value]

_UNKNOWN = object()


def known_number(value: Value) -> object:
    """Return a number, None or a tuple of numbers as the text tells it, else a mark that is none of them."""
    if isinstance(value, NothingValue):
        return None
    if isinstance(value, ItemsValue) and value.known:
        found = tuple(known_number(item) for item in value.items)
        return _UNKNOWN if _UNKNOWN in found else found
    if isinstance(value, ArrayValue) and not value.worlds and value.number is not None:
        return value.number
    return _UNKNOWN


def known_range(body: Body, part: ast.Slice, size: int) -> range | None:
    """Return the places of an axis that a slice picks, or None where the text does not tell."""
    found = [None if p is None else known_number(body.value(p)) for p in (part.lower, part.upper, part.step)]
    limits = [
        limit for limit in found if limit is None or (isinstance(limit, int) and not isinstance(limit, bool))
    ]
    if len(limits) < len(found) or (limits[2] is not None and limits[2] < 1):
        return None
    return range(size)[slice(*limits)]


def bound(
    call: ast.Call, form: CallForm, receiver: ast.expr | None
) -> tuple[dict[str, ast.expr], list[ast.expr]]:
    """Return a call's arguments by name and those of the starred parameter; refuses what does not fit."""
    places = [*([receiver] if receiver is not None else []), *call.args]
    if any(isinstance(place, ast.Starred) for place in places):
        refuse(call, f"`{shown(call)}` unpacks a list.", "Arguments are written out.", "Write the items out.")
    given = dict(zip(form.names, places, strict=False))
    star = places[len(form.names) :]
    if star and not form.star:
        what = f"`{shown(call)}` has {len(star)} arguments too many, or gives by position what has a name."
        refuse(call, what, f"It takes {', '.join(form.names)}.", "Leave them out.")
    for keyword in call.keywords:
        name = _canonical(keyword.arg, form)
        if name not in form.keywords and name != form.star:
            refuse(call, f"`{shown(call)}`: `{keyword.arg}=` is not carried over.", "", "Leave it out.")
        if name in given:
            refuse(call, f"`{shown(call)}` gives `{keyword.arg}` twice.", "", "Leave one out.")
        given[name] = keyword.value
    return given, star


def _canonical(name: str | None, form: CallForm) -> str:
    if name is None:
        return ""
    if name in form.keywords:
        return name
    canonical = SYNONYMS.get(name, name)
    if name == "b" or (name == "p" and "ord" not in form.keywords):
        return name
    return canonical
