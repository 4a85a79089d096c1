"""Who a reward worker is: a user id of its own, and no way back to more rights."""

from __future__ import annotations

import os
import secrets

from eureka_agent.isolation.kernel import PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, die_with_parent, prctl
from eureka_agent.isolation.layers import Layer

_FIRST_UIDS = (0x60000000, 60_000)
"""Where unused ids begin: far above every real account, or below 2**16 where a container maps no more."""

_RANGES = (2**28, 5_000)


def take_own_uid() -> Layer:
    """Become a user that owns nothing, drawn at random so that workers cannot touch each other either.

    Only root can; the kernel then also counts this worker's processes apart from root's. The rights that the
    start needs (CAP_SETUID, CAP_SETGID, CAP_KILL) are lost with it.
    """
    if os.geteuid() != 0:
        return Layer("own uid", False, "only root can change it; the worker keeps the user's id")
    refused = ""
    for first, span in zip(_FIRST_UIDS, _RANGES, strict=True):
        uid = first + secrets.randbelow(span)
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        except OSError as error:
            refused = str(error.strerror)
            continue
        die_with_parent()  # a change of uid clears the request
        return Layer("own uid", True, "an unused id for each worker")
    return Layer("own uid", False, f"the user namespace maps no unused id ({refused})")


def forbid_new_privileges() -> Layer:
    """Give up gaining rights by running programs; let no process of the same id read or trace this one."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_DUMPABLE, 0)
    return Layer("no_new_privs", True, "set, and not dumpable")
