"""One run as its page shows it: its log is followed, and the whole report computed once per change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from markupsafe import Markup

from eureka_agent.api.reporting import Analyses, report_of_state
from eureka_agent.api.runs import RunSummary, status_of, summary_of, unreadable
from eureka_agent.errors import EurekaError, StoreError
from eureka_agent.llm.auto import OFFLINE_MODEL
from eureka_agent.report.html.page import ICONS, values_of
from eureka_agent.report.views.fitness import fitness_view, how, in_order
from eureka_agent.report.views.run import RunReport
from eureka_agent.report.words import counted, cut, duration, figure
from eureka_agent.serve.heard import heard_lines
from eureka_agent.serve.now import Progress, best_so_far
from eureka_agent.serve.parts import Part, Renderer
from eureka_agent.serve.spark import spark
from eureka_agent.store import inbox
from eureka_agent.store.event_types import TrainingCheckpoint
from eureka_agent.store.followed import FollowedLog
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.lock import holder_of
from eureka_agent.store.state import RunState

LEAST_S, SHARE = 1.0, 0.015
"""The report is computed again after this time at the earliest, and so seldom that it takes this share of a
core: the rest is for whoever trains."""
REPORT = (
    "answer", "pictures", "search", "preferences", "learned", "best", "lineage", "components", "failures",
    "effort", "again",
)  # fmt: skip
"""Parts that the page shares with the report; those of its own are cheap, and up to date at once."""


@dataclass(frozen=True)
class Card:
    """A run among others."""

    summary: RunSummary
    best: str
    """Its score with an interval and whence it is."""
    drawn: Markup | None
    """Fitness over generations; None before anything scored."""


def unreadable_card(folder: RunFolder, why: str) -> Card:
    """Return the card of a run that cannot be shown."""
    return Card(unreadable(folder, StoreError(why)), "", None)


class ShownRun:
    """One run; safe from several threads."""

    def __init__(
        self, folder: RunFolder, renderer: Renderer, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.folder, self._renderer, self._clock = folder, renderer, clock
        self.address = f"/run/{quote(folder.name, safe='')}"
        self.analyses: Analyses = {}
        """Of candidates, by name; with `looking` held only."""
        self.candidate_parts: dict[str, tuple[int, Part]] = {}
        """Of candidates that were looked at, with the number of telling events then; likewise."""
        self.looking = threading.Lock()
        self.log = FollowedLog(folder.events)
        self.running: str | None = None
        """Number of the process that works on it."""
        self.telling = 0
        """Events that say more than that a training goes on."""
        self._state: RunState | None = None
        self._progress = Progress()
        self._parts: dict[str, Part] = {}
        self._trouble: str | None = None
        self._shown: object = None
        self._reported: object = None
        self._unreported = ""
        """Why there is no report of that; empty where there is one."""
        self._not_before = 0.0

    @property
    def state(self) -> RunState:
        """What its log says, as of the last `refresh`."""
        return self.log.state

    @property
    def over(self) -> bool:
        """Whether nothing that is said changes it any more."""
        return self.state.confirmation is not None or self.state.finished

    @property
    def read(self) -> bool:
        """Whether a language model reads what is said; the built-in search does not."""
        return self.state.config.get("model") != OFFLINE_MODEL

    def refresh(self) -> Mapping[str, Part]:
        """Take in what was appended to the log, and return all parts."""
        with self.looking:
            trouble = self.catch_up()
            if self.state.config and not trouble:
                self._refresh_cheap()
                trouble = self._report()
            if trouble != self._trouble:
                self._trouble = trouble
                self._parts["trouble"] = self._renderer.part("serve/trouble.html.j2", trouble=trouble)
            return dict(self._parts)

    def catch_up(self) -> str:
        """Take in what was appended to the log; return what is wrong with it. With `looking` held."""
        try:
            new = self.log.catch_up()
        except StoreError as error:
            return str(error)
        if self.log.state is not self._state:  # another log lies there
            self._state, self._progress, self.analyses = self.log.state, Progress(), {}
            self._shown, self._reported, self.telling, self.candidate_parts = None, None, 0, {}
            self._unreported = ""
        self._progress.take(new)
        self.telling += sum(not isinstance(event, TrainingCheckpoint) for event in new)
        self.running = holder_of(self.folder.root)
        return (
            "" if self.state.config else f"Run {self.folder.name} has not begun: its log holds no settings."
        )

    def card(self) -> Card:
        """Return what stands of it among other runs."""
        with self.looking:
            trouble = self.catch_up()
            if trouble and not self.state.config:
                return unreadable_card(self.folder, trouble)
            fitness = fitness_view(self.state)
            scored = any(one.fitness is not None for one in fitness.marks)
            named = f"spark-{Part.of(self.folder.name).version}"
            drawn = Markup(spark(fitness).inline(named)) if scored else None
            return Card(summary_of(self.folder, self.state), best_so_far(self.state)[1], drawn)

    def candidate_address(self, name: str) -> str:
        """Return where the page of a candidate is."""
        return f"{self.address}/candidate/{quote(name, safe='')}"

    def _refresh_cheap(self) -> None:
        key = (self.log.number, self.running, inbox.mark(self.folder))
        if key != self._shown:
            self._parts |= self._cheap()
            self._shown = key

    def _cheap(self) -> dict[str, Part]:
        state = self.state
        best, score = best_so_far(state)
        render = self._renderer.part
        return {
            "now": render(
                "serve/now.html.j2", run=self, state=state, progress=self._progress, best=best, score=score,
                status=status_of(state, self.running),
                of=state.facts.env_steps if state.facts else 0, address=self.candidate_address,
                stage=_STAGES, duration=duration, figure=figure, counted=counted,
                candidates=[(one, how(one, _winner(state))) for one in in_order(state)],
                vetoed=state.feedback.vetoed, pinned=state.feedback.pinned, icons=ICONS,
            ),
            "said": self.said(),
            "names": render("serve/names.html.j2", names=list(state.candidates)),
            "taken": render("serve/taken.html.j2", run=self),
        }  # fmt: skip

    def said(self, about: str | None = None) -> Part:
        """Return the list of what was said, of all or about one candidate. With `looking` held."""
        lines = [
            line
            for line in heard_lines(self.folder, self.state)
            if about is None or about in line.about or not line.about
        ]
        return self._renderer.part(
            "serve/said.html.j2", run=self, lines=lines, about=about, address=self.candidate_address
        )

    def _report(self) -> str:
        """Compute the report if it changed and it is time; return why it cannot be."""
        key = (self.telling, self.running)
        early = self._clock() < self._not_before
        if key == self._reported:
            wait = early or not self._unreported  # what was wrong may be mended without a word in the log
        else:
            wait = early and not (self.state.finished and self.running is None)
        if wait:
            return self._unreported
        begun = time.thread_time()
        try:
            self._render_report()
            self._unreported = ""
        except EurekaError as error:
            self._unreported = str(error)
        self._reported = key
        self._not_before = self._clock() + max(LEAST_S, (time.thread_time() - begun) / SHARE)
        return self._unreported

    def _render_report(self) -> None:
        report = report_of_state(self.folder, self.state, self.log.start, self.analyses)
        values = values_of(self._with_addresses(report), self.candidate_address)
        for name in REPORT:
            self._parts[name] = self._renderer.part(f"report/{name}.html.j2", **values)

    def _with_addresses(self, report: RunReport) -> RunReport:
        """Return a report whose films are addresses of this dashboard."""
        drawn = report.pictures
        if drawn is None:
            return report
        film = f"{self.address}/{drawn.film}" if drawn.film else ""
        others = tuple((name, f"{self.address}/{path}") for name, path in drawn.other_films)
        return replace(report, pictures=replace(drawn, film=film, other_films=others))


_STAGES = {"search": "search", "choose": "choosing a finalist", "confirm": "fresh seeds"}


def _winner(state: RunState) -> str | None:
    return state.confirmation.winner if state.confirmation else None


def title_of(state: RunState) -> tuple[str, str]:
    """Return a run's task and its description, as far as its log tells them."""
    facts = state.facts
    return (cut(facts.task, 100), cut(facts.description, 2_000)) if facts else ("", "")
