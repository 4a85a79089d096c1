"""A whole run in a process of its own, with a clock that may be wrong: `python chaotic.py '{"task": …}'`.

What a person can mend is printed as the command line prints it; anything else is a traceback.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field

from eureka_agent.api.evolve import evolve
from eureka_agent.errors import EurekaError


@dataclass
class SkewedClock:
    """The time of day, off by `start_s`, and by `jump_s` more once `after_s` have passed."""

    start_s: float
    jump_s: float
    after_s: float
    _began: float = field(default_factory=time.monotonic)

    def __call__(self) -> float:
        jumped = time.monotonic() - self._began > self.after_s
        return time.time() + self.start_s + self.jump_s * jumped


def main() -> int:
    request = json.loads(sys.argv[1])
    try:
        result = evolve(clock=SkewedClock(**request["clock"]), **request["evolve"])
    except EurekaError as error:
        sys.stderr.write(f"Error: {error}\n")
        return error.exit_code
    sys.stdout.write(f"{result.folder} {result.winner}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
