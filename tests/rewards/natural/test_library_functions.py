"""Functions of the libraries that rewards shape terms with: what comes out pays what the original pays."""

from __future__ import annotations

from pathlib import Path

import pytest
from natural_judging import differs, portable
from test_general_forms import case_of


def expressions(text: str) -> list[str]:
    """Return what semicolons part."""
    return [part.strip() for part in text.split(";")]


TORCH_ALL = expressions(
    """
    torch.logsumexp(x, dim=1); torch.logsumexp(m, (1, 2)); x.logsumexp(-1, keepdim=True)[:, 0];
    torch.logsumexp(-torch.stack([s, x[:, 0]], dim=-1) * 30, dim=-1) / 30; F.softmax(x, dim=-1)[:, 2];
    torch.softmax(m, dim=1)[:, 1, 2]; (x.softmax(dim=1) * y).sum(1); F.log_softmax(x, dim=-1)[:, 1];
    F.softmin(x * 3, dim=1)[:, 0]; torch.log_softmax(x - y, -1)[:, 0]; torch.logsumexp(x * 100, dim=-1);
    torch.log(torch.sum(torch.exp(x), dim=1)); F.softsign(s); F.hardtanh(s); F.hardtanh(s, -0.5, 0.2);
    F.hardtanh(s, min_val=-0.3, max_val=1.5); F.relu6(4 * s); F.logsigmoid(s); F.gelu(s, approximate='tanh');
    F.mish(s); F.tanhshrink(s); F.hardsigmoid(2 * s); F.elu(s, alpha=0.5);
    F.leaky_relu(s, negative_slope=0.3); F.leaky_relu(x).sum(1); torch.frac(3 * s); torch.sinc(s);
    torch.sinc(torch.zeros_like(s)); torch.asinh(s * 5); torch.acosh(1.0 + s.abs());
    torch.addcmul(s, x[:, 0], y[:, 1]); torch.addcmul(s, x[:, 0], y[:, 1], value=0.3);
    torch.addcdiv(s, x[:, 0], 3.0 + y[:, 1], value=2); torch.logit(torch.sigmoid(s)); torch.hypot(s, x[:, 0]);
    torch.copysign(s, x[:, 0]); torch.lerp(s, x[:, 0], x[:, 1]); torch.fmin(s, x[:, 1]); torch.expm1(s);
    torch.trunc(2 * s); torch.rad2deg(s); torch.deg2rad(s); torch.remainder(s, 0.3); torch.reciprocal(s + 3);
    torch.count_nonzero(x > 0, dim=1) * 1.0; x.masked_fill(x > 0, 0.5).sum(1); s.clamp_max(0.3);
    torch.flip(x, [1])[:, 0]; torch.flip(m, dims=(-1,))[:, 1, 0]; torch.roll(x, 1, dims=1)[:, 0];
    torch.roll(x, shifts=-1, dims=-1)[:, 0]; torch.cumsum(x, dim=1)[:, 2]; m.cumsum(-1)[:, 1, 2]
    """
)
TORCH_ONE = expressions(
    """
    torch.logsumexp(x, dim=0); torch.logsumexp(m, dim=1)[0]; F.softmax(x, dim=0)[1]; x.softmax(0)[3];
    F.log_softmax(m, dim=0)[1, 1]; F.softsign(x).sum(); F.hardtanh(x).sum(); F.gelu(s, approximate='tanh');
    torch.addcmul(x, x, y).sum(); torch.frac(x * 3)[0]; torch.sinc(x).sum()
    """
)
JAX = expressions(
    """
    jax.nn.logsumexp(x, axis=-1); jax.scipy.special.logsumexp(x - y, axis=-1); jax.nn.softmax(x)[..., 1];
    jax.nn.softmax(m, axis=-2)[..., 1, 2]; jax.nn.log_softmax(x, axis=-1)[..., 0]; jax.nn.elu(s);
    jax.nn.logsumexp(x, axis=-1, keepdims=True)[..., 0]; jax.nn.leaky_relu(s, 0.2); jax.nn.swish(s);
    jnp.log(jnp.sum(jnp.exp(x), axis=-1)); jax.nn.gelu(s); jax.nn.relu6(4 * s); jax.nn.hard_tanh(s);
    jax.nn.soft_sign(s); jax.nn.log_sigmoid(s); jnp.sinc(s); jnp.arcsinh(s * 5)
    """
)
NUMPY = expressions(
    """
    np.log(np.sum(np.exp(x), axis=-1)); np.sinc(s); np.sinc(0.0 * s);
    np.arcsinh(s * 5); np.arccosh(1 + s**2);
    np.heaviside(s, 0.5); np.cumsum(x, axis=-1)[..., 3];
    np.roll(x, 6, axis=-1)[..., 0];
    np.flip(m, axis=-1)[..., 1, 0]; np.fmod(s, 0.7); np.ptp(x, axis=-1);
    np.interp(s, [-1.0, 0.0, 1.0], [0.0, 2.0, 1.0])
    """
)


@pytest.mark.parametrize(
    ("library", "batched", "expression"),
    [
        *[("torch", True, each) for each in TORCH_ALL],
        *[("torch", False, each) for each in TORCH_ONE],
        *[("jax", batched, each) for each in JAX for batched in (True, False)],
        *[("numpy", batched, each) for each in NUMPY for batched in (True, False)],
    ],
)
def test_a_function_pays_what_it_pays_in_its_library(
    tmp_path: Path, library: str, batched: bool, expression: str
) -> None:
    hint = "0.0 * x[:, 3]" if batched else "0.0 * x[3] + 0.0 * x.sum()"
    case = case_of(tmp_path, library, "", f"{expression} + {hint}", batched=batched)
    made = portable(case)
    assert not made.refused, made.refused
    assert differs(case, made.text) == "", made.text


@pytest.mark.parametrize(
    ("library", "expression", "told"),
    [
        ("torch", "F.gelu(s)", "approximate='tanh'"),
        ("torch", "torch.logsumexp(x, dim=0)", "axis of the worlds"),
        ("torch", "F.softmax(x, dim=0)[:, 1]", "axis of the worlds"),
        ("jax", "jax.nn.logsumexp(x)", "all worlds"),
        ("jax", "jax.nn.logsumexp(x, axis=-1, b=y)", "`b=`"),
        ("torch", "torch.softmax(torch.ones(3), dim=0)[0] * s", "constant"),
    ],
)
def test_what_has_no_portable_form_is_refused(
    tmp_path: Path, library: str, expression: str, told: str
) -> None:
    case = case_of(tmp_path, library, "", f"{expression} + 0.0 * x[:, 3]", batched=True)
    (finding, *_) = portable(case).refused
    assert told in f"{finding.what} {finding.fix}"
