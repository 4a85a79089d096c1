"""What a shell offers when a person presses tab: names of tasks, runs, candidates and models.

It waits for the answer, so this looks at names of folders only and imports nothing heavy; what cannot be
looked at has no names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer

from eureka_agent.resources import resource_folders

MODELS = ("auto", "search", "openai/", "anthropic/", "azure/", "local:", "manual", "replay:")
"""How a name after `--model` begins; `llm/registry.py` says what may follow."""
_LATEST = "latest"
_PLAIN = re.compile(r"[A-Za-z0-9_.+-]+")
"""Names that a shell takes as they are: a folder may be called anything, also what it would execute."""

Completer = Callable[[typer.Context, str], list[str]]


def _names(found: Callable[[typer.Context], Iterable[str]]) -> Completer:
    """Return a completer that offers those names that go on as a person began; none that cannot be read."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            return [name for name in found(ctx) if name.startswith(incomplete)]
        except OSError:
            return []

    return complete


@_names
def tasks(ctx: typer.Context) -> list[str]:
    """Offer the tasks of all folders that are searched."""
    return _tasks(ctx)


@_names
def runs(ctx: typer.Context) -> list[str]:
    """Offer `latest` and the runs in `--runs`, the newest first."""
    return _runs(ctx)


@_names
def runs_or_tasks(ctx: typer.Context) -> list[str]:
    """Offer the runs, and the tasks after them."""
    return [*_runs(ctx), *_tasks(ctx)]


@_names
def candidates(ctx: typer.Context) -> list[str]:
    """Offer the candidates of the run that was named."""
    return [name for name in _trained(ctx) if name[0].isdigit()]


@_names
def candidates_and_baselines(ctx: typer.Context) -> list[str]:
    """Offer whatever has been trained in the run that was named."""
    return _trained(ctx)


@_names
def models(ctx: typer.Context) -> Iterable[str]:
    """Offer the beginnings of models' names."""
    return MODELS


def completer_of(name: str, kind: Any) -> Completer | None:
    """Return what completes a declared option, by its name or by the values that its type lists."""
    if name in ("model", "critic_model", "analyzer_model"):
        return models
    if name == "after":
        return runs
    if get_origin(kind) is Literal:
        values = [value for value in get_args(kind) if isinstance(value, str)]
        return _names(lambda ctx: values)
    return None


def _tasks(ctx: typer.Context) -> list[str]:
    folders = resource_folders("envs", ctx.params.get("envs"))
    found = {path.parent.name for folder in folders for path in folder.glob("*/task.toml")}
    return sorted(name for name in found if _PLAIN.fullmatch(name))


def _runs(ctx: typer.Context) -> list[str]:
    names = [path.name for path in _folders(ctx) if _PLAIN.fullmatch(path.name)]
    return [_LATEST, *names] if names else []


def _folders(ctx: typer.Context) -> list[Path]:
    """Return the run folders, the newest first, as `store/layout.py` does, which takes long to import."""
    logs = (ctx.params.get("runs") or Path("runs")).glob("*/events.jsonl")
    return [log.parent for log in sorted(logs, key=lambda log: log.stat().st_mtime, reverse=True)]


def _trained(ctx: typer.Context) -> list[str]:
    """Return the names of what was proposed or trained in a run."""
    name = ctx.params.get("run") or _LATEST
    known = _folders(ctx)
    named = [path for path in known if path.name == name] or [p for p in known if p.name.startswith(name)]
    root = known[:1] if name == _LATEST else named or [Path(name)]
    if len(root) != 1:
        return []
    found = (path.name for path in (root[0] / "candidates").iterdir())
    return sorted(one for one in found if _PLAIN.fullmatch(one))
