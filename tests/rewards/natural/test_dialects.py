"""Every dialect keeps its own defaults: an expression pays what it pays in its own library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from natural_corpus import Case
from natural_judging import differs

from eureka_agent.rewards.natural import Normalised, normalise
from eureka_agent.tasks.task import Signal

SIGNALS = (
    Signal("x", (4,), low=-2.0, high=2.0),
    Signal("y", (4,), low=-2.0, high=2.0),
    Signal("m", (2, 3), low=-2.0, high=2.0),
    Signal("v", (3,), low=-1.0, high=1.0),
    Signal("p", (2,), low=0.2, high=2.0),
    Signal("s", (), low=-2.0, high=2.0),
    Signal("k", (), low=0.0, high=3.0, dtype="int32"),
)
IMPORTS = {
    "numpy": "import math\nimport numpy as np\n",
    "torch": "import math\nimport torch\nimport torch.nn.functional as F\n",
    "jax": "import jax\nimport jax.numpy as jnp\n",
}
USED = "0.0 * (s + k)"


def expressions(text: str) -> list[str]:
    """Return what semicolons part."""
    return [part.strip() for part in text.split(";")]


def case_of(folder: Path, library: Any, lines: str, *, batched: bool) -> Case:
    body = "\n".join(f"    {line}" for line in lines.strip().split("\n"))
    last = body.rindex("\n") + 1 if "\n" in body else 0
    if "return" not in body[last:]:
        body = f"{body[:last]}    r = {body[last:].strip()}\n    r = r + {USED}\n    return r, {{'r': r}}"
    names = ", ".join(signal.name for signal in SIGNALS)
    path = folder / "reward.py"
    path.write_text(f"{IMPORTS[library]}\n\ndef compute_reward({names}):\n{body}\n")
    return Case("case", path, library, "", batched, True, "", "compute_reward", SIGNALS)


def portable(case: Case) -> Normalised:
    shapes = {signal.name: signal.shape for signal in case.signals}
    return normalise(case.text, shapes, dtypes={signal.name: signal.dtype for signal in case.signals})


def assert_alike(folder: Path, library: str, lines: str, *, batched: bool) -> None:
    case = case_of(folder, library, lines, batched=batched)
    made = portable(case)
    assert not made.refused, made.refused
    assert made.batched in (batched, None), made.text
    assert differs(case, made.text) == "", made.text


NUMPY_BATCHED = expressions(
    """
    x.sum(axis=1); x.mean(-1); m.sum(axis=(1, 2)); m.max(axis=2).min(axis=1); np.amax(x, 1);
    np.std(x, axis=1); np.var(x, axis=-1, ddof=1); x.std(1); (x > 0).any(axis=1) * 1.0;
    np.all(x > -1, axis=1).astype(float); np.count_nonzero(x > 0, axis=-1); np.argmax(x, axis=1);
    np.ptp(x, axis=1); np.median(v, axis=-1); np.median(x, axis=1); np.median(p, axis=1);
    np.linalg.norm(x, axis=1); np.linalg.norm(x, 1, 1); np.linalg.norm(x, ord=np.inf, axis=-1);
    np.linalg.norm(m, axis=(1, 2)); np.linalg.norm(x - y, axis=1, keepdims=True)[:, 0];
    np.stack([x, y]).max(axis=0).sum(axis=1); np.stack((s, x[:, 0]), axis=1).min(axis=1);
    np.sum([s, x[:, 0], 2.0 * s], axis=0); np.min([s, x[:, 1]], axis=0); np.max([x, y], axis=0)[:, 2];
    np.any([s > 0, x[:, 0] > 1], axis=0) * 1.0; np.mean(np.array([s, x[:, 0]]), axis=0);
    np.vstack([s, x[:, 0]]).T[:, 1]; np.column_stack([s, x]).sum(axis=1); np.hstack([x, y]).sum(axis=1);
    np.column_stack((s, p[:, 0]))[:, 0]; np.concatenate([x, y], axis=1).mean(axis=1);
    np.concatenate((m[:, 0], m[:, 1]), axis=-1)[:, 4]; x.T[2]; x.T.sum(axis=0); (v.T * s).T.sum(axis=1);
    x.clip(-1, 1).sum(axis=1); np.clip(x, None, 0.5)[:, 0]; np.clip(s, a_min=-1, a_max=1);
    x.reshape(-1, 2, 2)[:, 1, 0]; x.reshape(x.shape[0], -1)[:, 1]; m.reshape(len(m), 6)[:, 4];
    s.reshape(-1, 1)[:, 0]; s[:, np.newaxis].squeeze(); np.expand_dims(s, 1).ravel(); s[..., None].sum(-1);
    np.einsum('ij,ij->i', x, y); np.einsum('nij,nj->ni', m, v)[:, 1]; np.einsum('...i,...i->...', x, y);
    x @ np.array([1.0, 2.0, 3.0, 4.0]); np.dot(v, np.eye(3))[:, 1]; (v @ np.ones((3, 2)))[:, 0];
    np.cross(v, m[:, 0])[:, 2]; np.heaviside(s, 0.5); np.cbrt(s); np.fmod(s, 0.7); np.float32(s);
    np.square(s) ** 0.5; np.power(p, 2).sum(1); np.where(s > 0, x.T, y.T)[1]; np.hypot(s, x[:, 0]);
    np.select([s > 1, s > 0], [x[:, 0], s], default=-1.0); x[:, [0, 2]].sum(axis=1); x[:, ::2].sum(axis=1);
    x[:, -1] - x[:, -2]; x[..., :2].prod(axis=-1); np.linspace(0, 1, 4)[1] * s;
    (x * np.arange(4)).sum(axis=1); (x * np.linspace(-1, 1, 4)).sum(-1); np.zeros(len(s)) + s;
    np.ones(x.shape[0]) * s; np.full(s.shape, 0.5) * s; np.zeros_like(x)[:, 0] + s;
    np.zeros((s.shape[0], 3))[:, 0] + s; np.full_like(s, 2.0) * s; (s > 0) * 2.0;
    (s > 0).astype("float32"); s.astype("int32") * 1.0; np.zeros(len(s), dtype="float64") + s;
    (s > 0).astype(int) + (x[:, 0] > 0).astype(int); np.logical_and(s > 0, x[:, 0] > 0) * s;
    ~(s > 0) * s;
    ((s > 0) | (s < -1)) * 1.0; np.bitwise_and(s > 0, s < 1) * 1; (s > 0) + (x[:, 0] > 0) * 1.0;
    sum([s, x[:, 0], x[:, 1]]); sum(x[:, i] for i in range(4)); max([1.0, 2.0]) * s; np.round(s, 1);
    np.isclose(s, 0.0, atol=0.5) * 1.0; np.take(x, 2, axis=1); np.diff(x, axis=1).sum(axis=1);
    np.nan_to_num(s); np.sign(s) * np.abs(s) ** 1.5; np.mod(s, 0.5); abs(s) % 0.3; s // 0.5;
    np.float64(0.3) * s; np.interp(s, [-1.0, 1.0], [0.0, 1.0])
    """
)

NUMPY_ROW = expressions(
    """
    x.sum(); x.mean(); m.sum(); m.sum(axis=0).max(); m.max(axis=1)[1]; np.std(x); x.var(ddof=1);
    np.linalg.norm(x); np.linalg.norm(m); np.linalg.norm(x, 1); np.linalg.norm(x, ord=np.inf);
    np.linalg.norm(m, axis=1).sum(); np.linalg.norm(x[:2] - y[2:]); np.any(x > 1) * 1.0;
    float(np.all(x > -1.5)); int(s) * 1.0; np.argmax(x); float(x[1]) ** 2; x[0] * x[-1]; x[1:3].sum();
    m[0, 1] + m[1, -1]; m[1].sum(); m[:, 0].max(); m[0] @ v; m @ v @ np.array([1.0, 2.0]); v @ m.T @ p;
    np.dot(x, y); np.inner(x, y); x.dot(y); np.outer(x, y).sum(); np.einsum('i,i->', x, y);
    np.einsum('ij,j->i', m, v)[0]; x.T @ y; np.cross(v, m[0])[1]; min(s, 0.5); max(0, s, x[0]); abs(s);
    max(x); min([s, x[0]]); sum(x); len(x) * s; math.exp(s); math.sqrt(abs(s)); math.pi * s;
    math.atan2(s, x[0]); math.hypot(s, x[1]); math.floor(s); math.fabs(s) ** 0.5; pow(s, 2); round(s);
    round(float(s), 1); np.sum([s, x[0]]); np.mean([s, x[0], x[1]]); np.max([s, x[0]]);
    np.min([x, y], axis=0)[2]; np.array([s, x[0]]).sum(); np.array([x, y])[1, 2]; np.stack([x, y])[0][1];
    np.concatenate([x, y]).mean(); np.hstack([x, y]).max(); np.append(x, y).sum(); np.clip(s, -1, 1);
    x.clip(-1, 1).sum(); np.where(s > 0, s, 0.0); 1.0 if s > 0 else -1.0;
    s if s > 0 and x[0] > 0 else 0.5 * s; (s > 0) * 2.0; float(s > 0) + float(x[0] > 0);
    (float(s) > 0) + (float(x[0]) > 0); -1.0 * (not s > 0); 0.5 if 0 < s < 1 else 0.0;
    1.0 if k in (1, 2) else 0.0; bool(s > 0) * 1.0; x[k]; np.sum(x * (x > 0));
    np.sum(x[:2]) / np.sum(np.abs(y)); (v * s).sum(); (m * v).sum(); (m * p[:, None]).sum(); (v + s)[1];
    (np.array([1.0, 2.0, 3.0]) * v).sum(); (np.eye(3) @ v)[2]; np.diag([1.0, 2.0, 3.0])[0, 0] * s;
    m.reshape(-1)[3]; m.flatten().sum(); x.reshape(2, 2)[1, 0]; m.T[2, 1]; sum(abs(a) for a in x);
    sum([a * b for a, b in zip(x, y)]); sum(i * a for i, a in enumerate(x)); all([s > 0, x[0] > 0]) * 1.0;
    any([s > 1, x[0] > 1]) * 1.0; np.sqrt(s**2 + x[0] ** 2); x.max() - x.min(); np.median(v);
    x.tolist()[1] * 1.0; np.linalg.norm(v, axis=0); np.abs(x).max(axis=0)
    """
)

TORCH_BATCHED = expressions(
    """
    x.std(dim=1); x.var(dim=-1); torch.std(x, dim=1, unbiased=False); torch.var(x, 1, correction=0);
    x.max(dim=1)[0]; x.max(dim=1).values; torch.min(x, dim=-1)[0]; torch.max(x, 1)[1].float();
    torch.max(s, x[:, 0]); torch.min(s, torch.zeros_like(s)); x.median(dim=1).values;
    torch.median(x, dim=1)[0]; p.median(dim=1).values; torch.norm(x, dim=1); torch.norm(x, p=1, dim=-1);
    x.norm(dim=-1); x.norm(2, -1); x.norm(p=2, dim=1, keepdim=True).squeeze(-1); torch.linalg.norm(x, dim=1);
    torch.linalg.vector_norm(x, dim=1); torch.linalg.norm(x, ord=float('inf'), dim=1);
    torch.stack([s, x[:, 0]]).sum(dim=0); torch.stack([x, y]).mean(0)[:, 1];
    torch.stack((s, x[:, 0]), dim=-1).amax(dim=-1); torch.cat([x, y], dim=-1).sum(-1);
    torch.cat((x, s.unsqueeze(-1)), 1)[:, 4]; torch.clamp(s, min=0.0); s.clamp(-1, 1); s.clamp(max=0.5);
    torch.clip(x, -1.0, 1.0)[:, 0]; s.clamp_min(0.1); torch.where(s > 0, s, torch.zeros_like(s));
    torch.where(s > 0, 1.0, -1.0); s.masked_fill(s > 0, 0.5); torch.sigmoid(s); F.relu(s); F.softplus(s);
    F.softplus(s, beta=2); F.elu(s); F.leaky_relu(s, 0.2); F.silu(s); F.normalize(v, dim=-1)[:, 0];
    F.normalize(v)[:, 1]; F.cosine_similarity(x, y, dim=-1); torch.rsqrt(s.abs() + 1);
    torch.lerp(s, x[:, 0], 0.3); torch.pow(s, 2); s.pow(2); torch.square(x).sum(1); torch.sum(x * y, dim=-1);
    (x * y).sum(1); x.sum(-1, keepdim=True)[:, 0]; m.sum(dim=(1, 2)); m.sum((1, 2));
    torch.mean(m, dim=2)[:, 1]; x.abs().mean(dim=1); torch.any(x > 1, dim=1).float();
    (x > 1).any(-1).float(); (x > 0).all(dim=1).float(); (x > 0).sum(dim=-1); torch.prod(p, dim=1);
    x.argmax(dim=1); torch.argmin(x, 1); x.unbind(dim=1)[2]; torch.unbind(x, -1)[0];
    x.view(-1, 2, 2)[:, 0, 1]; x.reshape(x.size(0), 2, 2)[:, 1, 1]; m.flatten(1)[:, 5];
    m.view(m.shape[0], -1).mean(-1); s.view(-1); s.view(-1, 1).squeeze(1); s.unsqueeze(1).flatten();
    x.t()[1]; x.T[0]; torch.einsum('bi,bi->b', x, y); torch.einsum('bij,bj->bi', m, v)[:, 0];
    torch.bmm(m, v.unsqueeze(-1)).squeeze(-1)[:, 1]; torch.matmul(m, v[:, :, None])[:, 0, 0];
    torch.cross(v, m[:, 0], dim=-1)[:, 1]; torch.linalg.cross(v, m[:, 1])[:, 0];
    torch.tensor([1.0, 2.0])[0] * s; (x * torch.tensor([1.0, 0.0, 2.0, 0.5], device=x.device)).sum(-1);
    torch.zeros(s.shape[0]) + s; torch.ones(x.shape[0], device=x.device) * s; torch.zeros_like(s) + 1.0;
    torch.full_like(s, 0.3); torch.full((s.shape[0],), 0.7) * s; torch.zeros(x.size(0), 3)[:, 1] + s;
    torch.ones_like(s) * torch.pi; s.float(); (s > 0).float(); (s > 0).to(torch.float32);
    (s > 0).type(torch.float); (s > 0).type_as(s); (s > 0).long() * s; s.to(s.device); s.detach().clone();
    (s > 0).int() + (x[:, 0] > 0).int(); torch.logical_and(s > 0, x[:, 0] > 0).float(); (~(s > 0)).float();
    torch.round(s); torch.floor(s); torch.remainder(s, 0.7); torch.fmod(s, 0.7);
    torch.div(s, 0.3, rounding_mode='floor'); torch.atan2(s, x[:, 0]); torch.acos(torch.clamp(s, -0.9, 0.9));
    s.mul(2).add(x[:, 0]).sub(1.0); torch.add(s, x[:, 0], alpha=2);
    torch.isclose(s, torch.zeros_like(s), atol=0.5).float(); x[:, [0, 2]].sum(-1); torch.exp(-s.abs() / 0.3);
    torch.nan_to_num(s); F.one_hot(k.long(), num_classes=4)[:, 2].float();
    torch.maximum(s, torch.tensor(0.1)); s.ge(0.0).float(); torch.eq(k, 2).float(); s * (k == 1);
    sum([s, s, x[:, 0]]); torch.linspace(0, 1, 4)[2] * s; (x * torch.arange(4)).sum(-1);
    torch.heaviside(s, torch.tensor(0.5))
    """
)

TORCH_ROW = expressions(
    """
    x.norm(); torch.norm(x); x.std(); x.sum(); x.max(); x.median(); m.sum(dim=0)[1]; m.max(dim=1).values[0];
    torch.dot(x, y); x @ y; torch.stack([s, x[0]]).sum(); torch.cat([x, y]).mean(); x[0].item();
    x[1:3].sum(); torch.where(s > 0, s, 0.0); s.clamp(0, 1); torch.tensor([1.0, 2.0]) @ p; m.norm();
    torch.mv(m, v)[0]; 1.0 if s > 0 else 0.0; max(s, x[0]); x.abs().sum() * (s > 0);
    F.normalize(v, dim=0)[1]; torch.exp(-torch.linalg.norm(v)); math.exp(s.item())
    """
)

JAX_BATCHED = expressions(
    """
    jnp.linalg.norm(x, axis=1); x.sum(axis=-1); jnp.std(x, axis=1); jax.nn.relu(s); jax.nn.sigmoid(s);
    jax.nn.softplus(s); jnp.where(s > 0, s, 0.0); jnp.stack([s, x[:, 0]], axis=-1).max(axis=-1);
    jnp.clip(s, min=-1, max=1); (s > 0).astype(jnp.float32); jnp.concatenate([x, y], axis=-1).mean(-1);
    jax.lax.stop_gradient(s); jnp.sum(jnp.square(x), axis=1); jnp.median(v, axis=1);
    jnp.zeros(s.shape[0]) + s; jnp.einsum('ij,ij->i', x, y); jnp.cross(v, m[:, 0])[:, 0];
    jnp.array([0.0, 1.0])[1] * s; jnp.logical_and(s > 0, x[:, 0] > 0) * 1.0; jnp.square(x @ jnp.ones(4));
    jnp.min(jnp.array([s, x[:, 1]]), axis=0)
    """
)

JAX_ROW = expressions(
    """
    jnp.linalg.norm(x); jnp.sum(x); x.mean(); jnp.dot(x, y); m @ v @ p; jnp.where(s > 0, x[0], 0.0);
    jnp.max(jnp.abs(x)); jnp.stack([s, x[0]]).max(); jnp.any(x > 1) * 1.0; jnp.clip(x, -1, 1).sum();
    jnp.sum(jnp.abs(m), axis=0)[1]
    """
)

PROGRAMS = [
    ("numpy", True, NUMPY_BATCHED), ("numpy", False, NUMPY_ROW), ("torch", True, TORCH_BATCHED),
    ("torch", False, TORCH_ROW), ("jax", True, JAX_BATCHED), ("jax", False, JAX_ROW),
]  # fmt: skip


@pytest.mark.parametrize(
    ("library", "batched", "expression"),
    [(library, batched, text) for library, batched, texts in PROGRAMS for text in texts],
)
def test_an_expression_pays_what_it_pays_in_its_library(
    tmp_path: Path, library: str, batched: bool, expression: str
) -> None:
    assert_alike(
        tmp_path, library, f"{expression} + 0.0 * x.sum({'axis=1' if batched else ''})", batched=batched
    )
