"""What an annotator said of captions in a run, as its log holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import with_config

from eureka_agent.store.fields import STRICT, Count, Number, limited_text

MOST_LETTERS = 512
"""Of a caption."""
CaptionText = Annotated[str, limited_text(MOST_LETTERS, least=1)]


@with_config(STRICT)
@dataclass(frozen=True)
class CaptionLabel:
    """An answer of the annotator's."""

    captions: tuple[CaptionText, ...]
    """One, or two that were compared."""
    value: Number
    """Probability that the caption is helpful; of two, that the first is better."""

    def __post_init__(self) -> None:
        if len(self.captions) not in (1, 2) or not 0.0 <= self.value <= 1.0:
            raise ValueError(f"{len(self.captions)} captions cannot have the label {self.value}")


@with_config(STRICT)
@dataclass(frozen=True)
class MetCaption:
    """A caption that policies met."""

    caption: CaptionText
    steps: Count
    """Steps that had it."""
    pays: Number
    """What the learned reward pays for a step with it, before any coefficient."""


@dataclass(frozen=True)
class JudgedCaptions:
    """What those who write rewards are told of the learned reward of their generation."""

    goal: str
    """By which captions were judged."""
    coefficient: float
    """What it is multiplied by where it is added."""
    labels: int
    """From how many answers it was learned."""
    met: tuple[MetCaption, ...]
    """What was met most since the generation before, or before any training."""
    said: Mapping[str, float] = field(default_factory=dict)
    """The label of each caption that was judged by itself: 1 helpful, 0 unhelpful, 0.5 unsure."""
