"""Contact sheets and films of recorded episodes: drawn when somebody looks, outside the run's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)

from eureka_agent.api.asking import questions
from eureka_agent.errors import EurekaError, StoreError
from eureka_agent.files import refuse_links
from eureka_agent.serve.answers import candidate_of, page, run_of
from eureka_agent.serve.drawings import Drawings
from eureka_agent.serve.episodes import middle_episode
from eureka_agent.serve.parts import Renderer
from eureka_agent.serve.runs import Runs
from eureka_agent.serve.shown_run import ShownRun
from eureka_agent.store.said import Episode

THREADS = 4
DIGITS = 6
"""Of a number in an address."""
SIDES = ("first", "second")
Places = tuple[int, int] | None
"""Number of a training of the search, and of an episode that it recorded."""


class Media:
    """What an episode looks like."""

    def __init__(self, runs: Runs, renderer: Renderer, drawings: Drawings) -> None:
        self._runs, self._renderer, self._drawings = runs, renderer, drawings
        self._threads = CapacityLimiter(THREADS)

    async def compare(self, request: Request) -> Response:
        """Return the page that asks which of two candidates' episodes is better."""
        return await run_in_threadpool(self._compare, request)

    async def question(self, request: Request) -> Response:
        """Lead to the pair of episodes whose comparison would tell most of what people prefer."""
        return await run_in_threadpool(self._question, request)

    async def picture(self, request: Request) -> Response:
        """Return the piece of a page with a candidate's contact sheet, or why there is none."""
        return await self._waiting(self._picture, request)

    async def sheet(self, request: Request) -> Response:
        """Return a candidate's contact sheet."""
        return await self._waiting(self._file, request, ".jpg")

    async def film(self, request: Request) -> Response:
        """Return the film of a candidate's episode."""
        return await self._waiting(self._file, request, self._drawings.film_suffix)

    async def best_film(self, request: Request) -> Response:
        """Return a film that the run made of its best."""
        return await run_in_threadpool(self._best_film, request)

    async def _waiting(self, work: Callable[..., Response], *given: Any) -> Response:
        """Draw in one of a few threads: whoever waits for a drawing keeps no other page waiting."""
        return await to_thread.run_sync(work, *given, limiter=self._threads)

    def _compare(self, request: Request) -> Response:
        run = run_of(self._runs, request)
        run.refresh()
        names = {side: request.query_params.get(side, "").strip() for side in SIDES}
        numbered = {side: _places(request, f"{side}_") for side in SIDES}
        if len({(names[side], numbered[side]) for side in SIDES}) < len(SIDES):
            raise HTTPException(404, "An episode cannot be compared with itself: name two candidates.")
        sides = [self._episode(run, candidate_of(run, names[side]), numbered[side]) for side in SIDES]
        return page(
            self._renderer, "serve/compare.html.j2",
            run=run, sides=sides, address=run.candidate_address, middle=not any(numbered.values()),
        )  # fmt: skip

    def _question(self, request: Request) -> Response:
        run = run_of(self._runs, request)
        try:
            found = questions(run.folder.root, count=1)
        except EurekaError as error:
            raise HTTPException(404, f"There is nothing to ask about: {error.what}") from error
        if not found:
            raise HTTPException(404, "There is no pair of recorded episodes left to ask about.")
        told = {
            key: value
            for side, episode in zip(SIDES, found[0], strict=True)
            for key, value in (
                (side, episode.name),
                (f"{side}_replicate", episode.replicate),
                (f"{side}_number", episode.number),
            )
        }
        return RedirectResponse(f"{run.address}/compare?{urlencode(told)}", 303)

    def _picture(self, request: Request) -> Response:
        run = run_of(self._runs, request)
        run.refresh()
        places = _places(request)
        episode = self._episode(run, candidate_of(run, request.path_params["candidate"]), places)
        address, told, error = run.candidate_address(episode.name), "", ""
        try:
            told = self._drawings.drawn(run.folder, run.state.run_id, episode, ".jpg").told
        except EurekaError as problem:
            error = f"There is no picture: {problem}"
        text = self._renderer.page(
            "serve/picture.html.j2",
            address=address,
            told=told,
            error=error,
            episode=episode,
            middle=not places,
        )
        return HTMLResponse(text)

    def _file(self, request: Request, suffix: str) -> Response:
        run = run_of(self._runs, request)
        run.refresh()
        episode = self._episode(run, candidate_of(run, request.path_params["candidate"]), _places(request))
        try:
            return FileResponse(self._drawings.drawn(run.folder, run.state.run_id, episode, suffix).path)
        except EurekaError as error:
            return PlainTextResponse(f"{error}\n", 422)

    def _episode(self, run: ShownRun, name: str, places: Places = None) -> Episode:
        if places is not None:
            return Episode(name, *places)
        episode = middle_episode(run.folder, run.state, name)
        if episode is None:
            raise HTTPException(
                404, f"No episode of {name} is recorded in this run: there is none to look at."
            )
        return episode

    def _best_film(self, request: Request) -> Response:
        run = run_of(self._runs, request)
        name = request.path_params.get("film", "")
        try:
            refuse_links(run.folder.best_film.parent)
            path = run.folder.other_film(name.removesuffix(".mp4")) if name else run.folder.best_film
        except StoreError as error:
            raise HTTPException(404, f"There is no such film: {error.what}.") from error
        if not _is_plain(path, run.folder.root):
            raise HTTPException(404, "There is no such film.")
        return FileResponse(path, media_type="video/mp4")


def _places(request: Request, prefix: str = "") -> Places:
    """Return which episode an address names; None for the one of median fitness, where it names none."""
    told = [request.query_params.get(f"{prefix}{part}", "") for part in ("replicate", "number")]
    if not any(told):
        return None
    if not all(text.isascii() and text.isdecimal() and len(text) <= DIGITS for text in told):
        raise HTTPException(404, "An episode is named by the number of its training, and its own.")
    return int(told[0]), int(told[1])


def _is_plain(path: Path, root: Path) -> bool:
    """Tell whether a file lies in a folder by itself, and is not somewhere else by a link."""
    return path.is_file() and path.resolve() == root.resolve() / path.relative_to(root)
