"""Whether a task trains on a GPU: what was asked for, what there is, and what the task can."""

from __future__ import annotations

from collections.abc import Callable

from eureka_agent.config import DEVICES
from eureka_agent.errors import ConfigError, EurekaError, TrainingError, did_you_mean
from eureka_agent.store.records import DeviceChoice
from eureka_agent.tasks.task import Task
from eureka_agent.training.device.platform import find_gpu
from eureka_agent.training.device.settings import FRESH_ONLY, device_settings
from eureka_agent.training.simulators.choosing import no_device_physics
from eureka_agent.training.simulators.mjx import mjx_missing


def choose_device(
    asked: str, trainer: str, task: Task, *, fresh: bool = True, look: Callable[[], str] = find_gpu
) -> DeviceChoice:
    """Return what a run trains on; `look` says why there is no GPU here.

    `auto` takes a GPU where the population trainer is chosen, JAX sees one, the task can run on it and
    policies start `fresh`, not from a saved one. Raises TrainingError where `gpu` was asked for and one of
    these is not so.
    """
    if asked not in DEVICES:
        raise ConfigError(
            f"There is no device '{asked}'.{did_you_mean(asked, DEVICES)}", allowed=" or ".join(DEVICES)
        )
    if asked == "cpu" or (asked == "auto" and trainer != "population"):
        return DeviceChoice("cpu")
    no_gpu = look() if asked == "auto" else ""
    if no_gpu:
        return DeviceChoice("cpu", no_gpu)
    problem = _problem(trainer, task, fresh) or (look() if asked == "gpu" else "")
    if not problem:
        return DeviceChoice("gpu")
    if asked == "gpu":
        raise TrainingError(
            problem, allowed="a GPU, or --device cpu", fix="docs/gpu.md says what a GPU needs."
        )
    return DeviceChoice("cpu", problem, idle_gpu=True)


def _problem(trainer: str, task: Task, fresh: bool) -> str:
    if trainer != "population":
        return f"The trainer '{trainer}' does not train on a GPU here; --trainer population does."
    if missing := mjx_missing():
        return f"Training on a GPU needs {', '.join(missing)} (pip install 'eureka-agent[gpu]')."
    if not fresh:
        return FRESH_ONLY
    try:
        device_settings(task)
    except EurekaError as error:
        return error.what
    return no_device_physics(task)
