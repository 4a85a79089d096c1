"""A run in a process of its own, for tests that kill it: `python killable.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fakes import FakeTrainer, make_evolution

from eureka_agent.store.lock import run_lock

GENERATIONS = 8
"""Enough that a fast disk does not end the run before it was killed as often as wanted."""

if __name__ == "__main__":
    root = Path(sys.argv[1])
    root.mkdir(parents=True, exist_ok=True)
    with run_lock(root):
        make_evolution(root, trainer=FakeTrainer(noise=0.5, pause_s=0.01), generations=GENERATIONS).run()
