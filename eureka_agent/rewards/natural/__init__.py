"""Natural rewards: NumPy, torch and JAX as people and models write them, brought into the portable subset.

`normalise` runs once, when a text arrives and before it is written into a log; what is kept is its result. It
edits at the places of syntax nodes, so that comments and names stay, and tells what it changed. What the
critic accepts already comes back byte for byte. Nothing is executed, and what comes out has no privilege: it
passes the same static rules as any other text.
"""

from eureka_agent.rewards.natural.arriving import arrived, notes_on
from eureka_agent.rewards.natural.normalising import Normalised, Rewrite, normalise

__all__ = ["Normalised", "Rewrite", "arrived", "normalise", "notes_on"]
