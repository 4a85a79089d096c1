"""A saved policy: everything that acting and going on with learning need, in one file without code."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.arrays import write_arrays
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.encoder import encoder_from_json, encoder_to_json
from eureka_agent.training.population.moments import Moments
from eureka_agent.training.population.network import Network

Array = np.ndarray
FILE = "policy.npz"


@dataclass(frozen=True)
class SavedPolicy:
    """A policy as it lies in a file of either trainer."""

    network: Network
    flat: Array
    """float32 `(network.size,)`."""
    moments: Moments | None
    """Of observations; None where the policy sees them as they are."""

    def act(self, observation: Array) -> Array:
        """Return deterministic actions for observations `(num_envs, dim)`.

        Continuous actions are `(num_envs, dim)`, not clipped; discrete ones are choices `(num_envs, heads)`.
        """
        moments = None if self.moments is None else [self.moments]
        return Policies(self.network, [self.flat], moments).best_actions(observation[None])[0]


def save_policy(path: Path, network: Network, flat: Array, moments: Moments | None) -> None:
    """Write weights `flat` `(network.size,)` and, if observations are normalised, their statistics."""
    told = {**asdict(network), "encoder": encoder_to_json(network.encoder)}
    arrays = {"flat": flat, "network": np.array(json.dumps(told))}
    if moments is not None:
        arrays |= moments.to_arrays()
    write_arrays(path, arrays)


def read_npz(content: bytes) -> SavedPolicy:
    """Return the policy that `save_policy` wrote; raises ValueError, KeyError or TypeError if it is none."""
    with np.load(io.BytesIO(content), allow_pickle=False) as data:
        network = _network_of(json.loads(str(data["network"])))
        moments = Moments.of_arrays(data) if "mean" in data.files else None
        flat = np.asarray(data["flat"], dtype=np.float32)
    if flat.shape != (network.size,):
        raise ValueError(f"{flat.shape} weights for a network of {network.size}")
    return SavedPolicy(network, flat, moments)


def _network_of(told: dict[str, Any]) -> Network:
    """Return the network of a file's JSON; files from before there were encoders name none."""
    sizes = {"hidden": tuple(told["hidden"]), "heads": tuple(told["heads"])}
    encoder = encoder_from_json(told.get("encoder") or {"name": "flat"})
    return Network(**{**told, **sizes, "encoder": encoder})
