"""Contact sheets and films of recorded episodes: drawn when somebody looks, outside the run's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from eureka_agent.errors import EurekaError, StoreError
from eureka_agent.files import refuse_links
from eureka_agent.serve.addressed import episode_at, places_of
from eureka_agent.serve.answers import candidate_of, run_of
from eureka_agent.serve.drawings import Drawings
from eureka_agent.serve.parts import Renderer
from eureka_agent.serve.runs import Runs

THREADS = 4
"""In which drawings are waited for: whoever waits keeps no other page waiting."""


class Media:
    """What an episode looks like."""

    def __init__(self, runs: Runs, renderer: Renderer, drawings: Drawings, threads: CapacityLimiter) -> None:
        self._runs, self._renderer, self._drawings, self._threads = runs, renderer, drawings, threads

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
        """Draw in one of a few threads."""
        return await to_thread.run_sync(work, *given, limiter=self._threads)

    def _picture(self, request: Request) -> Response:
        run = run_of(self._runs, request)
        run.refresh()
        places = places_of(request)
        episode = episode_at(run, candidate_of(run, request.path_params["candidate"]), places)
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
        episode = episode_at(run, candidate_of(run, request.path_params["candidate"]), places_of(request))
        try:
            return FileResponse(self._drawings.drawn(run.folder, run.state.run_id, episode, suffix).path)
        except EurekaError as error:
            return PlainTextResponse(f"{error}\n", 422)

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


def _is_plain(path: Path, root: Path) -> bool:
    """Tell whether a file lies in a folder by itself, and is not somewhere else by a link."""
    return path.is_file() and path.resolve() == root.resolve() / path.relative_to(root)
