"""A drawing by itself: it stands in a page, in a larger drawing, in a notebook, or in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eureka_agent.files import write_atomic
from eureka_agent.report import svg
from eureka_agent.report.html.marks import LIGHT


@dataclass(frozen=True)
class Picture:
    """Shapes within a width and a height; Jupyter, marimo and the like draw it."""

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

    def svg(self) -> str:
        """Return it as a whole SVG file, on white paper: colours depend on no page around it."""
        return svg.coloured(svg.document(self.width, self.height, self.shapes, self.title), LIGHT)

    def save(self, path: Path | str) -> Path:
        """Write it as an SVG file and return its path; StoreError where that cannot be written."""
        write_atomic(Path(path), self.svg())
        return Path(path)

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        """Return it for the cell of a notebook, where a pointer that rests on a mark is told what it is."""
        return f'<div style="max-width: {self.width:.0f}px">{self.svg()}</div>'
