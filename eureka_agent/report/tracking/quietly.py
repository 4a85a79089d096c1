"""What follows a run must not stop it: what goes wrong there is told once, and it follows no more."""

from __future__ import annotations

from collections.abc import Callable

from eureka_agent.escaping import one_line
from eureka_agent.report.words import cut

LONGEST = 300


class Quietly:
    """Calls what it is given until something goes wrong."""

    def __init__(self, what: str, tell: Callable[[str], None]) -> None:
        """`what` begins the sentence that is told, e.g. "TensorBoard's files are not written any more"."""
        self._what, self._tell = what, tell
        self.broken = False

    def __call__(self, step: Callable[[], None]) -> None:
        """Do a step, unless one before it went wrong."""
        if self.broken:
            return
        try:
            step()
        except Exception as error:  # noqa: BLE001 - a library of others, a disk, a network: the run goes on
            self.broken = True
            why = cut(one_line(str(error)), LONGEST)
            self._tell(f"{self._what}: {type(error).__name__}: {why} The run goes on without.")
