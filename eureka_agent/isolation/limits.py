"""Resource limits of reward workers, and of the children that train."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from pathlib import Path

from eureka_agent.isolation.kernel import PR_SET_NO_NEW_PRIVS, prctl
from eureka_agent.isolation.layers import Layer

GIB = 2**30

_FIRST_TO_END = 1000
"""The highest value of `oom_score_adj`: whom the kernel ends first when memory runs out."""


@dataclass(frozen=True)
class WorkerLimits:
    """What one worker may use in its whole life.

    `memory_bytes`: address space above what is mapped when it starts (shared memory included in the start).
    `cpu_s`: processor seconds over all its calls, after which the kernel kills it; a backstop for the
    asker's timeouts. `open_files`: the highest descriptor number. `stack_bytes`: the stack. `threads`:
    whether it may start threads of its own, as JAX does; processes it never may.
    """

    memory_bytes: int = 2 * GIB
    cpu_s: int = 3600
    open_files: int = 16
    stack_bytes: int = 8 * 2**20
    threads: bool = False


def be_ended_first() -> None:
    """Have the kernel end this process before others when memory runs out: limits hold for each worker alone.

    The process must still be who it was when it was started.
    """
    Path("/proc/self/oom_score_adj").write_text(str(_FIRST_TO_END))


def apply_limits(limits: WorkerLimits) -> Layer:
    """Limit this process for good; raises OSError where the system refuses."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    bounds = {
        resource.RLIMIT_AS: pages * os.sysconf("SC_PAGE_SIZE") + limits.memory_bytes,
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_STACK: limits.stack_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    if not limits.threads:  # the kernel counts threads as processes; where there are any, seccomp tells them
        bounds[resource.RLIMIT_NPROC] = 0
    for kind, bound in bounds.items():
        hard = resource.getrlimit(kind)[1]
        value = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(kind, (value, value))
    return Layer(
        "rlimits",
        True,
        f"{limits.memory_bytes / GIB:g} GiB of memory, {limits.cpu_s} s of CPU, no files"
        + ("" if limits.threads else ", no processes"),
    )


def limit_trainer(memory_mb: int | None) -> None:
    """Limit a child that trains: memory, no core dumps, no rights gained by running programs.

    Data is limited and not address space, of which numerical libraries reserve much more than they use; None
    limits neither, for the driver of a GPU maps more than it uses, too. Such a child runs the task's
    environment and no generated Python, and keeps the person's rights.
    """
    if memory_mb is not None:
        size = memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
