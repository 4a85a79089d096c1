"""Contact sheets and films of recorded episodes: drawn when somebody looks, outside the run's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

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


class Media:
    """What an episode looks like."""

    def __init__(self, runs: Runs, renderer: Renderer) -> None:
        self._runs, self._renderer, self._drawings = runs, renderer, Drawings()
        self._threads = CapacityLimiter(THREADS)

    async def compare(self, request: Request) -> Response:
        """Return the page that asks which of two candidates' episodes is better."""
        return await self._waiting(self._compare, request)

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
        return await self._waiting(self._best_film, request)

    async def _waiting(self, work: Callable[..., Response], *given: Any) -> Response:
        """Answer in one of a few threads: whoever waits for a drawing keeps no other page waiting."""
        return await to_thread.run_sync(work, *given, limiter=self._threads)

    def _compare(self, request: Request) -> Response:
        run = run_of(self._runs, request)
        run.refresh()
        names = [request.query_params.get(side, "").strip() for side in ("first", "second")]
        if names[0] == names[1]:
            raise HTTPException(404, "An episode cannot be compared with itself: name two candidates.")
        sides = [self._episode(run, candidate_of(run, name)) for name in names]
        return page(
            self._renderer, "serve/compare.html.j2", run=run, sides=sides, address=run.candidate_address
        )

    def _picture(self, request: Request) -> Response:
        run = run_of(self._runs, request)
        run.refresh()
        episode = self._episode(run, candidate_of(run, request.path_params["candidate"]))
        address, told, error = run.candidate_address(episode.name), "", ""
        try:
            told = self._drawings.drawn(run.folder, run.state.run_id, episode, ".jpg").told
        except EurekaError as problem:
            error = f"There is no picture: {problem}"
        text = self._renderer.page("serve/picture.html.j2", address=address, told=told, error=error)
        return HTMLResponse(text)

    def _file(self, request: Request, suffix: str) -> Response:
        run = run_of(self._runs, request)
        run.refresh()
        episode = self._episode(run, candidate_of(run, request.path_params["candidate"]))
        try:
            return FileResponse(self._drawings.drawn(run.folder, run.state.run_id, episode, suffix).path)
        except EurekaError as error:
            return PlainTextResponse(f"{error}\n", 422)

    def _episode(self, run: ShownRun, name: str) -> Episode:
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


def _is_plain(path: Path, root: Path) -> bool:
    """Tell whether a file lies in a folder by itself, and is not somewhere else by a link."""
    return path.is_file() and path.resolve() == root.resolve() / path.relative_to(root)
