"""One policy of patience for every service: the SDKs' own retries are switched off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from eureka_agent.llm.failures import AttemptFailed, Failure
from eureka_agent.llm.wire import Timeouts

T = TypeVar("T")


@dataclass(frozen=True)
class RetryPolicy:
    """How long a request is kept alive. Waits double from `first_wait_s`, and half of each is random."""

    attempts: int = 8
    lost_attempts: int = 3
    """Attempts that may be billed without a reply: after so many the request is given up."""
    unreachable_attempts: int = 3
    """Attempts at a service that never answered yet: it is probably down, or the URL is wrong."""
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    deadline_s: float = 1800.0
    """Seconds for all attempts and waits of one request."""
    silence_s: float = 600.0
    """Seconds without a byte after which an attempt is given up."""
    attempt_s: float = 900.0
    """Seconds from a request to the last byte of its reply: services that drip are not silent."""

    def timeouts(self, left_s: float) -> Timeouts:
        """Return how long an attempt may take when `left_s` are left until the deadline."""
        return Timeouts(min(self.silence_s, left_s), min(self.attempt_s, left_s))


class GaveUp(Exception):  # noqa: N818 - becomes a ModelError where the model's name is known
    """A request that was given up; `failures` holds every attempt, `why` what ended the patience."""

    def __init__(self, failures: tuple[Failure, ...], why: str) -> None:
        super().__init__(why)
        self.failures = failures
        self.why = why


@dataclass(frozen=True)
class Patience:
    """Attempts a request until it succeeds, fails for good, or the policy ends.

    Time and chance are injected: `clock` is monotonic, `wait` waits for an event or so many seconds, `jitter`
    returns numbers in [0, 1).
    """

    policy: RetryPolicy
    jitter: Callable[[], float]
    clock: Callable[[], float]
    wait: Callable[[threading.Event, float], object]

    def run(
        self, attempt: Callable[[Timeouts], T], stop: threading.Event, *, reached: bool
    ) -> tuple[T, tuple[Failure, ...]]:
        """Return what `attempt` returned, and the failures before it; raises GaveUp.

        `reached` is False for a service that never answered.
        """
        end = self.clock() + self.policy.deadline_s
        failures: tuple[Failure, ...] = ()
        while True:
            left = end - self.clock()
            if stop.is_set():
                raise GaveUp(failures, "stopped")
            try:
                return attempt(self.policy.timeouts(left)), failures
            except AttemptFailed as failed:
                failures = (*failures, failed.failure)
            pause = self._pause(failures)
            why = self._enough(failures, pause, end - self.clock(), reached=reached)
            if why:
                raise GaveUp(failures, why)
            self.wait(stop, pause)

    def _pause(self, failures: tuple[Failure, ...]) -> float:
        """Return the seconds before the next attempt; a service that names them gets at least those."""
        asked = failures[-1].retry_after_s
        if asked is not None:
            return asked + self.jitter() * self.policy.first_wait_s
        full = min(self.policy.longest_wait_s, self.policy.first_wait_s * 2.0 ** (len(failures) - 1))
        return full * (0.5 + 0.5 * self.jitter())

    def _enough(self, failures: tuple[Failure, ...], pause: float, left: float, *, reached: bool) -> str:
        """Return why there is no further attempt, or an empty string."""
        policy, last = self.policy, failures[-1]
        unreachable = not reached and all(f.kind in ("connection", "garbage") for f in failures)
        if not last.transient:
            return "for good"
        if len(failures) >= policy.attempts or (unreachable and len(failures) >= policy.unreachable_attempts):
            return f"after {len(failures)} attempts"
        if sum(failure.lost for failure in failures) >= policy.lost_attempts:
            return f"after {policy.lost_attempts} attempts that may have been billed"
        if pause >= left:
            asked = last.retry_after_s
            wanted = f": the service asks to wait {asked:.0f} s" if asked is not None else ""
            return f"at the deadline of {policy.deadline_s:.0f} s{wanted}"
        return ""
