"""The in-process layers, in the one order in which each still has the rights that it needs."""

from __future__ import annotations

import platform
from collections.abc import Callable, Collection
from functools import partial

from eureka_agent.isolation.identity import forbid_new_privileges, take_own_uid
from eureka_agent.isolation.landlock import restrict_everything
from eureka_agent.isolation.layers import Layer
from eureka_agent.isolation.limits import WorkerLimits, apply_limits, be_ended_first
from eureka_agent.isolation.seccomp import filter_system_calls

platform.machine()  # reads the system's name once, before files are out of reach


def lock_down(limits: WorkerLimits, *, skip: Collection[str] = ()) -> tuple[Layer, ...]:
    """Give up everything that a reward does not need, for good; return what held.

    Call it in a single-threaded process, after every import; threads that are started later inherit it.
    `skip` names layers to leave out: it is there to show that the self-test notices.
    """
    be_ended_first()
    steps: dict[str, Callable[[], Layer]] = {
        "own uid": take_own_uid,
        "no_new_privs": forbid_new_privileges,
        "rlimits": partial(apply_limits, limits),
        "landlock": restrict_everything,
        "seccomp": partial(filter_system_calls, threads=limits.threads),
    }
    return tuple(
        Layer(name, False, "left out on request") if name in skip else step() for name, step in steps.items()
    )
