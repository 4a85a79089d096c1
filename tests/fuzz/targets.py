"""Everything that is fuzzed: how inputs are made, and what must hold for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import fuzzed_files as files
import fuzzed_text as text
import fuzzed_wires as wires
from hypothesis.strategies import SearchStrategy, sampled_from, tuples
from hypothesis.strategies import text as any_text
from mutations import rewards


class Target(NamedTuple):
    """One thing that reads what it cannot trust."""

    inputs: SearchStrategy[Any]
    check: Callable[[Any], None]
    share: int
    """Its part of all inputs, in percent."""


def _check_saved(given: tuple[str, str]) -> None:
    text.check_saved(*given)


TARGETS = {
    "reply parser": Target(text.replies, text.check_reply, 20),
    "critic's static rules": Target(text.programs, text.check_rules, 20),
    "saved reward's header": Target(tuples(sampled_from(rewards()), any_text(max_size=60)), _check_saved, 5),
    "task files": Target(text.toml, text.check_task_file, 12),
    "task folders": Target(text.cartpole, text.check_task_folder, 3),
    "event log": Target(files.logs | files.deep, files.check_log, 15),
    "training results": Target(files.results, files.check_result, 5),
    "recorded replies": Target(files.recordings, files.check_recording, 5),
    "reward worker": Target(wires.hostile, wires.check_worker, 10),
    "control channel": Target(wires.streams, wires.check_stream, 5),
}
