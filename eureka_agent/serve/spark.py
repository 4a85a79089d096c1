"""A small drawing of a run: every candidate a dot, the leader a line, and the winner on fresh seeds."""

from __future__ import annotations

from eureka_agent.report import svg
from eureka_agent.report.html.marks import ACCENT, FAINT, GRID, INK, PAPER
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.html.scale import Scale, without_outliers
from eureka_agent.report.views.fitness import FitnessView
from eureka_agent.report.words import counted, figure

WIDTH, HEIGHT, EDGE = 300.0, 84.0, 8.0
MOST_DOTS = 300


def spark(view: FitnessView) -> Picture:
    """Return fitness over generations, without an axis."""
    scored = [(one.generation, one.fitness) for one in view.marks if one.fitness is not None]
    shown = scored[:: -(-len(scored) // MOST_DOTS) or 1]
    leaders = [(one.generation, one.fitness) for one in view.leaders]
    fresh = [level.mean for level in view.fresh if level.name == view.winner]
    near = without_outliers([value for _, value in scored], [*(value for _, value in leaders), *fresh])
    y = Scale.of(near, HEIGHT - EDGE, EDGE)
    last = max((one.generation for one in view.marks), default=0)
    x = Scale(0.0, max(float(last), 1.0), EDGE, WIDTH - EDGE)
    shapes = [svg.box(0.5, 0.5, WIDTH - 1, HEIGHT - 1, edge=GRID)]
    shapes += [svg.circle(x(generation), y(value), 2.5, FAINT, PAPER) for generation, value in shown]
    if leaders:
        line = [(x(generation), y(value)) for generation, value in leaders]
        shapes.append(svg.path([*line, (WIDTH - EDGE, line[-1][1])], svg.Stroke(ACCENT, "", 2.4)))
    shapes += [svg.circle(WIDTH - EDGE, y(mean), 4.5, ACCENT, INK) for mean in fresh]
    told = f"{counted(len(scored), 'candidate')} with a score in {counted(last + 1, 'generation')}"
    led = f"; the leader rose from {figure(leaders[0][1])} to {figure(leaders[-1][1])}" if leaders else ""
    return Picture(WIDTH, HEIGHT, shapes, "Fitness by generation", f"{told}{led}.")
