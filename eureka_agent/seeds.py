"""Seeds by name: the same words always give the same generator, whatever ran before."""

from __future__ import annotations

import hashlib

import numpy as np


def seed_for(root: int, *key: str | int) -> int:
    """Return a seed in [0, 2**31) for `key` under the run's root seed.

    Training seeds are keyed by (stage, replicate) and shared by all candidates, so that differences are
    due to rewards; only proposal randomness is keyed by candidate.
    """
    text = "\x1f".join([str(root), *(f"{type(part).__name__}:{part}" for part in key)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1


def generator_for(root: int, *key: str | int) -> np.random.Generator:
    """Return NumPy's default generator, seeded with `seed_for(root, *key)`."""
    return np.random.default_rng(seed_for(root, *key))
