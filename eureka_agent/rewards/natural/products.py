"""Products of vectors and matrices, each world for itself, as sums over an axis."""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import permutations
from typing import NamedTuple

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.editing import atom
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation
from eureka_agent.rewards.natural.stacking import as_array
from eureka_agent.rewards.natural.values import ArrayValue, TextValue, Value, shown_shape, wider
from eureka_agent.rewards.tree import shown

_MAX_LETTERS = 5


class Factor(NamedTuple):
    """One array of a product, with a letter for each of its row axes."""

    text: str
    value: ArrayValue
    letters: str


def contracted(body: Body, node: ast.expr, factors: list[Factor], out: str) -> tuple[ArrayValue, str]:
    """Return the product summed over all letters that are not in `out`, and how it is written."""
    sizes: dict[str, int] = {}
    for factor in factors:
        for letter, size in zip(factor.letters, factor.value.rows, strict=True):
            if sizes.setdefault(letter, size) != size:
                what = f"`{shown(node)}` multiplies axes of {sizes[letter]} and {size}."
                refuse(node, what, "They must be the same.", "Check the shapes.", rule="natural-shape")
    if not any(factor.value.worlds for factor in factors):
        refuse(node, f"`{shown(node)}` multiplies constants.", "They are numbers.", "Write the result out.")
    order = _order(factors, out, sizes)
    if order is None:
        refuse(
            node,
            f"`{shown(node)}` turns axes around.",
            "The portable subset cannot.",
            "Write np.sum(a * b, axis=-1).",
        )
    product = " * ".join(_aligned(factor, order) for factor in factors)
    summed = [axis for axis, letter in enumerate(order) if letter not in out]
    text = f"({product})"
    if summed:
        axis = (
            f"{summed[0] - len(order)}" if len(summed) == 1 else f"({', '.join(str(a + 1) for a in summed)})"
        )
        text = f"np.sum({product}, axis={axis})"
    dtype = wider(*(factor.value.dtype for factor in factors))
    return ArrayValue(tuple(sizes[letter] for letter in out), dtype, buffer=body.fresh_buffer()), text


def _order(factors: list[Factor], out: str, sizes: dict[str, int]) -> str | None:
    """Return letters in an order that every factor and the result have theirs in, or None."""
    letters = [*out, *(letter for letter in sizes if letter not in out)]
    if len(letters) > _MAX_LETTERS or len(set(out)) != len(out):
        return None
    for order in permutations(letters):
        wanted = [out, *(factor.letters for factor in factors)]
        if all([letter for letter in order if letter in each] == list(each) for each in wanted):
            return "".join(order)
    return None


def _aligned(factor: Factor, order: str) -> str:
    parts = [":" if letter in factor.letters else "None" for letter in order]
    if not factor.value.worlds:
        while parts and parts[0] == "None":
            parts.pop(0)
    if all(part == ":" for part in parts) or (not factor.value.rows and not factor.value.worlds):
        return atom(factor.text)
    while parts[-1:] == [":"]:
        parts.pop()
    return f"{atom(factor.text)}[{', '.join([*([':'] if factor.value.worlds else []), *parts])}]"


def matrix_product(body: Body, node: ast.expr, left: ast.expr, right: ast.expr) -> ArrayValue:
    """Return `left @ right`, and write it as a sum."""
    x, y = as_array(body, left), as_array(body, right)
    if body.batched:
        _check_batched(body, node, x, y)
    ranks = len(x.rows), len(y.rows)
    letters = {
        (1, 1): ("i", "i", ""),
        (2, 1): ("ij", "j", "i"),
        (1, 2): ("i", "ij", "j"),
        (2, 2): ("ij", "jk", "ik"),
    }
    if ranks not in letters:
        refuse(node, f"`{shown(node)}` multiplies more than matrices.", "", "Write np.sum(a * b, axis=-1).")
    first, second, out = letters[ranks]
    factors = [Factor(body.text(left), x, first), Factor(body.text(right), y, second)]
    made, text = contracted(body, node, factors, out)
    body.write(node, text)
    return replace(made, before=1) if body.batched and y.worlds and y.before == 1 else made


def _check_batched(body: Body, node: ast.expr, x: ArrayValue, y: ArrayValue) -> None:
    """Refuse what would not be a product for each world: `@` takes the last two axes, whatever they are."""
    alone = x.worlds and x.before == 0 and not y.worlds and bool(x.rows)
    turned = y.worlds and y.before == 1 and len(y.rows) == 1 and not x.worlds and len(x.rows) == 2
    each = x.worlds and y.worlds and x.before == y.before == 0 and len(x.rows) == len(y.rows) == 2
    if not (alone or turned or each):
        shapes = " and ".join(shown_shape(value, batched=True) for value in (x, y))
        what = f"`{shown(node)}` multiplies arrays of the shapes {shapes}."
        fix = "Write np.sum(a * b, axis=-1) for the product of two vectors in each world."
        refuse(node, what, "It would mix worlds, or fail.", fix, rule="natural-shape")


