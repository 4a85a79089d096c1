from __future__ import annotations

import torch
from typing import Dict, Tuple, Optional


def compute_reward(pos: torch.Tensor, goal: torch.Tensor, alpha: float = 2.0, eps: Optional[float] = 1e-6) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    """Reward for being near the goal."""
    assert pos.shape == goal.shape, "shapes differ"
    assert pos.dim() == 2
    diff = pos - goal
    "squared distances"
    d2 = diff.square().sum(dim=-1, keepdim=True)
    r = torch.rsqrt(d2 + 1.0).squeeze(-1) - alpha * (d2.view(-1) + eps).sqrt()
    return r, {"r": r}
