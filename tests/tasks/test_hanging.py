"""A call of an environment that never returns ends its process, with a sentence."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from fake_envs import Counter

from eureka_agent.tasks.guard import RESET_WALL_S, STEP_WALL_S, Guard
from eureka_agent.tasks.hanging import PATIENCE, begin, end, hung

HANGS = """
import threading
from eureka_agent.tasks.hanging import begin, end_process_if_hung

class Env:
    @property
    def unwrapped(self):
        return self

end_process_if_hung(lambda error: print(error.what, flush=True), every_s=0.01)
begin(Env(), "step", 0.01)
threading.Event().wait()
"""


def test_a_process_whose_environment_hangs_ends_and_says_so() -> None:
    done = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("step() of Env has not returned for")


def test_what_takes_long_is_not_given_up_before_its_time() -> None:
    begin(Counter(), "step", 20.0)
    try:
        began = time.monotonic()
        assert hung(began + PATIENCE * 20.0 - 1.0) is None
        assert hung(began + PATIENCE * 20.0 + 1.0) is not None
    finally:
        end()
    assert hung(began + 10**6) is None


def test_a_guard_notes_its_calls_and_forgets_those_that_returned() -> None:
    within, over = threading.Event(), threading.Event()

    class Waiting(Counter):
        def step(self, action: object) -> object:
            within.set()
            over.wait()
            return super().step(action)

    env = Guard(Waiting())
    env.reset()
    assert hung(time.monotonic() + 2 * PATIENCE * RESET_WALL_S) is None
    thread = threading.Thread(target=lambda: env.step(0))
    thread.start()
    within.wait()
    error = hung(time.monotonic() + 2 * PATIENCE * STEP_WALL_S)
    over.set()
    thread.join()
    assert error is not None
    assert "step() of Waiting" in error.what
