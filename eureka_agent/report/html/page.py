"""The page: views and drawings poured into `templates/report/`, one file that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from eureka_agent._version import __version__
from eureka_agent.llm.templates import Templates
from eureka_agent.report.html.curve_charts import component_charts, learning_chart
from eureka_agent.report.html.fitness_chart import fitness_chart
from eureka_agent.report.html.interval_chart import interval_chart
from eureka_agent.report.html.marks import LEGEND, icon
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.views.curves import ComponentsView
from eureka_agent.report.views.run import RunReport
from eureka_agent.report.words import duration, figure, signed
from eureka_agent.resources import bundled_folders

WIDE, CARD, NARROW = 960.0, 600.0, 340.0
"""Widths of a drawing on a desk, there in a card, and on a telephone: text has about the same size on all."""
_CODE = re.compile(r"`([^`]+)`")
DEEPEST = 8
"""Steps of the tree that are indented; deeper ones stand below each other."""


@dataclass(frozen=True)
class Drawing:
    """One drawing in both widths."""

    wide: Markup
    narrow: Markup

    @classmethod
    def of(cls, draw: Callable[[float], Picture], name: str, wide: float) -> Drawing:
        """Return what `draw` draws in a width."""
        return cls(Markup(draw(wide).inline(f"{name}-wide")), Markup(draw(NARROW).inline(f"{name}-narrow")))


def render_report(report: RunReport) -> str:
    """Return the report as HTML; everything that others wrote is escaped.

    Templates are those of the package: a folder that was downloaded cannot bring its own.
    """
    templates = Templates(bundled_folders("templates"), html=True)
    return templates.render("report/page.html.j2", **values_of(report))


ICONS = {how: Markup(icon(how)) for how in (*LEGEND, "timed out")}


def values_of(report: RunReport, address: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Return what the parts of the page are made of: the report's views and their drawings.

    `address` says where there is a page of a candidate, where there is one.
    """
    fitness = report.fitness
    return {
        "report": report,
        "version": __version__,
        "address": address,
        "intervals": _if(
            fitness.fresh,
            lambda width: interval_chart(
                fitness.fresh, fitness.direction, reference=fitness.reference, width=width
            ),
            "intervals",
            CARD,
        ),
        "scores": _if(fitness.marks, lambda width: fitness_chart(fitness, width=width), "fitness"),
        "learning": _if(
            report.learning, lambda width: learning_chart(report.learning, width=width), "learning"
        ),
        "components": components_drawn(report.components),
        "icons": ICONS,
        "legend": {how: words for how, words in LEGEND.items() if how in {one.how for one in fitness.marks}},
        "deepest": DEEPEST,
        "difference": difference_lines,
        "coded": coded,
        "figure": figure,
        "signed": signed,
        "duration": duration,
    }


def coded(text: str) -> Markup:
    """Return a sentence of ours, escaped, with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


def difference_lines(text: str) -> list[tuple[str, str]]:
    """Return the lines of a unified diff with what each is: "added", "removed" or "same".

    The two lines that name the files are left out.
    """
    kinds = {"+": "added", "-": "removed"}
    lines = text.split("\n")
    body = lines[2:] if lines[0].startswith("---") else lines
    return [(kinds.get(line[:1], "same"), line) for line in body]


def components_drawn(view: ComponentsView | None) -> list[Markup]:
    """Return the drawing of each component of a training."""
    charts = component_charts(view) if view else []
    return [Markup(one.inline(f"component-{place}")) for place, one in enumerate(charts)]


def _if(there: object, draw: Callable[[float], Picture], name: str, wide: float = WIDE) -> Drawing | None:
    return Drawing.of(draw, name, wide) if there else None
