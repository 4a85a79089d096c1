"""NumPy's rules for what numbers, booleans and arrays make together, on torch."""

from __future__ import annotations

from typing import Any

import torch

Tensor = torch.Tensor


def numeric(x: Tensor) -> Tensor:
    """Return booleans as 0 and 1."""
    return x.to(torch.int32) if x.dtype is torch.bool else x


def floating(x: Tensor) -> Tensor:
    """Return everything as floats."""
    return x if x.is_floating_point() else x.to(torch.float32)


def tensor(x: Any, like: Tensor) -> Tensor:
    """Return a number as a tensor that does not widen `like`, as NumPy's weak scalars do."""
    if isinstance(x, Tensor):
        return x
    return torch.as_tensor(x, dtype=_weak_type(x, like), device=like.device)


def _weak_type(x: Any, like: Tensor) -> torch.dtype:
    """Return `torch.result_type(like, x)` of a number, in a form that `torch.compile` follows."""
    if isinstance(x, bool):
        return like.dtype
    if isinstance(x, int):
        return torch.int64 if like.dtype is torch.bool else like.dtype
    return like.dtype if like.is_floating_point() else torch.get_default_dtype()


def tensors(x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    """Return two operands, one of which is a tensor, in the type that both have in common."""
    like = x1 if isinstance(x1, Tensor) else x2
    a, b = tensor(x1, like), tensor(x2, like)
    common = torch.promote_types(a.dtype, b.dtype)
    return a.to(common), b.to(common)
