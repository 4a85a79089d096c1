"""What is refused before training: duplicates, static rules, then a probe on recorded transitions."""

from eureka_agent.critique.critic import Check, Critic, ProbeCheck, StaticCheck, refusal, refused
from eureka_agent.critique.duplicates import DuplicateCheck

__all__ = ["Check", "Critic", "DuplicateCheck", "ProbeCheck", "StaticCheck", "refusal", "refused"]
