from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from fakes import FakeTrainer, make_evolution
from killable import GENERATIONS
from test_loop import archive_of

from eureka_agent.store.event_types import TrainingFinished
from eureka_agent.store.events import read_events
from eureka_agent.store.state import RunState

KILLABLE = Path(__file__).parent / "killable.py"


def test_a_run_killed_twenty_times_ends_in_the_same_archive(tmp_path: Path) -> None:
    whole = make_evolution(tmp_path / "whole", trainer=FakeTrainer(noise=0.5), generations=GENERATIONS)
    whole.run()
    root = tmp_path / "killed"
    kills = 0
    moments = random.Random(7)
    for _ in range(200):
        process = subprocess.Popen([sys.executable, str(KILLABLE), str(root)])
        # Half a second goes into imports; the run itself takes about as long.
        already = len(read_events(root / "events.jsonl"))
        while process.poll() is None and len(read_events(root / "events.jsonl")) == already:
            time.sleep(0.005)
        time.sleep(moments.uniform(0, 0.05))
        if kills < 20 and process.poll() is None:
            process.kill()
            kills += 1
        if process.wait(300) == 0:
            break
    state = RunState.of(read_events(root / "events.jsonl"))
    assert kills == 20
    assert state.finished
    assert archive_of(state) == archive_of(whole.state)
    finished = [(e.name, e.stage, e.replicate) for e in read_events(root / "events.jsonl")
                if isinstance(e, TrainingFinished)]  # fmt: skip
    assert len(finished) == len(set(finished))
