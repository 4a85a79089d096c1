"""Two recorded episodes beside each other: their contact sheets, films of both, and which is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from eureka_agent.api.asking import questions
from eureka_agent.errors import EurekaError
from eureka_agent.serve.addressed import SIDES, episode_at, episode_query, pair_fields, places_of
from eureka_agent.serve.answers import candidate_of, page, run_of
from eureka_agent.serve.drawings import Drawings
from eureka_agent.serve.episodes import beginning_of, begins_alike
from eureka_agent.serve.parts import Renderer
from eureka_agent.serve.runs import Runs
from eureka_agent.serve.shown_run import ShownRun
from eureka_agent.store.said import Episode
from eureka_agent.training.video import INSTALL


@dataclass(frozen=True)
class Side:
    """What a page shows of one of the two episodes."""

    episode: Episode
    candidate: str
    """Address of the candidate's page."""
    query: str
    """Names the episode in the addresses of its pictures; empty for the one of median fitness."""
    filmed: bool = False
    """Its film is shown, and the contact sheet only until that is there."""
    told: str = ""
    """What the contact sheet shows, in words."""
    trouble: str = ""
    """Why there is no film."""

    @property
    def sheet(self) -> str:
        """Address of its contact sheet."""
        return f"{self.candidate}/sheet{self.query}"

    @property
    def film(self) -> str:
        """Address of its film."""
        return f"{self.candidate}/film{self.query}"

    @property
    def picture(self) -> str:
        """Address of the piece of a page with its contact sheet."""
        return f"{self.candidate}/picture{self.query}"


class Comparing:
    """Asks which of two is better."""

    def __init__(self, runs: Runs, renderer: Renderer, drawings: Drawings, threads: CapacityLimiter) -> None:
        self._runs, self._renderer, self._drawings, self._threads = runs, renderer, drawings, threads

    async def compare(self, request: Request) -> Response:
        """Return the page that asks which of two candidates' episodes is better."""
        return await run_in_threadpool(self._compare, request)

    async def question(self, request: Request) -> Response:
        """Lead to the pair of episodes whose comparison would tell most of what people prefer."""
        return await run_in_threadpool(self._question, request)

    async def films(self, request: Request) -> Response:
        """Film both, one after the other, and return the piece of the page that shows them."""
        return await to_thread.run_sync(self._films, request, limiter=self._threads)

    def _compare(self, request: Request) -> Response:
        run, pair, middle = self._asked(request)
        filmed = "films" in request.query_params  # without a script: each is drawn when a browser asks for it
        sides = [_side(run, episode, middle=middle, filmed=filmed) for episode in pair]
        return page(
            self._renderer, "serve/compare.html.j2",
            run=run, sides=sides, fields=pair_fields(pair), middle=middle, beginnings=_beginnings(run, pair),
            **self._shown(filmed=filmed),
        )  # fmt: skip

    def _films(self, request: Request) -> Response:
        run, pair, _ = self._asked(request)
        sides = [self._filmed(run, episode) for episode in pair]
        return HTMLResponse(
            self._renderer.page(
                "serve/pair.html.j2",
                run=run,
                sides=sides,
                fields=pair_fields(pair),
                **self._shown(filmed=True),
            )
        )

    def _question(self, request: Request) -> Response:
        run = run_of(self._runs, request)
        try:
            found = questions(run.folder.root, count=1)
        except EurekaError as error:
            raise HTTPException(404, f"There is nothing to ask about: {error.what}") from error
        if not found:
            raise HTTPException(404, "There is no pair of recorded episodes left to ask about.")
        return RedirectResponse(_address(run, tuple(found[0])), 303)

    def _asked(self, request: Request) -> tuple[ShownRun, Sequence[Episode], bool]:
        """Return a run, two of its episodes, and whether the address named their candidates only."""
        run = run_of(self._runs, request)
        run.refresh()
        names = {side: request.query_params.get(side, "").strip() for side in SIDES}
        places = {side: places_of(request, f"{side}_") for side in SIDES}
        if len({(names[side], places[side]) for side in SIDES}) < len(SIDES):
            raise HTTPException(404, "An episode cannot be compared with itself: name two candidates.")
        pair = [episode_at(run, candidate_of(run, names[side]), places[side]) for side in SIDES]
        return run, pair, not any(places.values())

    def _filmed(self, run: ShownRun, episode: Episode) -> Side:
        """Film an episode; where that cannot be done its contact sheet stays."""
        plain = _side(run, episode, middle=False)
        try:
            sheet, _ = (
                self._drawings.drawn(run.folder, run.state.run_id, episode, suffix)
                for suffix in (".jpg", self._drawings.film_suffix)
            )
        except EurekaError as error:
            return replace(plain, trouble=f"There is no film: {error}")
        return replace(plain, filmed=True, told=sheet.told)

    def _shown(self, *, filmed: bool) -> dict[str, Any]:
        """Return whether films were asked for, whether they play in step, and what is needed where not."""
        return {"filmed": filmed, "playable": self._drawings.film_suffix == ".mp4", "install": INSTALL}


def _side(run: ShownRun, episode: Episode, *, middle: bool, filmed: bool = False) -> Side:
    query = "" if middle else f"?{episode_query(episode)}"
    return Side(episode, run.candidate_address(episode.name), query, filmed)


def _address(run: ShownRun, pair: Sequence[Episode]) -> str:
    """Return the address of the page that compares two episodes."""
    return f"{run.address}/compare?{urlencode(pair_fields(pair))}"


@dataclass(frozen=True)
class Beginnings:
    """Whether two episodes begin in the same state."""

    alike: bool | None
    """None where a recording does not say."""
    others: str = ""
    """Address of a pair of the same candidates that does; empty where there is none."""


def _beginnings(run: ShownRun, pair: Sequence[Episode]) -> Beginnings:
    """Return whether two episodes begin alike, and where they do not, which would."""
    first, second = pair
    begun = [beginning_of(run.folder, run.state, episode) for episode in pair]
    if None in begun:
        return Beginnings(None)
    if begun[0] == begun[1]:
        return Beginnings(alike=True)
    other = begins_alike(run.folder, run.state, first, second.name)
    return Beginnings(alike=False, others="" if other is None else _address(run, (first, other)))