def _matmul(site: CallSite) -> Value:
    return matrix_product(site.body, site.node, site.given["x"], site.given["y"])


def _dot(site: CallSite) -> Value:
    if site.array("x").plain or site.array("y").plain:
        made = site.body.combined([site.given["x"], site.given["y"]], [site.array("x"), site.array("y")])
        site.write(f"({site.atom('x')} * {site.atom('y')})")
        return made
    return _matmul(site)


def _vectors(letters: tuple[str, str, str]) -> Operation:
    def operation(site: CallSite) -> Value:
        x, y = site.array("x"), site.array("y")
        if site.body.batched or len(x.rows) != 1 or len(y.rows) != 1:
            what = f"`{shown(site.node)}` is not a product of two vectors."
            fix = "Write np.sum(a * b, axis=-1)."
            refuse(site.node, what, "It would mix worlds, or fail.", fix, rule="natural-shape")
        factors = [Factor(site.text("x"), x, letters[0]), Factor(site.text("y"), y, letters[1])]
        made, text = contracted(site.body, site.node, factors, letters[2])
        site.write(text)
        return made

    return operation


def _einsum(site: CallSite) -> Value:
    subscripts = site.value("subscripts")
    text = (subscripts.text or "" if isinstance(subscripts, TextValue) else "").replace(" ", "")
    inputs, arrow, out = text.partition("->")
    terms = inputs.split(",")
    values = [as_array(site.body, node) for node in site.star]
    if not arrow or len(terms) != len(values):
        refuse(
            site.node,
            f"`{shown(site.node)}` is not written as 'ij,ij->i'.",
            "",
            "Name the result's axes too.",
        )
    shared = {
        _worlds_letter(site, term, value) for term, value in zip(terms, values, strict=True) if value.worlds
    }
    letter = shared.pop() if len(shared) == 1 else ""
    if (site.body.batched and (not letter or not out.startswith(letter))) or shared:
        what = f"`{shown(site.node)}` does not keep one axis of worlds in front."
        refuse(site.node, what, "Rows must stay independent.", "Write 'bi,bi->b'.", rule="natural-worlds")
    factors = [
        Factor(site.body.text(node), value, term.replace(letter, "") if letter and value.worlds else term)
        for node, value, term in zip(site.star, values, terms, strict=True)
    ]
    out = out.removeprefix(letter)
    if any(len(factor.letters) != len(factor.value.rows) or "." in factor.letters for factor in factors):
        refuse(
            site.node,
            f"`{shown(site.node)}` does not fit the shapes.",
            "",
            "Check them.",
            rule="natural-shape",
        )
    if not set(out) <= {letter for factor in factors for letter in factor.letters}:
        refuse(site.node, f"`{shown(site.node)}` has a result of unknown axes.", "", "Check the letters.")
    made, written = contracted(site.body, site.node, factors, out)
    site.write(written)
    return made


def _worlds_letter(site: CallSite, term: str, value: ArrayValue) -> str:
    if term.startswith("..."):
        return "..."
    return term[:1] if site.body.batched and value.before == 0 else ""


def _cross(site: CallSite) -> Value:
    x, y = site.tensor("x"), site.tensor("y")
    made = site.body.combined([site.given["x"], site.given["y"]], [x, y])
    axis = site.known("axis")
    last = axis in (-1, len(made.rows) - 1 + (site.body.batched and made.worlds))
    if axis is None:
        last = made.rows.count(3) == 1
    if not last or made.rows[-1:] != (3,) or x.rows[-1:] != (3,) or y.rows[-1:] != (3,):
        what = f"`{shown(site.node)}` is not taken along a last axis of 3."
        refuse(site.node, what, "A cross product needs vectors of 3.", "Write np.cross(a, b, axis=-1).")
    site.write(f"np.cross({site.text('x')}, {site.text('y')}, axis=-1)")
    return made


OPERATIONS: dict[str, Operation] = {
    "matmul": _matmul, "dot": _dot, "vdot": _vectors(("i", "i", "")), "inner": _vectors(("i", "i", "")),
    "outer": _vectors(("i", "j", "ij")), "einsum": _einsum, "cross": _cross,
}  # fmt: skip
