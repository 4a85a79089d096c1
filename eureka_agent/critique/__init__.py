"""What is refused before training: duplicates, static rules, then a probe on recorded transitions.

What a reward pays scripted behaviours and earlier policies is only told.
"""

from eureka_agent.critique.behaviours import BehaviourCheck, behaviour_findings
from eureka_agent.critique.critic import Check, Critic, ProbeCheck, StaticCheck, refusal, refused
from eureka_agent.critique.duplicates import DuplicateCheck
from eureka_agent.critique.paying import paying
from eureka_agent.critique.ranking import RankingCheck, ranking_findings

__all__ = [
    "BehaviourCheck",
    "Check",
    "Critic",
    "DuplicateCheck",
    "ProbeCheck",
    "RankingCheck",
    "StaticCheck",
    "behaviour_findings",
    "paying",
    "ranking_findings",
    "refusal",
    "refused",
]
