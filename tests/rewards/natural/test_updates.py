"""JAX's branches and updated constants: what comes out pays what the original pays."""

from __future__ import annotations

from pathlib import Path

import pytest
from natural_judging import differs, portable
from test_general_forms import case_of

BRANCHES = [
    "jax.lax.cond(s > 0, lambda: s * 2.0, lambda: x[0])",
    "jax.lax.cond(s > 0, lambda a: a * 2.0, lambda a: -a, x)[1]",
    "jax.lax.cond(s > 0, lambda a, b: a + b, lambda a, b: a - b, x, y).sum()",
    "jax.lax.cond(jnp.logical_and(s > 0, x[0] > 0), lambda _: s, lambda _: 0.5 * s, None)",
    "jax.lax.cond(s > 0, lambda _: s, lambda _: 0.5 * s, operand=None)",
    "jax.lax.cond(s > 0, lambda: m, lambda: 2 * m)[1, 2]",
    "jax.lax.cond(s > 0, lambda: 1.0, lambda: 0.5) * s",
    "double = lambda a: 2.0 * a\njax.lax.cond(s > 0, double, lambda a: a, s)",
    "jax.lax.select(s > 0, s, x[0])",
    "jax.lax.select(x > 0, x, y).sum()",
]
UPDATED = [
    "jnp.ones(4).at[1].set(3.0)",
    "jnp.ones(4).at[0].set(0.5).at[-1].set(2.0)",
    "jnp.zeros(4).at[1:3].set(2.0).at[2].add(0.5)",
    "jnp.ones((4,)).at[::2].multiply(3.0)",
    "jnp.array([1.0, 2.0, 3.0, 4.0]).at[2].set(-1.0)",
]


@pytest.mark.parametrize("lines", BRANCHES)
def test_a_branch_pays_what_it_pays_in_jax(tmp_path: Path, lines: str) -> None:
    case = case_of(tmp_path, "jax", "", f"{lines} + 0.0 * jnp.sum(x)", batched=False)
    made = portable(case)
    assert not made.refused, made.refused
    assert differs(case, made.text) == "", made.text


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("constant", UPDATED)
@pytest.mark.parametrize("above", [True, False])
def test_an_updated_constant_is_a_constant(tmp_path: Path, constant: str, batched: bool, above: bool) -> None:
    line = f"jnp.sum(x * {'W' if above else constant}, axis=-1)"
    hint = "0.0 * x[:, 3]" if batched else "0.0 * x[3] + 0.0 * x.sum()"
    case = case_of(tmp_path, "jax", f"W = {constant}" if above else "", f"{line} + {hint}", batched=batched)
    made = portable(case)
    assert not made.refused, made.refused
    assert differs(case, made.text) == "", made.text


@pytest.mark.parametrize(
    ("batched", "lines", "told"),
    [
        (True, "jax.lax.cond(s > 0, lambda: s, lambda: x[:, 0])", "is an array"),
        (False, "jax.lax.cond(s > 0, lambda: x, lambda: x[0])[1] + x.sum()", ""),
        (False, "jax.lax.cond(s > 0, jnp.sin, jnp.cos, s)", "jnp.where"),
        (False, "(x * 2).at[0].set(1.0).sum()", "a name first"),
        (False, "jnp.ones(4).at[0].set(s).sum()", "a name first"),
        (True, "jax.vmap(lambda a: a.sum())(x)", "`jax.vmap`"),
    ],
)
def test_what_stays_refused(tmp_path: Path, batched: bool, lines: str, told: str) -> None:
    case = case_of(tmp_path, "jax", "", f"{lines} + 0.0 * x[{':, ' * batched}3]", batched=batched)
    (finding, *_) = portable(case).refused
    assert told in f"{finding.what} {finding.fix}"
