"""Batched worlds of a task: our own vectorised physics where it equals Gymnasium's, else Gymnasium's."""

from eureka_agent.training.simulators.choosing import SimulatorFactory
from eureka_agent.training.simulators.registry import OpenedEnv, SimulatorMaker, register_simulator
from eureka_agent.training.simulators.simulator import Simulator

__all__ = ["OpenedEnv", "Simulator", "SimulatorFactory", "SimulatorMaker", "register_simulator"]
