"""The style and the scripts of the pages: a few files, known by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from eureka_agent.resources import bundled_folders

_HERE = Path(__file__).parent / "static"
SCRIPTS = ("htmx.min.js", "dashboard.js", "films.js")
_STYLES = ("report/style.css", "serve/dashboard.css")


async def static_file(request: Request) -> Response:
    """Return one of them; 404 for any other name."""
    name = request.path_params["file"]
    if name == "style.css":
        return Response(_style(), media_type="text/css")
    if name in SCRIPTS:
        return Response(_script(name), media_type="text/javascript")
    raise HTTPException(404)


@cache
def _style() -> str:
    folders = bundled_folders("templates")
    found = (next(folder / name for folder in folders if (folder / name).is_file()) for name in _STYLES)
    return "\n".join(path.read_text() for path in found)


@cache
def _script(name: str) -> bytes:
    return (_HERE / name).read_bytes()
