"""The process that draws one episode: `main('<order as JSON>')`, once in a process of its own.

It loads the run's task, which for a run that is not one's own takes consent that no page can give.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from eureka_agent.api.consent import Consent
from eureka_agent.api.resuming import resumable
from eureka_agent.errors import EurekaError, StoreError
from eureka_agent.report.films.best import titled
from eureka_agent.report.films.making import FilmOrder, film_episodes
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.trajectories.files import FILE, read_trajectories

_NICE = 10
"""Whoever trains comes first."""


def drawn(order: dict[str, Any]) -> str:
    """Draw what was ordered; return what it shows in words."""
    folder, path, episode = RunFolder(Path(order["folder"])), Path(order["path"]), order["episode"]
    state = RunState.of(read_events(folder.events))
    model, address = (state.config.get(key) for key in ("model", "base_url"))
    task, _ = resumable(folder, state, Consent(model=model, base_url=address))
    training = folder.training(episode["name"], "search", episode["replicate"])
    recorded = read_trajectories(training / FILE)
    if episode["number"] >= len(recorded):
        raise StoreError(f"Episode {episode['number']} of {episode['name']} is not recorded any more.")
    is_sheet = path.suffix == ".jpg"
    plain = FilmOrder(
        recorded[episode["number"]], "", video=None if is_sheet else path, sheet=path if is_sheet else None
    )
    (made,) = film_episodes(task, [titled(plain, episode["name"])], random_play=folder.recording)
    if made.error is not None:
        raise made.error
    return made.told


def main(order: str) -> None:
    """Draw, and print what it shows or what went wrong as one line of JSON."""
    os.nice(_NICE)
    answer: dict[str, Any] = {"told": "", "error": None}
    try:
        answer["told"] = drawn(json.loads(order))
    except EurekaError as error:
        answer["error"] = {"what": error.what, "allowed": error.allowed, "fix": error.fix}
    sys.stdout.write(json.dumps(answer) + "\n")
