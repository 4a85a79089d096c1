"""Installed versions of the libraries that results depend on."""

from __future__ import annotations

import importlib.metadata
import platform

from eureka_agent._version import __version__

LIBRARIES = (
    "numpy", "gymnasium", "stable-baselines3", "torch", "jax", "optax", "mujoco", "mujoco-mjx", "openai",
    "anthropic", "genai-prices", "xllamacpp",
)  # fmt: skip


def installed_versions() -> dict[str, str]:
    """Return the versions of this package, of Python, and of those `LIBRARIES` that are installed."""
    own = {"eureka-agent": __version__, "python": platform.python_version()}
    return own | {name: version for name in LIBRARIES if (version := _version(name))}


def _version(library: str) -> str | None:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None
