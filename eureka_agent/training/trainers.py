"""Which trainer a name means; each is imported only where it is wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from eureka_agent.config import TRAINERS
from eureka_agent.errors import ConfigError, did_you_mean
from eureka_agent.isolation.sandbox import RewardSandbox
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
) -> Trainer:
    """Return the trainer called `name`; raises TrainingError where its libraries are not installed.

    `parallel` is how many cores it may use, all by default; `notify` is told what a person should know of
    how jobs are trained. What crashes in it is tried once more. With `gpu` (see `choose_device`) the
    population trainer trains there, with `worlds` worlds a candidate; `unsafe` is the sandbox's, for tracing.
    """
    if name not in TRAINERS:
        raise ConfigError(
            f"There is no trainer '{name}'.{did_you_mean(name, TRAINERS)}", allowed=" or ".join(TRAINERS)
        )
    if name == "population" and gpu:
        from eureka_agent.training.device.trainer import DeviceTrainer

        device = DeviceTrainer(
            sandbox, scratch=scratch, stop=stop, worlds=worlds, unsafe=unsafe, notify=notify
        )
        return RetryOnCrash(device)
    if name == "population":
        from eureka_agent.training.population.trainer import PopulationTrainer

        population = PopulationTrainer(sandbox, scratch=scratch, parallel=parallel, stop=stop, notify=notify)
        return RetryOnCrash(population)
    from eureka_agent.training.sb3.trainer import Sb3Trainer

    return RetryOnCrash(Sb3Trainer(sandbox, scratch=scratch, parallel=parallel, stop=stop))
