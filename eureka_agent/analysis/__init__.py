"""What happened: comparing results with honest intervals."""

from eureka_agent.analysis.statistics import HumanNormalized, Interval, human_normalized, t_interval

__all__ = ["HumanNormalized", "Interval", "human_normalized", "t_interval"]
