"""Stable-Baselines3's saved models, read as plain weights: nothing in the file is executed.

Stable-Baselines3 pickles spaces and settings into `data`; only the readable text beside them is looked at.
Observation statistics, which it leaves to the caller, are put into the same archive.
"""

from __future__ import annotations

import io
import json
import pickle
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.training.population.moments import Moments
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.policy_file import SavedPolicy

Array = np.ndarray
FILE = "policy.zip"
WEIGHTS = "policy.pth"
STATISTICS = "normalization.npz"


def save_model(path: Path, model: Any, statistics: Any | None) -> None:
    """Write a Stable-Baselines3 model and, where observations are normalised, their statistics."""
    model.save(path)
    if statistics is None:
        return
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **_moments(statistics).to_arrays())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(STATISTICS, buffer.getvalue())


def read_zip(content: bytes) -> SavedPolicy:
    """Return the policy of a saved model; raises ValueError, KeyError or TypeError if it is none we know."""
    import torch

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        about = json.loads(archive.read("data"))
        try:
            loaded = torch.load(io.BytesIO(archive.read(WEIGHTS)), weights_only=True, map_location="cpu")
        except pickle.UnpicklingError as error:
            raise ValueError("its weights are not plain tensors") from error
        moments = None
        if STATISTICS in archive.namelist():
            with np.load(io.BytesIO(archive.read(STATISTICS)), allow_pickle=False) as data:
                moments = Moments.of_arrays(data)
    weights = {name: np.asarray(tensor, dtype=np.float32) for name, tensor in loaded.items()}
    _check_tanh(about)
    network = _network(weights, about["action_space"])
    last = len(network.hidden)
    flat = np.zeros(network.size, dtype=np.float32)
    views = network.views(flat)
    binary = "MultiBinary" in about["action_space"][":type:"]
    for slot in network.slots:
        value = weights[_torch_name(slot.name, last)]
        value = value.T if slot.name.endswith(".w") else value  # deviations lie as they are
        if binary and slot.name.startswith(f"pi{last}."):
            # One logit a bit there, two here: the same distribution.
            value = np.stack([np.zeros_like(value), value], axis=-1).reshape(*value.shape[:-1], -1)
        views[slot.name][:] = value
    return SavedPolicy(network, flat, moments)


def load_into(model: Any, normalize: Any, saved: SavedPolicy) -> None:
    """Put a policy of the model's own network into it, and its statistics into the normalisation."""
    import torch
    from gymnasium import spaces

    last = len(saved.network.hidden)
    state = model.policy.state_dict()
    for name, view in saved.network.views(saved.flat).items():
        value = view
        if isinstance(model.action_space, spaces.MultiBinary) and name.startswith(f"pi{last}."):
            value = view[..., 1::2] - view[..., 0::2]
        turned = value.T if name.endswith(".w") else value
        state[_torch_name(name, last)] = torch.from_numpy(np.ascontiguousarray(turned))
    model.policy.load_state_dict(state)
    if saved.moments is not None:
        statistics = normalize.obs_rms
        statistics.mean, statistics.var = saved.moments.mean.copy(), saved.moments.var.copy()
        statistics.count = saved.moments.count


def _moments(statistics: Any) -> Moments:
    moments = Moments(len(statistics.mean))
    moments.mean, moments.var, moments.count = statistics.mean, statistics.var, float(statistics.count)
    return moments


def _network(weights: dict[str, Array], space: dict[str, Any]) -> Network:
    layers = [weights[f"mlp_extractor.policy_net.{2 * i}.bias"] for i in range(_depth(weights))]
    observation = weights[_torch_name("pi0.w", len(layers))].shape[1]
    hidden = tuple(len(bias) for bias in layers)
    outputs = len(weights["action_net.bias"])
    if "log_std" in weights:
        return Network(observation, hidden, (), outputs, sde=weights["log_std"].ndim == 2)
    if "MultiDiscrete" in space[":type:"]:
        return Network(observation, hidden, tuple(int(n) for n in re.findall(r"\d+", space["nvec"])), 0)
    if "MultiBinary" in space[":type:"]:
        return Network(observation, hidden, (2,) * outputs, 0)
    return Network(observation, hidden, (outputs,), 0)


def _depth(weights: dict[str, Array]) -> int:
    return sum(bool(re.fullmatch(r"mlp_extractor\.policy_net\.\d+\.bias", name)) for name in weights)


def _torch_name(name: str, last: int) -> str:
    """Return Stable-Baselines3's name of one of our weights; `last` is the number of hidden layers."""
    if name == "log_std":
        return name
    tower, layer, kind = name[:2], int(name[2:-2]), {"w": "weight", "b": "bias"}[name[-1]]
    if layer == last:
        return f"{'action_net' if tower == 'pi' else 'value_net'}.{kind}"
    return f"mlp_extractor.{'policy_net' if tower == 'pi' else 'value_net'}.{2 * layer}.{kind}"


def _check_tanh(about: dict[str, Any]) -> None:
    activation = (about.get("policy_kwargs") or {}).get("activation_fn", "Tanh")
    if "Tanh" not in str(activation):
        raise ValueError(f"its layers are joined by {activation}, not by tanh")
