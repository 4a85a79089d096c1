"""A saved policy: everything that acting needs, in one file without code."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from eureka_agent.errors import StoreError
from eureka_agent.store.files import write_atomic
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.moments import Moments
from eureka_agent.training.population.network import Network

Array = np.ndarray
FILE = "policy.npz"


def save_policy(path: Path, network: Network, flat: Array, moments: Moments | None) -> None:
    """Write weights and, where observations are normalised, their statistics."""
    arrays = {"flat": flat, "network": np.array(json.dumps(asdict(network)))}
    if moments is not None:
        arrays |= {"mean": moments.mean, "var": moments.var}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_atomic(path, buffer.getvalue())


def load_policy(path: Path) -> Callable[[Array], Array]:
    """Return a function from observations `(num_envs, dim)` to deterministic actions.

    Continuous actions are `(num_envs, dim)` and not clipped; discrete ones are choices `(num_envs, heads)`.
    Raises StoreError if the file is no policy.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            given = json.loads(str(data["network"]))
            network = Network(**{**given, "hidden": tuple(given["hidden"]), "heads": tuple(given["heads"])})
            moments = Moments(network.observation) if "mean" in data.files else None
            if moments is not None:
                moments.mean, moments.var = data["mean"], data["var"]
            flat = data["flat"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} is no saved policy: {error}", fix="Train it again.") from error
    policies = Policies(network, [flat], None if moments is None else [moments])
    return lambda observation: policies.best_actions(observation[None])[0]
