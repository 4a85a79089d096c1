"""Answers in HTML: pages, pieces of pages, and what to say where there is nothing to show."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from eureka_agent._version import __version__
from eureka_agent.errors import did_you_mean
from eureka_agent.serve.parts import Renderer
from eureka_agent.serve.runs import Runs
from eureka_agent.serve.shown_run import ShownRun


def page(renderer: Renderer, template: str, status: int = 200, **values: Any) -> Response:
    """Return a page."""
    return HTMLResponse(renderer.page(template, version=__version__, **values), status)


def problem(renderer: Renderer, what: str, words: str, status: int) -> Response:
    """Return a page that says why there is no other."""
    return page(renderer, "serve/problem.html.j2", status, what=what, words=words)


def nothing_here(renderer: Renderer, error: Exception) -> Response:
    """Return the page for an address that leads nowhere; `error` says more where somebody knew more."""
    assert isinstance(error, HTTPException)
    known = {404: "There is no such page", 405: "This cannot be done here"}
    words = error.detail if error.detail.endswith(".") else "The address leads nowhere in this dashboard."
    return problem(renderer, known.get(error.status_code, "No"), words, error.status_code)


def run_of(runs: Runs, request: Request) -> ShownRun:
    """Return the run that an address names, up to date; HTTPException 404 for the name of none.

    Called in a worker thread: it reads files.
    """
    name = request.path_params["run"]
    run = runs.shown(name)
    if run is None:
        raise HTTPException(404, f"There is no run {name[:100]} in {runs.root}: it was moved, or deleted.")
    return run


def candidate_of(run: ShownRun, name: str) -> str:
    """Return the name of a candidate of a run; HTTPException 404 for what is none."""
    known = list(run.state.candidates)
    if name not in run.state.candidates:
        near = did_you_mean(name, known)
        there = ", ".join(known[-8:]) or "none yet"
        raise HTTPException(404, f"There is no candidate {name[:40]} in this run.{near} There are {there}.")
    return name


def wants_piece(request: Request) -> bool:
    """Tell whether a script asks for a piece of a page, and no browser for a whole one."""
    return request.headers.get("hx-request") == "true"
