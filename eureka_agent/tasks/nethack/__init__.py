"""NetHack as an environment: the game, what a policy sees of it, and what a task measures.

NetHack itself comes with the package `nle` (arXiv 2006.13760), levels of single skills with `minihack` (arXiv
2109.13202). Neither is needed to import this package; an environment is built by `env.make`.
"""

from eureka_agent.tasks.nethack.keys import KEYS, MOVES, PLAY
from eureka_agent.tasks.nethack.layout import GLYPHS, OBSERVATION, STATUS_NUMBERS, VOCABULARY, WORDS
from eureka_agent.tasks.nethack.signals import MESSAGE, STATUS, initial, measured

__all__ = [
    "GLYPHS",
    "KEYS",
    "MESSAGE",
    "MOVES",
    "OBSERVATION",
    "PLAY",
    "STATUS",
    "STATUS_NUMBERS",
    "VOCABULARY",
    "WORDS",
    "initial",
    "measured",
]
