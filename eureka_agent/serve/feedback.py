"""What people say through forms: left in the run's inbox, and what the run did with it."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from eureka_agent.errors import StoreError
from eureka_agent.serve.answers import candidate_of, page, run_of, wants_piece
from eureka_agent.serve.body import FormError, form_of
from eureka_agent.serve.forms import Fields, said_of
from eureka_agent.serve.parts import Renderer
from eureka_agent.serve.runs import Runs
from eureka_agent.serve.shown_run import ShownRun
from eureka_agent.store import inbox
from eureka_agent.store.inbox import InboxFullError
from eureka_agent.store.lock import holder_of
from eureka_agent.store.said import candidates_of

OVER = "This run is over: nothing that is said changes it any more. Say it to the next one."


class Feedback:
    """Leaves messages; the process that works on a run is the only one that writes its log."""

    def __init__(self, runs: Runs, renderer: Renderer) -> None:
        self._runs, self._renderer = runs, renderer

    async def say(self, request: Request) -> Response:
        """Leave what a form says, and tell what became of it so far."""
        run = await run_in_threadpool(run_of, self._runs, request)
        try:
            fields = await form_of(request)
            message = await run_in_threadpool(_leave, run, fields)
        except FormError as error:
            return self._told(request, run, error.status, error=str(error))
        if not wants_piece(request):
            return RedirectResponse(f"{run.address}/said/{message}", 303)
        return await run_in_threadpool(self._became, request, run, message)

    async def said(self, request: Request) -> Response:
        """Tell what the run did with a message."""
        run = await run_in_threadpool(run_of, self._runs, request)
        return await run_in_threadpool(self._became, request, run, request.path_params["message"])

    def _became(self, request: Request, run: ShownRun, message: str) -> Response:
        with run.looking:
            run.catch_up()
        running = holder_of(run.folder.root)
        return self._told(
            request, run, message=message,
            waiting=inbox.is_waiting(run.folder, message),
            answer=inbox.answer_to(run.folder, message),
            running=running, too_late=run.over and not running,
        )  # fmt: skip

    def _told(self, request: Request, run: ShownRun, status: int = 200, **given: Any) -> Response:
        values = {"run": run, "error": "", "answer": None, "waiting": False, "message": "", "running": None}
        values["too_late"] = False
        values |= given
        if wants_piece(request):
            text = self._renderer.page("serve/told.html.j2", **values)
            return HTMLResponse(text, status)
        return page(self._renderer, "serve/told_page.html.j2", status, **values)


def _leave(run: ShownRun, fields: Fields) -> str:
    """Leave what a form says, and return the message's name; FormError where it is not taken."""
    with run.looking:
        if trouble := run.catch_up():
            raise FormError(f"Nothing was taken: {trouble}", 503)
        if run.over:
            raise FormError(OVER, 409)
        said = said_of(fields)
        try:
            for name in candidates_of(said):
                candidate_of(run, name)
        except HTTPException as error:
            raise FormError(error.detail, 422) from error
    try:
        return inbox.leave(run.folder, said, "dashboard")
    except InboxFullError as error:
        raise FormError(f"Nothing was taken: {error}.", 503) from error
    except StoreError as error:
        raise FormError(f"Nothing was taken: {error}", 503) from error
