"""The pages: all runs, one run, one candidate; each whole, in parts, and as a stream of what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from eureka_agent.report.conclusion import best_of
from eureka_agent.serve.answers import candidate_of, page, problem, run_of
from eureka_agent.serve.parts import Live, Part, Renderer
from eureka_agent.serve.runs import Runs
from eureka_agent.serve.shown_candidate import ShownCandidate
from eureka_agent.serve.shown_run import REPORT, ShownRun, title_of
from eureka_agent.serve.streams import MOST, Streams
from eureka_agent.store.said import CONCERNS

_CALLED = {
    "wish": "a wish",
    "unsafe": "about safety: what it does is unsafe",
    "failed": "about the task: it is not done",
    "ugly": "about the manner: it is ugly",
    "slow": "about the pace: it is slow",
}


class Pages:
    """Everything that is looked at."""

    def __init__(self, runs: Runs, renderer: Renderer, streams: Streams) -> None:
        self._runs, self._renderer, self._streams = runs, renderer, streams

    async def overview(self, _request: Request) -> Response:
        """Return the page of all runs."""
        parts = await run_in_threadpool(self._runs.refresh)
        return page(self._renderer, "serve/overview.html.j2", parts=parts, base="")

    async def overview_part(self, request: Request) -> Response:
        """Return a part of it."""
        return self._part(await run_in_threadpool(self._runs.refresh), request, "")

    async def overview_stream(self, _request: Request) -> Response:
        """Tell what changes there."""
        return self._stream("/", self._runs)

    async def run(self, request: Request) -> Response:
        """Return the page of a run."""
        return await run_in_threadpool(self._run, request)

    async def run_part(self, request: Request) -> Response:
        """Return a part of it."""
        run = await run_in_threadpool(run_of, self._runs, request)
        return self._part(await run_in_threadpool(run.refresh), request, run.address)

    async def run_stream(self, request: Request) -> Response:
        """Tell what changes there."""
        run = await run_in_threadpool(run_of, self._runs, request)
        return self._stream(run.address, run)

    async def candidate(self, request: Request) -> Response:
        """Return the page of a candidate."""
        return await run_in_threadpool(self._candidate, request)

    async def candidate_part(self, request: Request) -> Response:
        """Return a part of it."""
        shown, parts = await run_in_threadpool(self._shown, request)
        return self._part(parts, request, shown.run.candidate_address(shown.name))

    async def candidate_stream(self, request: Request) -> Response:
        """Tell what changes there."""
        shown, _ = await run_in_threadpool(self._shown, request)
        return self._stream(shown.run.candidate_address(shown.name), shown)

    def _run(self, request: Request) -> Response:
        run = run_of(self._runs, request)
        parts = run.refresh()
        with run.looking:
            values = _values(run)
        if "now" not in parts:
            return problem(self._renderer, f"Run {run.folder.name}", str(_trouble(run)), 503)
        return page(self._renderer, "serve/run.html.j2", parts=parts, base=run.address, **values)

    def _candidate(self, request: Request) -> Response:
        shown, parts = self._shown(request)
        run = shown.run
        with run.looking:
            candidate, best = run.state.candidates[shown.name], best_of(run.state)[0]
            names = candidate.evaluations[0].components if candidate.evaluations else ()
            others = [
                name for name in (best, *candidate.parents, *run.state.candidates) if name != shown.name
            ]
        return page(
            self._renderer, "serve/candidate.html.j2", run=run, candidate=shown.name, parts=parts,
            base=run.candidate_address(shown.name), concerns=_concerns(), components=names,
            other=next((name for name in others if name), None),
        )  # fmt: skip

    def _shown(self, request: Request) -> tuple[ShownCandidate, Mapping[str, Part]]:
        run = run_of(self._runs, request)
        shown = ShownCandidate(run, request.path_params["candidate"], self._renderer)
        parts = shown.refresh()
        candidate_of(run, shown.name)
        return shown, parts

    def _part(self, parts: Mapping[str, Part], request: Request, base: str) -> Response:
        name = request.path_params["part"]
        if name not in parts:
            raise HTTPException(404)
        return HTMLResponse(
            self._renderer.page("serve/one_part.html.j2", live_name=name, parts=parts, base=base)
        )

    def _stream(self, address: str, live: Live) -> Response:
        if stream := self._streams.response(address, live):
            return stream
        words = f"{MOST} pages are live at a time: close one of them, then reload this one.\n"
        return PlainTextResponse(words, 503, {"retry-after": "30"})


def _values(run: ShownRun) -> dict[str, Any]:
    """Return what the page of a run says beside its parts."""
    state = run.state
    title, description = title_of(state)
    best = best_of(state)[0]
    trained = [one.id for one in state.candidates.values() if one.evaluations]
    best = best or next(iter(trained), None)
    evaluations = state.candidates[best].evaluations if best else ()
    return {
        "run": run,
        "title": title,
        "description": description,
        "best": best,
        "second": next((name for name in reversed(trained) if name != best), None),
        "components": evaluations[0].components if evaluations else (),
        "concerns": _concerns(),
        "report": REPORT,
    }


def _concerns() -> list[tuple[str, str]]:
    return [(concern, _CALLED[concern]) for concern in CONCERNS]


def _trouble(run: ShownRun) -> str:
    with run.looking:
        return run.catch_up() or f"Run {run.folder.name} cannot be shown."
