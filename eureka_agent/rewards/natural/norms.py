"""Lengths, medians and what is built on them."""

from __future__ import annotations

import math
from dataclasses import replace

from eureka_agent.rewards.natural.editing import atom
from eureka_agent.rewards.natural.reductions import portable_axis, reduction, row_axes
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation
from eureka_agent.rewards.natural.values import ArrayValue, ItemsValue, Value
from eureka_agent.rewards.tree import shown

_ORDERS = {None: "None", "fro": "None", 1: "1", 2: "None", math.inf: "np.inf"}
"""Norms that the portable subset has; the second is its default."""


def _norm(site: CallSite) -> Value:
    site.refuse_given("dtype")
    value = site.tensor()
    order = site.known("ord")
    if order not in _ORDERS:
        fix = "Leave ord out, or use 1, 2 or np.inf."
        refuse(
            site.node, f"`{shown(site.node)}` is not a common norm.", "The portable subset has no other.", fix
        )
    made, text = length(site, value, site.text("x"), keepdims=bool(site.known("keepdims")), order=order)
    site.write(text)
    return made


def length(
    site: CallSite, value: ArrayValue, text: str, *, keepdims: bool, order: object = None
) -> tuple[ArrayValue, str]:
    """Return the length of vectors and how it is written; of a matrix the root of all squares."""
    text = f"1.0 * {atom(text)}" if value.dtype == "b" else text
    axes = row_axes(site, value, site.axes())
    if not axes:
        return replace(value, dtype="f", python=False, number=None), f"np.abs({text})"
    made, _ = reduction(site, "sum", value, text, keepdims=keepdims)
    made = replace(made, dtype="f")
    if len(axes) > 1:
        if _ORDERS[order] != "None" or (order == 2 and site.path == "linalg.norm"):
            fix = "Leave ord out: then it is the root of the sum of all squares."
            refuse(
                site.node,
                f"`{shown(site.node)}` is a norm of matrices.",
                "The portable subset has none.",
                fix,
            )
        kept = ", keepdims=True" if keepdims else ""
        return (
            made,
            f"np.sqrt(np.sum(np.square({text}), axis={portable_axis(value, axes, site.axes())}{kept}))",
        )
    kept = ", keepdims=True" if keepdims else ""
    named = f"{_ORDERS[order]}, " if _ORDERS[order] != "None" else ""
    if order == 2 and "ord" in site.given:
        named = "2, "
    named = f"ord={named}" if named else ""
    return made, f"np.linalg.norm({text}, {named}axis={portable_axis(value, axes, site.axes())}{kept})"


def _normalize(site: CallSite) -> Value:
    _second_order(site)
    value = site.tensor()
    if not row_axes(site, value, site.axes()):
        refuse(site.node, f"`{shown(site.node)}` normalises single numbers.", "", "Write x / np.abs(x).")
    _, norm = length(site, value, site.text("x"), keepdims=True)
    site.write(f"({site.atom('x')} / np.maximum({norm}, {site.known('eps')}))")
    return site.fresh(replace(value, dtype="f", number=None))


def _second_order(site: CallSite) -> None:
    if site.known("ord") != 2:
        refuse(site.node, f"`{shown(site.node)}` is not of order 2.", "", "Write np.linalg.norm.")


def _cosine_similarity(site: CallSite) -> Value:
    x, y = site.tensor("x"), site.tensor("y")
    both = site.body.combined([site.given["x"], site.given["y"]], [x, y])
    made, dot = reduction(site, "sum", both, f"{site.atom('x')} * {site.atom('y')}", keepdims=False)
    _, first = length(site, replace(both, dtype="f"), site.text("x"), keepdims=False)
    _, second = length(site, replace(both, dtype="f"), site.text("y"), keepdims=False)
    if len(x.rows) != len(y.rows):
        refuse(site.node, f"`{shown(site.node)}` takes arrays of different axes.", "", "Write it out.")
    eps = site.known("eps")
    site.write(f"({dot} / (np.maximum({first}, {eps}) * np.maximum({second}, {eps})))")
    return replace(made, dtype="f")


def _pairwise_distance(site: CallSite) -> Value:
    _second_order(site)
    x, y = site.tensor("x"), site.tensor("y")
    both = site.body.combined([site.given["x"], site.given["y"]], [x, y], integers=False)
    if not both.rows:
        refuse(site.node, f"`{shown(site.node)}` takes single numbers.", "", "Write np.abs(x - y).")
    rows = replace(both, rows=both.rows[:-1], buffer=site.body.fresh_buffer())
    site.write(f"np.linalg.norm({site.atom('x')} - {site.atom('y')} + {site.known('eps')}, axis=-1)")
    return rows


def _median(site: CallSite) -> Value:
    value, text = _middle(site, lower=False)
    site.write(text)
    return value


def _torch_median(site: CallSite) -> Value:
    """Torch takes the lower of two in the middle, and gives a pair along a dimension."""
    value, text = _middle(site, lower=True)
    if "axis" not in site.given:
        site.write(text)
        return value
    site.body.parts[site.body.span(site.node)] = (text, "")
    site.write(f"({text}, {text})")
    return ItemsValue((value,), names=("values",))


def _middle(site: CallSite, *, lower: bool) -> tuple[ArrayValue, str]:
    site.refuse_given("out")
    value = site.tensor()
    axes = row_axes(site, value, site.axes())
    made, _ = reduction(site, "max", value, site.text("x"), keepdims=bool(site.known("keepdims")))
    count = value.rows[axes[0]]
    if len(axes) > 1 or axes != (len(value.rows) - 1,) or count > 5 or site.known("keepdims"):
        why = "The portable subset cannot sort; up to 5 numbers along the last axis are compared in pairs."
        refuse(
            site.node, f"`{shown(site.node)}` is a median of many numbers.", why, "Write np.mean(x, axis=-1)."
        )
    return (made if lower else replace(made, dtype="f")), _middle_text(
        site.atom("x"), count if axes else 0, lower
    )


def _middle_text(x: str, count: int, lower: bool) -> str:
    a, b, c, d, e = (f"{x}[..., {i}]" for i in range(5))
    if count == 1:
        return a
    if count == 2:
        return f"np.minimum({a}, {b})" if lower else f"(0.5 * ({a} + {b}))"
    if count == 3:
        return _middle_of_three(a, b, c)
    low = f"np.maximum(np.minimum({a}, {b}), np.minimum({c}, {d}))"
    high = f"np.minimum(np.maximum({a}, {b}), np.maximum({c}, {d}))"
    if count == 5:
        return _middle_of_three(low, high, e)
    return f"np.minimum({low}, {high})" if lower else f"(0.5 * ({low} + {high}))"


def _middle_of_three(a: str, b: str, c: str) -> str:
    return f"np.maximum(np.minimum({a}, {b}), np.minimum(np.maximum({a}, {b}), {c}))"


OPERATIONS: dict[str, Operation] = {
    "norm": _norm, "vector_norm": _norm, "normalize": _normalize, "cosine_similarity": _cosine_similarity,
    "pairwise_distance": _pairwise_distance, "median": _median, "torch_median": _torch_median,
}  # fmt: skip
