"""Reading a saved policy of either trainer, and checking whether it fits a task."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from eureka_agent.config import TrainerName
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.tasks.observe import policy_space
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.population import policy_file as population_file
from eureka_agent.training.population.encoder import Encoder, Glyphs, encoder_of
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.policy_file import SavedPolicy, read_npz
from eureka_agent.training.sb3 import policy_file as sb3_file


def read_policy(path: Path) -> SavedPolicy:
    """Return the policy in a `policy.npz` or `policy.zip`; raises StoreError if it is none.

    Its kind is determined by the contents of the file, not by its name. Nothing in it is executed.
    """
    try:
        content = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            by_sb3 = sb3_file.WEIGHTS in archive.namelist()
        return sb3_file.read_zip(content) if by_sb3 else read_npz(content)
    except ImportError as error:
        raise StoreError(
            f"{path} was saved by Stable-Baselines3 and needs torch to be read, which is not installed.",
            fix="Install it with `pip install 'eureka-agent[sb3]'`.",
        ) from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, zipfile.BadZipFile) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise StoreError(
            f"{path} is not a saved policy: {why}",
            allowed="policy.npz of the population trainer, or policy.zip of Stable-Baselines3's PPO",
            fix="Take one from a folder that `eureka-agent train` wrote.",
        ) from error


def policy_of(trainer: TrainerName, folder: Path) -> Path:
    """Return where a training by this trainer keeps its policy."""
    return folder / (population_file.FILE if trainer == "population" else sb3_file.FILE)


def saved_policy(folder: Path) -> Path | None:
    """Return the policy that a training left in its folder; None where it left none."""
    found = (folder / name for name in (population_file.FILE, sb3_file.FILE))
    return next((path for path in found if path.is_file()), None)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def network_of(task: Task) -> Network:
    """Return the network that a task's policies have; raises TrainingError where none can be learned."""
    settings = PpoSettings.of(task.algorithm)
    env = task.make_env()
    try:
        dim = int(np.prod(policy_space(env.observation_space).shape))
        return Network.of(
            dim,
            env.action_space,
            settings.hidden_sizes,
            sde=settings.use_sde,
            encoder=encoder_of(settings),
        )
    finally:
        env.close()


def fitting_policy(path: Path, task: Task) -> Path:
    """Return the path if training on the task can start from this policy.

    Raises StoreError if it is no policy, ConfigError naming both sides if it does not fit.
    """
    saved = read_policy(path)
    normalizes = PpoSettings.of(task.algorithm).normalize_observation
    ours, theirs = (
        _described(network_of(task), normalizes=normalizes),
        _described(saved.network, normalizes=saved.moments is not None),
    )
    if ours != theirs:
        raise ConfigError(
            f"The policy {path} has {theirs}; {task.name} trains one of {ours}.",
            allowed="a policy of the same observations, encoder, layers, actions and normalisation",
            fix="Choose another policy, or let the task's [algorithm] fit it.",
        )
    return path


def check_can_act(saved: SavedPolicy, task: Task, path: Path) -> None:
    """Raise ConfigError, naming both sides, if the policy cannot act in the task's environment."""
    wanted = network_of(replace(task, algorithm={}))
    ours, theirs = _outside(wanted), _outside(saved.network)
    if ours != theirs:
        raise ConfigError(
            f"The policy {path} has {theirs}; {task.name} has {ours}.",
            allowed="a policy that observes and acts as the task does",
            fix="Name the task that it was trained on.",
        )


def _outside(network: Network) -> str:
    if not network.heads:
        actions = f"continuous actions of length {network.dim}"
    else:
        actions = f"discrete actions of {' x '.join(str(n) for n in network.heads)} choices"
    return f"observations of length {network.observation} and {actions}"


def _described(network: Network, *, normalizes: bool) -> str:
    layers = " and ".join(str(size) for size in network.hidden) or "none"
    kinds = [f"hidden layers {layers}", "normalised observations" if normalizes else "plain observations"]
    if network.sde:
        kinds.append("state-dependent exploration")
    kinds += _encoder_words(network.encoder)
    return f"{_outside(network)}, {', '.join(kinds)}"


def _encoder_words(encoder: Encoder) -> list[str]:
    if not isinstance(encoder, Glyphs):
        return []
    sizes = ", ".join(f"{name} {size}" for name, size in asdict(encoder).items())
    return [f"the encoder glyphs ({sizes})"]
