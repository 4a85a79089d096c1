"""How rewards are proposed: prompts, reply parsing, the designer's operators, search."""

from eureka_agent.design.designer import Designer
from eureka_agent.design.prompts import PromptBook
from eureka_agent.design.proposer import Draft, Proposer, Slot
from eureka_agent.design.reply import Extracted, extract_reward
from eureka_agent.design.search import Search

__all__ = ["Designer", "Draft", "Extracted", "PromptBook", "Proposer", "Search", "Slot", "extract_reward"]
