"""Which device there is, and JAX's settings for it. Only children import JAX: it takes hold of a GPU."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from eureka_agent.training.population.learner import configure_jax

Platform = Literal["gpu", "cpu"]
PLUGINS = ("jax_cuda13_plugin", "jax_cuda12_plugin")
"""Packages through one of which JAX reaches an NVIDIA GPU."""

_ASK = "import jax; print(len(jax.devices('gpu')))"
_ASK_TIMEOUT_S = 120.0


def find_gpu(environment: Mapping[str, str] = os.environ) -> str:
    """Return why JAX sees no GPU here, in a sentence; empty if it sees one.

    A process of its own looks, since looking takes hold of the GPU's memory.
    """
    if not any(importlib.util.find_spec(name) for name in PLUGINS):
        return "JAX's CUDA plugin is not installed (pip install 'jax[cuda13]')."
    try:
        asked = subprocess.run(
            [sys.executable, "-c", _ASK],
            env={**environment, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
            capture_output=True,
            timeout=_ASK_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"JAX did not say within {_ASK_TIMEOUT_S:g} s whether there is a GPU."
    if asked.returncode != 0:
        last = (asked.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
        return f"JAX sees no GPU: {last[:300]}"
    return ""


def configure_device(platform: Platform, cache: Path | None) -> None:
    """Set JAX up for this process, before its first use."""
    if platform == "cpu":
        configure_jax(cache)
        return
    import jax

    warnings.filterwarnings("ignore", message="os.fork")
    # Matrix products in float32 as on the CPU: physics and updates are small, their rounding is not.
    jax.config.update("jax_default_matmul_precision", "highest")
    if cache is not None:
        jax.config.update("jax_compilation_cache_dir", str(cache))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 1.0)
