"""One run, disturbed again and again, and begun again by the same command until it is finished."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from disk import Disk
from faults import Fault
from roles import Process, alive, family

CHAOTIC = Path(__file__).parent / "chaotic.py"
CHECKOUT = Path(__file__).parents[2]
ATTEMPT_LIMIT_S = 600.0
"""An attempt that has not ended by then hangs."""
ORPHAN_LIMIT_S = 60.0
_POLL_S = 0.01
_EMPTY = Fault((), 0, 0.0, 0, (0.0, 0.0, 0.0))


@dataclass
class Chaos:
    """One run and what was done to it; `violations` holds what must never happen."""

    evolve: dict[str, Any]
    """Arguments of `evolve`; `runs` is a folder of this run's own."""
    environment: dict[str, str]
    scratch: Path
    disk: Disk | None = None
    violations: list[str] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    said: list[str] = field(default_factory=list)
    """What every attempt that ended by itself without finishing said."""
    _seen: dict[Path, bytes] = field(default_factory=dict)
    """The acknowledged part of each log at the last look."""

    @property
    def logs(self) -> list[Path]:
        """The logs of this run's folder that hold anything."""
        found = Path(self.evolve["runs"]).glob("*/events.jsonl")
        return sorted(path for path in found if path.stat().st_size)

    def run(self, faults: Sequence[Fault], *, patience: int) -> bool:
        """Run with each of `faults`, then up to `patience` times in peace; say whether it was finished."""
        for fault in [*faults, *[_EMPTY] * patience]:
            self.attempts += 1
            if self._attempt(fault) == 0:
                return True
        self.violations.append(f"not finished after {self.attempts} attempts; it said: {self.said[-1:]}")
        return False

    def _attempt(self, fault: Fault) -> int:
        output = self.scratch / f"attempt-{self.attempts}.txt"
        with output.open("wb") as file:
            process = subprocess.Popen(
                self._command(fault), cwd=CHECKOUT, env=self.environment, stdout=file, stderr=file
            )
            killed = self._disturb(process, fault)
            code = process.wait()
        if self.disk is not None:
            self.disk.free()
        self._look()
        if code != 0 and not killed:
            self._judge_ending(output.read_text(errors="replace"), code)
        return code

    def _command(self, fault: Fault) -> list[str]:
        start, jump, after = fault.clock
        clock = {"start_s": start, "jump_s": jump, "after_s": after}
        return [sys.executable, str(CHAOTIC), json.dumps({"evolve": self.evolve, "clock": clock})]

    def _disturb(self, process: subprocess.Popen[bytes], fault: Fault) -> bool:
        """Watch the log and strike until the process ends; say whether it was killed."""
        began, killed, waiting = time.monotonic(), False, list(fault.kinds)
        due = began + fault.delay_s if fault.after_events < 0 else None
        known = self._count()
        while process.poll() is None:
            now = time.monotonic()
            self._look()
            if due is None and self._count() - known >= fault.after_events:
                due = now + fault.delay_s
            if waiting and due is not None and now >= due and self._strike(waiting[0], process.pid, fault):
                killed |= waiting.pop(0) == "parent"
                due = now + fault.delay_s
            if now - began > ATTEMPT_LIMIT_S:
                self.violations.append(f"attempt {self.attempts} hung (struck: {fault.kinds})")
                process.kill()
                killed = True
            time.sleep(_POLL_S)
        return killed

    def _strike(self, kind: str, pid: int, fault: Fault) -> bool:
        """Do it; False where there is nothing to strike yet."""
        if kind == "disk":
            assert self.disk is not None
            self.disk.fill(fault.disk_left)
        elif kind == "parent":
            below = family(pid)
            os.kill(pid, signal.SIGKILL)
            self._expect_gone(below)
        else:
            targets = [process.pid for process in family(pid) if process.role == kind]
            if not targets or not _killed(targets[-1]):
                return False
        self.struck[kind] += 1
        return True

    def _expect_gone(self, processes: Sequence[Process]) -> None:
        limit = time.monotonic() + ORPHAN_LIMIT_S
        while left := [process for process in processes if alive(process.pid)]:
            if time.monotonic() > limit:
                self.violations.append(f"outlived their run: {left}")
                return
            time.sleep(_POLL_S)

    def _look(self) -> None:
        """Check that what a log had acknowledged is still there."""
        for path in self.logs:
            content = path.read_bytes()
            whole = content[: content.rfind(b"\n") + 1]
            if not whole.startswith(self._seen.get(path, b"")):
                self.violations.append(f"{path.parent.name}: the log lost what it had acknowledged")
            self._seen[path] = whole

    def _count(self) -> int:
        return sum(whole.count(b"\n") for whole in self._seen.values())

    def _judge_ending(self, said: str, code: int) -> None:
        self.said.append(said[-2000:])
        if "Traceback" in said or not ("Error: " in said and "Next: " in said):
            self.violations.append(f"it ended with {code} and did not say what it needs: {said[-2000:]}")


def _killed(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
