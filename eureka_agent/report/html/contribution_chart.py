"""One recorded episode: what each component pays over its steps, all on one scale with the total."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eureka_agent.report import svg
from eureka_agent.report.html.marks import ACCENT, FAINT, GRID, INK
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.html.scale import Scale, short
from eureka_agent.rewards.residual import RESIDUAL, residual
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
LABEL, PANEL, LEFT = 18.0, 52.0, 46.0
"""Heights of a panel's words and of the panel, and what is left of it."""
MOST_POINTS = 240
"""Longer episodes are drawn as means of neighbouring steps."""
MOST_PANELS = 12
TOTAL_LINE = svg.Stroke(FAINT, "2 2", 1.0)


def contribution_picture(episode: Trajectory, *, width: float) -> Picture:
    """Return what the total and each component pay over an episode's steps, those that pay most first."""
    assert episode.reward is not None
    parts = _parts(episode)
    lines = {name: binned(values) for name, values in parts.items()}
    right = width - 6
    x = Scale(0.0, float(max(episode.length - 1, 1)), LEFT, right)
    ends = [float(pick(values)) for values in lines.values() for pick in (np.min, np.max)]
    shapes: list[str] = []
    top = 0.0
    total = next(iter(lines.values()))
    for name, values in lines.items():
        y = Scale.of([*ends, 0.0], top + LABEL + PANEL, top + LABEL)
        shapes += _panel(name, values, total, x, y, float(parts[name].sum()))
        top += LABEL + PANEL + 4
    for step in x.ticks(4):
        shapes.append(svg.text(x(step), top + 12, short(step), size=11, anchor="middle", fill=FAINT))
    shapes.append(svg.text((LEFT + right) / 2, top + 28, "step", anchor="middle", fill=FAINT))
    told = "; ".join(f"{name} {float(values.sum()):.4g}" for name, values in parts.items())
    return Picture(width, top + 34, shapes, "What each component pays over an episode", f"Sums: {told}.")


def binned(values: Array, most: int = MOST_POINTS) -> Array:
    """Return means of neighbouring steps, at most so many."""
    if len(values) <= most:
        return np.asarray(values, np.float64)
    return np.array([part.mean() for part in np.array_split(np.asarray(values, np.float64), most)])


def _parts(episode: Trajectory) -> Mapping[str, Array]:
    """Return the total, then the components by size, then what is paid beside them."""
    assert episode.reward is not None
    by_size = sorted(episode.components.items(), key=lambda pair: -float(np.abs(pair[1]).mean()))
    parts = {"reward": episode.reward, **dict(by_size[:MOST_PANELS])}
    rest = residual(episode.reward, episode.components)
    return parts if rest is None else {**parts, RESIDUAL: rest}


def _panel(name: str, values: Array, total: Array, x: Scale, y: Scale, whole: float) -> list[str]:
    shares = np.linspace(x.low, x.high, len(values))
    line = [(x(float(step)), y(float(value))) for step, value in zip(shares, values, strict=True)]
    words = name if len(name) <= 34 else f"{name[:33]}…"
    first = name == "reward"
    shapes = [
        svg.text(LEFT, y.end - 5, words, size=12, fill=INK, bold=True),
        svg.text(x.end, y.end - 5, f"sum {whole:.4g}", size=12, anchor="end", fill=FAINT),
        svg.box(LEFT, y.end, x.end - LEFT, y.start - y.end, edge=GRID),
        svg.polygon([(x.start, y(0.0)), *line, (x.end, y(0.0))], ACCENT if not first else INK),
        svg.line(x.start, y(0.0), x.end, y(0.0), svg.Stroke(FAINT, "", 0.8)),
        svg.text(LEFT - 5, y.end + 10, short(y.high), size=11, anchor="end", fill=FAINT),
        svg.text(LEFT - 5, y.start, short(y.low), size=11, anchor="end", fill=FAINT),
    ]
    if not first:
        steps = np.linspace(x.low, x.high, len(total))
        points = [(x(float(a)), y(float(b))) for a, b in zip(steps, total, strict=True)]
        shapes.append(svg.path(points, TOTAL_LINE))
    return shapes
