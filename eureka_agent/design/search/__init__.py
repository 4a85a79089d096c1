"""The honest baseline without a language model: compose and mutate reward terms over a task's signals."""

from eureka_agent.design.search.genome import Genome, Term
from eureka_agent.design.search.proposer import Search
from eureka_agent.design.search.render import render

__all__ = ["Genome", "Search", "Term", "render"]
