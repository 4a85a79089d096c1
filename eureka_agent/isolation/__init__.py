"""Where generated code runs: the zygote, the reward workers, and the layers around them."""

from eureka_agent.isolation.client import RewardWorker
from eureka_agent.isolation.forkserver import ForkServer
from eureka_agent.isolation.layers import EscapeAttempt, IsolationReport, Layer
from eureka_agent.isolation.layout import SignalLayout
from eureka_agent.isolation.limits import WorkerLimits
from eureka_agent.isolation.sandbox import RewardSandbox

__all__ = [
    "EscapeAttempt",
    "ForkServer",
    "IsolationReport",
    "Layer",
    "RewardSandbox",
    "RewardWorker",
    "SignalLayout",
    "WorkerLimits",
]
