"""The configuration of a run. Options are declared in `groups.py`; everything else is derived from them."""

from __future__ import annotations

from eureka_agent.config.groups import (
    DEVICES,
    SAME_MODEL,
    TRACKERS,
    TRAINERS,
    DeviceName,
    Earlier,
    TrackerName,
    TrackingConfig,
    TrainerName,
    choosing_trainings,
)
from eureka_agent.config.making import make_config, recorded_config
from eureka_agent.config.run_config import RunConfig, TaskChoice

__all__ = [
    "DEVICES",
    "SAME_MODEL",
    "TRACKERS",
    "TRAINERS",
    "DeviceName",
    "Earlier",
    "RunConfig",
    "TaskChoice",
    "TrackerName",
    "TrackingConfig",
    "TrainerName",
    "choosing_trainings",
    "make_config",
    "recorded_config",
]
