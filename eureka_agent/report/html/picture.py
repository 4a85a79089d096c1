"""A drawing by itself: it stands in a page with words for screen readers, or in a larger drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eureka_agent.report import svg


@dataclass(frozen=True)
class Picture:
    """Shapes within a width and a height."""

    width: float
    height: float
    shapes: Sequence[str]
    title: str
    description: str

    def inline(self, name: str) -> str:
        """Return it as a drawing of a page; `name` is unique there."""
        return svg.inline(
            self.width, self.height, self.shapes, name=name, title=self.title, description=self.description
        )

    def at(self, x: float, y: float) -> str:
        """Return it as a part of a larger drawing."""
        return svg.moved([svg.hinted(self.shapes, f"{self.title}. {self.description}")], x, y)
