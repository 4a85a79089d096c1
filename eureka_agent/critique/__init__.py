"""What is refused before training: static rules, then a probe on recorded transitions."""

from eureka_agent.critique.critic import Check, Critic, ProbeCheck, StaticCheck, refusal, refused

__all__ = ["Check", "Critic", "ProbeCheck", "StaticCheck", "refusal", "refused"]
