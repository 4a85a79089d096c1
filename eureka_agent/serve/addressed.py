"""Episodes in addresses: which one a query names, and the query that names one, or a pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request

from eureka_agent.serve.episodes import middle_episode
from eureka_agent.serve.shown_run import ShownRun
from eureka_agent.store.said import Episode

SIDES = ("first", "second")
DIGITS = 6
"""Of a number in an address."""
Places = tuple[int, int] | None
"""Number of a training of the search, and of an episode that it recorded."""


def places_of(request: Request, prefix: str = "") -> Places:
    """Return which episode an address names; None for the one of median fitness, where it names none."""
    told = [request.query_params.get(f"{prefix}{part}", "") for part in ("replicate", "number")]
    if not any(told):
        return None
    if not all(text.isascii() and text.isdecimal() and len(text) <= DIGITS for text in told):
        raise HTTPException(404, "An episode is named by the number of its training, and its own.")
    return int(told[0]), int(told[1])


def episode_at(run: ShownRun, name: str, places: Places) -> Episode:
    """Return the episode of a candidate at these places; HTTPException 404 where the middle one is none."""
    if places is not None:
        return Episode(name, *places)
    episode = middle_episode(run.folder, run.state, name)
    if episode is None:
        raise HTTPException(404, f"No episode of {name} is recorded in this run: there is none to look at.")
    return episode


def episode_query(episode: Episode) -> str:
    """Return the query that names an episode of the candidate in the path."""
    return urlencode({"replicate": episode.replicate, "number": episode.number})


def pair_fields(pair: Iterable[Episode]) -> Mapping[str, str | int]:
    """Return the fields of an address, or of a form, that name two episodes."""
    return {
        key: value
        for side, episode in zip(SIDES, pair, strict=True)
        for key, value in (
            (side, episode.name),
            (f"{side}_replicate", episode.replicate),
            (f"{side}_number", episode.number),
        )
    }
