"""What happened, as findings with citations from episodes and curves; and results with honest intervals."""

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.statistics import HumanNormalized, Interval, human_normalized, t_interval

__all__ = ["HumanNormalized", "Interval", "Observation", "ObservationKind", "human_normalized", "t_interval"]
