"""The page of a comparison: its view and drawings poured into `templates/compare/`, one file by itself."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

from markupsafe import Markup

from eureka_agent._version import __version__
from eureka_agent.llm.templates import Templates
from eureka_agent.report.html.interval_chart import interval_chart
from eureka_agent.report.html.page import NARROW, WIDE, Drawing, difference_lines
from eureka_agent.report.html.reward_curves import means_chart, range_chart
from eureka_agent.report.html.series import series_mark
from eureka_agent.report.views.comparison import ComparedReward, ComparisonView
from eureka_agent.report.views.fitness import Level
from eureka_agent.report.words import counted, cut, figure, percent, weight
from eureka_agent.resources import bundled_folders

LONGEST_NAME = 24
CODE_ROOM, A_LINE = 600_000, 40
"""Bytes of a page for all code and its differences, and what each line of these takes besides."""


def render_comparison(view: ComparisonView, sheets: Mapping[str, bytes] | None = None) -> str:
    """Return the comparison as HTML; everything that others wrote is escaped.

    `sheets` are contact sheets of the rewards' films as JPEG, by letter.
    """
    scored = [one for one in view.rewards if one.level is not None]
    curves = [one.curves for one in view.rewards if one.curves is not None]
    room = CODE_ROOM // (2 * len(view.rewards))
    templates = Templates(bundled_folders("templates"), html=True)
    return templates.render(
        "compare/page.html.j2",
        view=view,
        version=__version__,
        intervals=Drawing.of(
            lambda width: interval_chart(
                [_level(one, named=width > NARROW) for one in scored], view.direction,
                title="Fitness", marked=series_mark, width=width,
            ), "intervals", WIDE,
        ) if scored else None,
        means=Drawing.of(
            lambda width: means_chart(curves, view.env_steps, width=width), "means", WIDE
        ) if curves else None,
        ranges=[
            (one.name, Markup(range_chart(one, curves, view.env_steps).inline(f"range-{one.name}")))
            for one in curves
        ],
        changes={
            one.letter: difference_lines(_fitting(one.code_change, room))
            for one in view.rewards if one.code_change
        },
        sheets={letter: base64.b64encode(jpeg).decode() for letter, jpeg in (sheets or {}).items()},
        codes={one.letter: _fitting(one.code, room) for one in view.rewards if one.code},
        figure=figure,
        percent=percent,
        counted=counted,
    )  # fmt: skip


def _level(one: ComparedReward, *, named: bool) -> Level:
    """Return a row of the intervals; a narrow drawing has room for the letter only."""
    found = one.level
    assert found is not None
    low, high = (found.low, found.high) if found.n > 1 else (None, None)
    file = cut(Path(one.name).name, LONGEST_NAME)
    return Level(
        f"{one.letter} · {file}" if named else one.letter, found.mean, low, high, one.fitness, None, ""
    )


def _fitting(text: str, room: int) -> str:
    """Return a text that takes about `room` bytes of a page at most; one that was cut says so."""
    takes = weight(text) + A_LINE * text.count("\n")
    return text if takes <= room else cut(text, len(text) * room // takes)
