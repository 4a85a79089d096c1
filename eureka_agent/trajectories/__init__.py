"""Recorded episodes: one type, one file format, and replay."""

from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.ending import ending_of
from eureka_agent.trajectories.files import read_trajectories, write_trajectories
from eureka_agent.trajectories.inspection import inspect_environment
from eureka_agent.trajectories.recording import record, rescored
from eureka_agent.trajectories.replay import played_again
from eureka_agent.trajectories.trajectory import Beginning, Origin, Trajectory

__all__ = [
    "Beginning",
    "Origin",
    "Trajectory",
    "TrajectoryBatch",
    "ending_of",
    "inspect_environment",
    "played_again",
    "read_trajectories",
    "record",
    "rescored",
    "write_trajectories",
]
