"""Sums and shares of exponentials along an axis: logsumexp, softmax and their kin."""

from __future__ import annotations

from dataclasses import replace

from eureka_agent.rewards.natural.reductions import reduction, row_axes
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation
from eureka_agent.rewards.natural.values import ArrayValue, Value
from eureka_agent.rewards.tree import shown


def _argument(site: CallSite) -> ArrayValue:
    """Return what is reduced, which differs from world to world and has the axis that is named."""
    site.refuse_given("dtype", "where", "b")
    value = site.tensor()
    if not value.worlds:
        what = f"`{shown(site.node)}` reduces a constant."
        refuse(site.node, what, "It is the same number at every step.", "Write the number out.")
    if value.picked or not row_axes(site, value, site.axes()):
        what = f"`{shown(site.node)}` has no axis within a world."
        refuse(site.node, what, "There is nothing to add up.", "Name an axis, e.g. -1.", rule="natural-shape")
    return value


def _exponential(site: CallSite, value: ArrayValue, sign: str = "") -> tuple[str, str, str]:
    """Return `x`, its largest number as `x` counts its axes, and exp(x - largest), which cannot overflow."""
    x = f"({sign}{site.atom('x')})" if sign else site.atom("x")
    if value.dtype == "b":
        refuse(site.node, f"`{shown(site.node)}` is given booleans.", "It takes numbers.", "Use np.where.")
    _, largest = reduction(site, "max", value, x, keepdims=True)
    return x, largest, f"np.exp({x} - {largest})"


def _logsumexp(site: CallSite) -> Value:
    value = _argument(site)
    x = site.atom("x")
    if value.dtype == "b":
        refuse(site.node, f"`{shown(site.node)}` is given booleans.", "It takes numbers.", "Use np.where.")
    keepdims = bool(site.known("keepdims"))
    _, largest = reduction(site, "max", value, x, keepdims=True)
    shift = f"np.nan_to_num({largest}, posinf=0.0, neginf=0.0)"
    made, total = reduction(site, "sum", value, f"np.exp({x} - {shift})", keepdims=keepdims)
    _, largest = reduction(site, "max", value, x, keepdims=keepdims)
    site.write(f"(np.log({total}) + np.nan_to_num({largest}, posinf=0.0, neginf=0.0))")
    return replace(made, dtype="f")


def _softmax(sign: str = "") -> Operation:
    def operation(site: CallSite) -> Value:
        value = _argument(site)
        _, _, raised = _exponential(site, value, sign)
        _, total = reduction(site, "sum", value, raised, keepdims=True)
        site.write(f"({raised} / {total})")
        return site.fresh(replace(value, dtype="f", number=None, python=False))

    return operation


def _log_softmax(site: CallSite) -> Value:
    value = _argument(site)
    x, largest, raised = _exponential(site, value)
    _, total = reduction(site, "sum", value, raised, keepdims=True)
    site.write(f"({x} - {largest} - np.log({total}))")
    return site.fresh(replace(value, dtype="f", number=None, python=False))


OPERATIONS: dict[str, Operation] = {
    "logsumexp": _logsumexp, "softmax": _softmax(), "softmin": _softmax("-"), "log_softmax": _log_softmax,
}  # fmt: skip
