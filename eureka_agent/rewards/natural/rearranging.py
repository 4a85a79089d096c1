"""Running sums, turns and shifts along the last axis within a world, written column by column."""

from __future__ import annotations

from dataclasses import replace

from eureka_agent.rewards.natural.reductions import row_axes
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation
from eureka_agent.rewards.natural.slices import MAX_PARTS, columns
from eureka_agent.rewards.natural.values import ArrayValue, Value
from eureka_agent.rewards.tree import shown


def _columns(site: CallSite) -> tuple[ArrayValue, list[str]]:
    site.refuse_given("dtype")
    value = site.tensor()
    axes = row_axes(site, value, site.axes())
    last = len(value.rows) - 1
    if axes != (last,) or not value.worlds or value.before or value.picked or value.dtype == "b":
        what = f"`{shown(site.node)}` does not run along the last axis of numbers."
        refuse(site.node, what, "Only that one is written out.", "Pick what you need, e.g. x[:, 0].")
    if value.rows[last] > MAX_PARTS:
        what = f"`{shown(site.node)}` has {value.rows[last]} columns."
        refuse(site.node, what, f"At most {MAX_PARTS} are written out.", "Use fewer.")
    return value, columns(site.atom("x"), value, last)


def _written(site: CallSite, value: ArrayValue, texts: list[str]) -> Value:
    site.write(f"np.stack([{', '.join(texts)}], axis=-1)")
    return site.fresh(replace(value, number=None, python=False))


def _flip(site: CallSite) -> Value:
    value, texts = _columns(site)
    return _written(site, value, texts[::-1])


def _roll(site: CallSite) -> Value:
    value, texts = _columns(site)
    shift = (site.whole_number("shift") or 0) % max(1, len(texts))
    return _written(site, value, texts[len(texts) - shift :] + texts[: len(texts) - shift])


def _cumsum(site: CallSite) -> Value:
    value, texts = _columns(site)
    return _written(site, value, [" + ".join(texts[: i + 1]) for i in range(len(texts))])


OPERATIONS: dict[str, Operation] = {"flip": _flip, "roll": _roll, "cumsum": _cumsum}
