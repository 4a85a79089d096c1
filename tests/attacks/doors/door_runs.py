"""Whole runs whose candidates are the programs: proposed, criticised, trained, audited, saved, exported."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import eureka_agent
from eureka_agent.analysis.briefing import Briefing
from eureka_agent.api.assembly import building
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate
from eureka_agent.config import make_config
from eureka_agent.design.proposer import Draft, Slot
from eureka_agent.errors import EurekaError
from eureka_agent.rewards.findings import Finding
from eureka_agent.store.events import EventLog, read_events
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks.identity import journalled_ref, task_digest
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.inspecting import first_look

CARTPOLE = Path(eureka_agent.__file__).parents[1] / "envs" / "cartpole"
QUICK = {"checkpoints": 1, "eval_episodes": 1, "n_envs": 4, "n_steps": 16, "batch_size": 32, "n_epochs": 1}
OPTIONS: dict[str, Any] = {
    "generations": 1, "env_steps": 64, "confirm_seeds": 2, "repair_turns": 0, "device": "cpu", "parallel": 2,
    "halving": False,
}  # fmt: skip
ODD = 'cart"""pole\\'
"""Stands in the names of the task and of the recording, which the header of a saved reward shows."""


@dataclass(frozen=True)
class Ran:
    """A finished run of programs."""

    folder: Path
    candidates: dict[str, Candidate]
    """By the program's name."""
    exported: dict[str, Path]
    """What `export` wrote, by the program's name."""
    refused: dict[str, str]
    """What `export` said where it wrote nothing."""

    def files(self) -> dict[str, Path]:
        """Return every Python file that the run left, by a name for messages."""
        found = {str(path.relative_to(self.folder)): path for path in sorted(self.folder.rglob("*.py"))}
        return found | {f"exported {name}": path for name, path in self.exported.items()}


def odd_task(root: Path, description: str) -> Path:
    """Return a task folder like cartpole's, small, with a hostile name and description."""
    folder = root / ODD
    shutil.copytree(CARTPOLE, folder)
    lines = (folder / "task.toml").read_text().split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("safety"))
    settings = [f"description = {json.dumps(description)}", *(_quick(line) for line in lines[start:])]
    (folder / "task.toml").write_text("\n".join(settings))
    return folder


def _quick(line: str) -> str:
    name = line.split(" = ")[0]
    return f"{name} = {QUICK[name]}" if name in QUICK else line


def replayed(root: Path, task: Path, sources: dict[str, str]) -> Ran:
    """Evolve with replies that hold these sources, critic on, and confirm whatever it lets through."""
    recording = root / f"{ODD}.jsonl"
    replies = [
        {"key": f"0-{number:02d}/turn0", "reply": f"Here it is.\n\n`````python\n{source}\n`````\n"}
        for number, source in enumerate(sources.values())
    ]
    recording.write_text("".join(json.dumps(reply) + "\n" for reply in replies))
    made = eureka_agent.evolve(
        str(task), model=f"replay:{recording}", runs=root / "replayed", **_sizes(sources, top=True)
    )
    return _ran(made.folder, list(sources), root / "exported of replies")


def given(root: Path, task: Path, sources: dict[str, str]) -> Ran:
    """Run with these very sources as candidates, which no parser has cleaned, and with the critic off."""
    chosen = find_task(str(task))
    config = make_config(
        {"model": "search", "critic": False, "task": asdict(journalled_ref(chosen.ref)),
         "task_digest": task_digest(chosen), **_sizes(sources, top=False)}
    )  # fmt: skip
    folder = RunFolder(root / "given")
    folder.root.mkdir()
    log = EventLog(folder.events, clock=time.time)
    state = RunState()
    log.listen(state.apply)
    look = first_look(chosen, seed=0)
    with building(chosen, config, folder, log, state, look, threading.Event(), "") as evolution:
        evolution.make_proposer = lambda _restart: _Given(list(sources.values()))
        evolution.run()
    return _ran(folder.root, list(sources), root / "exported of given")


def _sizes(sources: dict[str, str], *, top: bool) -> dict[str, Any]:
    return {**OPTIONS, "samples": len(sources), "confirm_top": 3 if top else 1}


class _Given:
    """A proposer that proposes what it was made of."""

    name = "given"
    max_parallel = 2

    def __init__(self, sources: Sequence[str]) -> None:
        self._sources = sources

    def plan(self, generation: int, samples: int, archive: Archive) -> list[Slot]:
        return [Slot(generation, index, "seed") for index in range(samples)]

    def propose(self, slot: Slot, briefing: Briefing) -> Draft:
        return Draft(self._sources[slot.index])

    def repair(
        self, slot: Slot, draft: Draft, findings: Sequence[Finding], turn: int, briefing: Briefing
    ) -> Draft | None:
        return None


def _ran(folder: Path, names: list[str], place: Path) -> Ran:
    state = RunState.of(read_events(folder / "events.jsonl"))
    candidates = {names[candidate.index]: candidate for candidate in state.candidates.values()}
    exported: dict[str, Path] = {}
    refused: dict[str, str] = {}
    for name, candidate in candidates.items():
        try:
            path = place / f"{candidate.id}.py"
            exported[name] = eureka_agent.export(str(folder), path, candidate=candidate.id)
        except EurekaError as error:
            refused[name] = str(error)
    return Ran(folder, candidates, exported, refused)
