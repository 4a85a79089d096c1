"""Trainers by name; each is imported only when used."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from eureka_agent.config import TRAINERS
from eureka_agent.errors import ConfigError, did_you_mean
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.training.annotation_desk import AnnotationDesk
from eureka_agent.training.backend import Backend
from eureka_agent.training.driver import ENTRY, TrainingDriver
from eureka_agent.training.executor import LocalExecutor
from eureka_agent.training.job import Trainer
from eureka_agent.training.retry import RetryOnCrash


def make_trainer(
    name: str,
    sandbox: RewardSandbox,
    *,
    scratch: Path,
    parallel: int | None,
    stop: threading.Event,
    notify: Callable[[str], object] = lambda _: None,
    gpu: bool = False,
    worlds: int | None = None,
    unsafe: bool = False,
    desk: AnnotationDesk | None = None,
) -> Trainer:
    """Return the trainer called `name`; raises TrainingError where its libraries are not installed.

    `parallel` is the number of cores it may use, all by default; `notify` receives notes for the user on how
    jobs are trained. Crashed trainings are retried once. With `gpu` (see `choose_device`) the population
    trainer trains there, with `worlds` worlds per candidate; `unsafe` is the sandbox's, for tracing. Jobs
    with a learned reward need a `desk`.
    """
    check_trainer(name)
    backend = _backend(name, sandbox, gpu=gpu, worlds=worlds, unsafe=unsafe)
    driver = drive(backend, scratch=scratch, parallel=parallel, stop=stop, notify=notify, desk=desk)
    return RetryOnCrash(driver)


def check_trainer(name: str) -> None:
    """Raise ConfigError where there is no trainer called `name`."""
    if name not in TRAINERS:
        raise ConfigError(
            f"There is no trainer '{name}'.{did_you_mean(name, TRAINERS)}", allowed=" or ".join(TRAINERS)
        )


def drive(
    backend: Backend,
    *,
    scratch: Path,
    parallel: int | None,
    stop: threading.Event,
    notify: Callable[[str], object] = lambda _: None,
    desk: AnnotationDesk | None = None,
) -> TrainingDriver:
    """Return what trains by `backend` in processes of this machine, on a device without threads."""
    device = backend.device
    executor = LocalExecutor(
        entry=ENTRY,
        preload=backend.preload,
        scratch=scratch,
        parallel=parallel if device is None else 1,
        stop=stop,
        gpu=device is not None and device.gpu,
    )
    return TrainingDriver(backend, executor, stop=stop, notify=notify, desk=desk)


def _backend(name: str, sandbox: RewardSandbox, *, gpu: bool, worlds: int | None, unsafe: bool) -> Backend:
    if name == "population" and gpu:
        from eureka_agent.training.device.backend import DeviceBackend

        return DeviceBackend(worlds=worlds, unsafe=unsafe)
    if name == "population":
        from eureka_agent.training.population.backend import PopulationBackend

        return PopulationBackend(sandbox)
    from eureka_agent.training.sb3.backend import Sb3Backend

    return Sb3Backend(sandbox)
