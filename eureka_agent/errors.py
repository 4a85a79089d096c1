"""All errors shown to users: what was wrong, what is allowed, what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class EurekaError(Exception):
    """Base of all errors meant for the user.

    `what` says what was wrong (with the offending value), `allowed` what would have been valid, and
    `fix` the next step. The command line prints them as three short lines without a traceback.
    """

    exit_code = 1

    def __init__(self, what: str, *, allowed: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.allowed = allowed
        self.fix = fix

    def __str__(self) -> str:
        lines = [self.what]
        if self.allowed:
            lines.append(f"Allowed: {self.allowed}")
        if self.fix:
            lines.append(f"Next: {self.fix}")
        return "\n".join(lines)

    def __reduce__(self):
        return _rebuild, (type(self), self.what, self.allowed, self.fix)


def _rebuild(kind: type[EurekaError], what: str, allowed: str, fix: str) -> EurekaError:
    return kind(what, allowed=allowed, fix=fix)


class ConfigError(EurekaError):
    """An option or a configuration file that cannot be used."""

    exit_code = 2


class TaskError(EurekaError):
    """A task that cannot be found or loaded, or an environment that violates its contract."""

    exit_code = 2


class TrajectoryError(EurekaError):
    """Recorded steps whose parts are inconsistent, or that cannot be replayed."""


class RewardError(EurekaError):
    """A reward function that violates the contract: it cannot be loaded, or its output is invalid."""


class WorkerError(EurekaError):
    """A reward worker that did not return a usable reward."""


class WorkerTimeoutError(WorkerError):
    """The reward timed out; its worker was killed."""


class WorkerCrashedError(WorkerError):
    """The worker's process ended without an answer."""


class SandboxError(EurekaError):
    """Generated code cannot be contained as asked on this machine."""


class TrainingError(EurekaError):
    """A training that could not be started or whose result cannot be accepted."""


class ModelError(EurekaError):
    """A language model that cannot be reached, or whose reply is unusable."""


class StoreError(EurekaError):
    """A run folder that cannot be read or written."""


class RunLockedError(StoreError):
    """Another process is working in this run folder."""


class BudgetExhaustedError(EurekaError):
    """The next step would exceed a budget; nothing was started."""


class Interrupted(Exception):  # noqa: N818 - not an error: the person asked for it
    """The person asked to stop; what was running is journalled and the run can go on later."""


def nearest(name: str, options: Iterable[str]) -> str | None:
    """Return the option most likely meant by `name`, or None if nothing is close."""
    found = difflib.get_close_matches(name, list(options), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(name: str, options: Iterable[str]) -> str:
    """Return `" Did you mean 'x'?"`, or an empty string."""
    best = nearest(name, options)
    return f" Did you mean '{best}'?" if best else ""
