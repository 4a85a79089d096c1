"""Torch's losses, element by element."""

from __future__ import annotations

from dataclasses import replace

from eureka_agent.rewards.natural.elementwise import combined
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation
from eureka_agent.rewards.natural.values import Value
from eureka_agent.rewards.tree import shown

_HUBER = "np.where({error} < {delta}, 0.5 * {error} ** 2, {delta} * ({error} - 0.5 * {delta}))"
_SMOOTH_L1 = "np.where({error} < {beta}, 0.5 * {error} ** 2 / {beta}, {error} - 0.5 * {beta})"


def _loss(template: str) -> Operation:
    """Torch's losses, which reduce over everything unless they are told not to."""

    def operation(site: CallSite) -> Value:
        if site.known("reduction") != "none":
            fix = "Write reduction='none', and reduce the last axis: .mean(dim=-1)."
            what = f"`{shown(site.node)}` reduces over all worlds at once."
            refuse(site.node, what, "Rows must stay independent of each other.", fix, rule="natural-worlds")
        site.tensor()
        made = combined(site, "x", "y", integers=False)
        options = {name: site.known(name) for name in ("delta", "beta") if name in site.form.defaults}
        if any(not isinstance(each, (int, float)) or each <= 0 for each in options.values()):
            refuse(site.node, f"`{shown(site.node)}` needs a positive number.", "It fails.", "Write 1.0.")
        error = f"np.abs({site.atom('x')} - {site.atom('y')})"
        site.write(template.format(error=error, **options))
        return replace(made, python=False)

    return operation


OPERATIONS: dict[str, Operation] = {
    "huber_loss": _loss(_HUBER),
    "smooth_l1_loss": _loss(_SMOOTH_L1),
    "mse_loss": _loss("({error} ** 2)"), "l1_loss": _loss("{error}"),
}  # fmt: skip
