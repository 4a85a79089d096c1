"""Which runs a person started: noted outside the run's folder, where whoever wrote that folder cannot write.

A log may come from anybody, and its configuration names code to import and addresses to send a key to. So a
run counts as one's own only if its id is noted here together with a hash of the very configuration that its
log holds now. A run folder that was copied or moved stays one's own; one whose configuration was edited does
not.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eureka_agent.errors import StoreError
from eureka_agent.files import write_json
from eureka_agent.resources import state_folder
from eureka_agent.store import checked

NOT_RECORDED = (
    "This run could not be recorded as one of yours: there is no state folder to write to. The same `evolve` "
    "command will not continue it, and `resume` will ask for --trust. Set EUREKA_AGENT_STATE to a folder of "
    "your own before you start the next one."
)


def new_run_id() -> str:
    """Return a random id, which nobody can guess."""
    return secrets.token_hex(16)


def record_run(run_id: str, config: Mapping[str, Any], folder: Path) -> bool:
    """Note that this person started a run with `config` as journalled; False where nothing can be noted."""
    records = state_folder("runs")
    if records is None:
        return False
    try:
        write_json(
            _record(records, run_id), {"config": config_hash(config), "folder": str(folder.absolute())}
        )
    except StoreError:
        return False
    return True


def is_own(run_id: str, config: Mapping[str, Any]) -> bool:
    """Tell whether this person started the run `run_id` with the very configuration `config`."""
    records = state_folder("runs") if run_id else None
    if records is None:
        return False
    try:
        record = json.loads(_record(records, run_id).read_bytes())
        return isinstance(record, dict) and record.get("config") == config_hash(config)
    except (OSError, ValueError, RecursionError):
        return False


def config_hash(config: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a whole configuration, in the one way that JSON can write it."""
    text = json.dumps(config, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _record(records: Path, run_id: str) -> Path:
    """Return the file of a record; ValueError for an id that is none and could name another file."""
    return records / f"{checked.run_id(run_id)}.json"
