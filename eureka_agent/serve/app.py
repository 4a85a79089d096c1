"""The dashboard as an ASGI application: which address is answered by what."""

from __future__ import annotations

from pathlib import Path

from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from eureka_agent.serve.answers import nothing_here
from eureka_agent.serve.comparing import Comparing
from eureka_agent.serve.drawings import Drawings
from eureka_agent.serve.feedback import Feedback
from eureka_agent.serve.gate import Door, Gate
from eureka_agent.serve.media import THREADS, Media
from eureka_agent.serve.pages import Pages
from eureka_agent.serve.parts import Renderer
from eureka_agent.serve.runs import Runs
from eureka_agent.serve.static_files import static_file
from eureka_agent.serve.streams import Streams


def dashboard(
    runs: Path | str, door: Door, *, streams: Streams | None = None, drawings: Drawings | None = None
) -> ASGIApp:
    """Return the dashboard of the runs in a folder, for who comes through `door`."""
    renderer = Renderer()
    known = Runs(Path(runs), renderer)
    pages = Pages(known, renderer, streams or Streams())
    feedback = Feedback(known, renderer)
    drawings, threads = drawings or Drawings(), CapacityLimiter(THREADS)
    media = Media(known, renderer, drawings, threads)
    comparing = Comparing(known, renderer, drawings, threads)
    run, candidate = "/run/{run}", "/run/{run}/candidate/{candidate}"
    routes = [
        Route("/", pages.overview),
        Route("/part/{part}", pages.overview_part),
        Route("/stream", pages.overview_stream),
        Route(run, pages.run),
        Route(f"{run}/part/{{part}}", pages.run_part),
        Route(f"{run}/stream", pages.run_stream),
        Route(f"{run}/compare", comparing.compare),
        Route(f"{run}/compare/films", comparing.films),
        Route(f"{run}/question", comparing.question),
        Route(f"{run}/say", feedback.say, methods=["POST"]),
        Route(f"{run}/said/{{message}}", feedback.said),
        Route(f"{run}/best/film.mp4", media.best_film),
        Route(f"{run}/best/films/{{film}}", media.best_film),
        Route(candidate, pages.candidate),
        Route(f"{candidate}/part/{{part}}", pages.candidate_part),
        Route(f"{candidate}/stream", pages.candidate_stream),
        Route(f"{candidate}/picture", media.picture),
        Route(f"{candidate}/sheet", media.sheet),
        Route(f"{candidate}/film", media.film),
        Route("/static/{file}", static_file),
    ]

    async def nothing(_request: Request, error: Exception) -> Response:
        return nothing_here(renderer, error)

    return Gate(Starlette(routes=routes, exception_handlers={HTTPException: nothing}), door)
