"""What tells tasks apart, and what a log keeps of a reference."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from eureka_agent.tasks.task import Task, TaskRef

CONSTRUCTORS = ("pickled", "constructor")
"""Kinds of references to a constructor in memory: with the pickle, and with its digest only."""


_SAFETY_SIGNALS = re.compile(rb"^safety_signals *=.*\n", re.MULTILINE)
"""A line of a task file that only says what is shown: with and without it a task is the same."""

_CAPTIONS = re.compile(rb"^\[\[captions\]\].*?(?=^\[(?!\[captions\]\])|\Z)", re.MULTILINE | re.DOTALL)
"""Tables of a task file that only describe steps to an annotator, up to the next table or the end."""

SCORED_ALIKE = {
    "3d802880c9d68c71": "83958f893d536533",  # ant
    "1a15d1b2caf291bc": "f53304b843adf904",  # ant_spin
    "34ce88d2a3fbe499": "0bbf970583c9e08d",  # half_cheetah_backflip
    "c8e09a62b3239753": "43700ffc676f7cc3",  # half_cheetah_backward
    "9e3b07b1b8b0753a": "43700ffc676f7cc3",  # the same, before its base had another reference and budget
    "0474e5a2d87317f3": "8b46f5fa5a514992",  # hopper_backflip
    "a81a51387a9df1ba": "8b46f5fa5a514992",  # the same, before its base had another budget
    "18f5611f2c54123a": "8b46f5fa5a514992",  # the same, before it said what counts as landed
    "1ca7d08ee40e5cf1": "fedf17181ace8958",  # humanoid_stand_one_leg
    "3d320b3f0b8b1c83": "b802edfcccab2047",  # mountain_car_weak
    "555d21ea3c30eb19": "bb77f6b4fcb58804",  # pendulum
    "d204f826932552d1": "8574f6ccf6083965",  # swimmer_u_turn
}
"""Digests of shipped tasks, without options, from before edits that touch no score: what they became. The
tasks were given `events` and `fitness_parts`, bases with another reference or budget than their own, words
for what counts as a landing, and tags."""


def is_same_task(logged: str, now: str) -> bool:
    """Tell whether a task with the digest `now` is the one that a log names by `logged`."""
    return now in (logged, SCORED_ALIKE.get(logged))


def task_digest(task: Task, journalled: TaskRef | None = None) -> str:
    """Return a hash of everything that makes a task what it is.

    With `journalled`, kind and options are those of that reference: the same task, found in another place,
    then has the same hash.
    """
    ref = journalled or task.ref
    parts: list[bytes] = []
    for folder in (task.folder, *task.bases):
        if folder is not None:
            files = sorted(path for path in folder.rglob("*") if path.suffix in (".toml", ".py"))
            parts += [path.relative_to(folder).as_posix().encode() + _counted(path) for path in files]
    kind = "pickled" if ref.kind in CONSTRUCTORS else ref.kind
    options = {k: v for k, v in asdict(ref)["options"].items() if v is not None}
    parts.append(json.dumps([kind, task.name, task.description, options], sort_keys=True).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _counted(path: Path) -> bytes:
    """Return what of a file makes a task what it is."""
    data = path.read_bytes()
    return _SAFETY_SIGNALS.sub(b"", _without_captions(data)) if path.name == "task.toml" else data


def _without_captions(data: bytes) -> bytes:
    """Return a task file as it is without its captions; as it stands where more than those would go."""
    if b"[[captions]]" not in data:
        return data
    bare = _CAPTIONS.sub(b"", data).rstrip(b"\n") + b"\n"
    try:
        whole, left = (tomllib.loads(text.decode()) for text in (data, bare))
    except ValueError:
        return data
    whole.pop("captions", None)
    return bare if whole == left else data


def journalled_ref(ref: TaskRef) -> TaskRef:
    """Return a reference as stored in a log: of a pickle only its digest; logs are never unpickled."""
    if ref.kind != "pickled":
        return ref
    digest = hashlib.sha256(base64.b64decode(ref.value)).hexdigest()
    return replace(ref, kind="constructor", value=f"sha256:{digest}")


def told_by(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return those options of a reference that are words and numbers, and build nothing by themselves."""
    return {name: value for name, value in options.items() if name not in ("path", "kwargs")}
