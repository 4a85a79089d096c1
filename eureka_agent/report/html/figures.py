"""The drawings of a run as they stand by themselves, with what the report says beside them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from eureka_agent.report import svg
from eureka_agent.report.html.curve_charts import component_charts, learning_chart
from eureka_agent.report.html.fitness_chart import fitness_chart
from eureka_agent.report.html.interval_chart import interval_chart
from eureka_agent.report.html.lineage_chart import lineage_chart
from eureka_agent.report.html.marks import ACCENT, FAINT, INK, LEGEND, mark
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.views.curves import ComponentsView, LearningCurves
from eureka_agent.report.views.fitness import FitnessView, How
from eureka_agent.report.views.lineage import LineageView
from eureka_agent.report.words import percent

WIDE, CARD = 960.0, 600.0
ENTRY, LETTER, LINE = 34.0, 6.2, 20.0
"""Width of a legend's entry beside its words, of a letter of these, and the height of its lines."""
COLUMNS, GAP, CAPTION = 4, 16.0, 20.0
"""Of the sheet of components: columns, what lies between them, and the height of a caption."""
LONGEST_NAME = 20


def search_figure(fitness: FitnessView) -> Picture:
    """Return fitness by generation with its legend."""
    if not fitness.marks:
        return nothing("Fitness by generation", "Nothing was proposed yet.")
    chart = fitness_chart(fitness, width=WIDE)
    return _with_legend(chart, {one.how for one in fitness.marks}, leader="the leader")


def lineage_figure(lineage: LineageView, fitness: FitnessView) -> Picture:
    """Return the lineage with its legend."""
    if not fitness.marks:
        return nothing("Lineage", "Nothing was proposed yet.")
    chart = lineage_chart(lineage, fitness.marks, width=WIDE)
    return _with_legend(chart, {one.how for one in fitness.marks}, leader="the line to the best")


def learning_figure(curves: Sequence[LearningCurves]) -> Picture:
    """Return how winner, reference and sparse learned on fresh seeds."""
    if not curves:
        return nothing("Learning on fresh seeds", "No training on fresh seeds has ended with a curve yet.")
    return learning_chart(curves, width=WIDE)


def confirmation_figure(fitness: FitnessView) -> Picture:
    """Return the scores on fresh seeds with their intervals."""
    if not fitness.fresh:
        return nothing("Fitness on fresh seeds", "Nothing was confirmed yet.")
    return interval_chart(fitness.fresh, fitness.direction, width=CARD, reference=fitness.reference)


def components_figure(view: ComponentsView | None) -> Picture:
    """Return what each component paid over one training, side by side."""
    if view is None:
        return nothing("Components", "The log holds no curves of its components.")
    captions = [f"{_short(one.name)} · {percent(one.mean_share)} of all" for one in view.components]
    charts = component_charts(view)
    captions = [*["fitness"] * (len(charts) - len(captions)), *captions]
    shapes: list[str] = []
    wide, tall = charts[0].width + GAP, charts[0].height + CAPTION + GAP
    for place, (chart, caption) in enumerate(zip(charts, captions, strict=True)):
        x, y = wide * (place % COLUMNS), tall * (place // COLUMNS)
        shapes += [svg.text(x + 4, y + 13, caption, fill=INK, bold=True), chart.at(x, y + CAPTION)]
    rows = -(-len(charts) // COLUMNS)
    told = (
        f"One training of {view.candidate} ({view.stage} {view.replicate}): mean a step of each component, "
        "below it its share of all that was paid; dashed is the checkpoint whose policy was kept."
    )
    shapes.append(svg.text(4, tall * rows + 8, told, size=11, fill=FAINT))
    return Picture(wide * min(len(charts), COLUMNS), tall * rows + 18, shapes, "Components", told)


def nothing(title: str, words: str) -> Picture:
    """Return what stands where there is nothing to draw."""
    return Picture(CARD, 40.0, [svg.text(8, 25, words, size=14, fill=FAINT)], title, words)


def _short(name: str) -> str:
    """Return a name that fits above its drawing."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _with_legend(chart: Picture, hows: Collection[How], *, leader: str) -> Picture:
    """Return a drawing with what its marks and its thick line mean below it."""
    entries = [(how, words) for how, words in LEGEND.items() if how in hows]
    shapes, x, y = list(chart.shapes), 4.0, chart.height + 14
    for how, words in [*entries, (None, leader)]:
        wide = ENTRY + LETTER * len(words)
        if x + wide > chart.width:
            x, y = 4.0, y + LINE
        sign = svg.line(x, y, x + 16, y, svg.Stroke(ACCENT, "", 2.6)) if how is None else mark(how, x + 8, y)
        shapes += [sign, svg.text(x + 20, y + 4, words, fill=INK)]
        x += wide
    return Picture(chart.width, y + 14, shapes, chart.title, chart.description)
