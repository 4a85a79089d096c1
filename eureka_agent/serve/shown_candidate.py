"""One candidate of a run as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping

from eureka_agent.api.reporting import look_at
from eureka_agent.report.html.curve_charts import learning_chart
from eureka_agent.report.html.page import ICONS, Drawing, components_drawn, difference_lines
from eureka_agent.report.views.candidate import candidate_view
from eureka_agent.report.words import figure, signed
from eureka_agent.serve.episodes import recorded
from eureka_agent.serve.parts import Part, Renderer
from eureka_agent.serve.shown_run import ShownRun

CARD = 600.0


class ShownCandidate:
    """One candidate; LookupError where the run has none of that name."""

    def __init__(self, run: ShownRun, name: str, renderer: Renderer) -> None:
        self.run, self.name, self._renderer = run, name, renderer

    def refresh(self) -> Mapping[str, Part]:
        """Take in what was appended to the log, and return all parts."""
        parts = self.run.refresh()
        with self.run.looking:
            shown = {name: parts[name] for name in ("trouble", "taken", "names") if name in parts}
            if self.name in self.run.state.candidates:
                shown["candidate"] = self._candidate()
                shown["said"] = self.run.said(self.name)
            return shown

    def _candidate(self) -> Part:
        kept = self.run.candidate_parts.get(self.name)
        if kept is not None and kept[0] == self.run.telling:
            return kept[1]
        part = self._drawn()
        self.run.candidate_parts[self.name] = (self.run.telling, part)
        return part

    def _drawn(self) -> Part:
        state, run = self.run.state, self.run
        found = look_at(run.folder, state, self.name, run.analyses)
        view = candidate_view(state, self.name, found)
        learning = view.learning
        return self._renderer.part(
            "serve/candidate_part.html.j2",
            run=run, one=view, step=view.step, address=run.candidate_address, icons=ICONS, figure=figure,
            signed=signed, difference=difference_lines,
            learned=None if learning is None else Drawing.of(
                lambda width: learning_chart([learning], width=width, seeds="seeds of the search"),
                "learned", CARD,
            ),
            charts=components_drawn(view.components),
            vetoed=self.name in state.feedback.vetoed, pinned=self.name in state.feedback.pinned,
            recorded=bool(recorded(run.folder, state, self.name)),
        )  # fmt: skip
