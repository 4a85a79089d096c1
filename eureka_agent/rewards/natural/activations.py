"""Activation functions of torch and JAX, which rewards use to shape terms: formulas element by element."""

from __future__ import annotations

from eureka_agent.rewards.natural.elementwise import formula
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation
from eureka_agent.rewards.natural.values import Value
from eureka_agent.rewards.tree import shown

_SIGMOID = "(1.0 / (1.0 + np.exp(-{x})))"
_GELU = "(0.5 * {x} * (1.0 + np.tanh(0.7978845608028654 * ({x} + 0.044715 * {x} ** 3))))"


def _gelu(site: CallSite) -> Value:
    if site.known("approximate") not in (True, "tanh"):
        fix = "Write approximate='tanh' in torch, or leave approximate out in JAX."
        what = f"`{shown(site.node)}` needs the error function."
        refuse(site.node, what, "The portable subset has none.", fix)
    return formula(_GELU, "x")(site)


OPERATIONS: dict[str, Operation] = {
    "sigmoid": formula(_SIGMOID, "x"),
    "log_sigmoid": formula("(-np.logaddexp(-{x}, 0.0))", "x"),
    "logit": formula("np.log({x} / (1.0 - {x}))", "x"),
    "silu": formula(f"({{x}} * {_SIGMOID})", "x"),
    "mish": formula("({x} * np.tanh(np.logaddexp({x}, 0.0)))", "x"),
    "gelu": _gelu,
    "relu": formula("np.maximum({x}, 0)", "x", whole=True),
    "relu6": formula("np.clip({x}, 0.0, 6.0)", "x"),
    "hardtanh": formula("np.clip({x}, {low}, {high})", "x"),
    "hardsigmoid": formula("(np.clip({x} + 3.0, 0.0, 6.0) / 6.0)", "x"),
    "softsign": formula("({x} / (1.0 + np.abs({x})))", "x"),
    "tanhshrink": formula("({x} - np.tanh({x}))", "x"),
    "softplus": formula("(np.logaddexp({beta} * {x}, 0.0) / {beta})", "x"),
    "elu": formula("np.where({x} > 0, {x}, {alpha} * np.expm1({x}))", "x"),
    "leaky_relu": formula("np.where({x} > 0, {x}, {slope} * {x})", "x"),
}
