"""What a reward is: the portable subset of NumPy, its rules, and how a checked reward is called."""

from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.forms import FORMS, form_names_text, form_table_text
from eureka_agent.rewards.loader import RewardFunction, load_reward
from eureka_agent.rewards.output import RewardOutput, validated
from eureka_agent.rewards.reward import Coded, Native, Reward, Sparse
from eureka_agent.rewards.rules import check_source
from eureka_agent.rewards.source import RewardSource, normalised_digest, parse_reward

__all__ = [
    "FORMS",
    "Coded",
    "Finding",
    "Native",
    "Reward",
    "RewardFunction",
    "RewardOutput",
    "RewardSource",
    "Sparse",
    "check_source",
    "form_names_text",
    "form_table_text",
    "load_reward",
    "normalised_digest",
    "parse_reward",
    "validated",
]
