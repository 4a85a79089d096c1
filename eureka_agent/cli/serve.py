"""`serve`: runs as live pages in a browser."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from eureka_agent.cli.options import Runs
from eureka_agent.errors import ConfigError

NEEDED = ("starlette", "uvicorn")


def serve(
    runs: Runs = Path("runs"),
    port: Annotated[int, typer.Option(help="Port that it listens on; 0: any that is free.")] = 8765,
    host: Annotated[
        str,
        typer.Option(help="Address that it listens on; others than this machine's own are your decision."),
    ] = "127.0.0.1",
) -> None:
    """Show runs as live pages in a browser, and take what people say to them."""
    check_installed()
    from eureka_agent.serve.server import serve as begin

    begin(runs, host=host, port=port, tell=typer.echo)


def check_installed(needed: Sequence[str] = NEEDED) -> None:
    """Raise ConfigError where what the dashboard stands on is not installed."""
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"The dashboard needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not "
            "installed.",
            fix="Install the extra: pip install 'eureka-agent[dashboard]'.",
        )
