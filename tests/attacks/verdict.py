"""Which layer an attack met first, read from what was heard of it.

The kernel asks seccomp before anything else looks at a system call, so that seccomp often stands for layers
that would have refused as well: the table has a column with seccomp left out that shows them.
"""

from __future__ import annotations

import re

HARMLESS = "nothing came of it"

# What an error says, and the layer that makes it say so; the first that fits counts.
_SIGNS = (
    (r"breaks the contract", "loader"),
    (r"is not in the table of call forms", "facade"),
    (r"did not answer within", "time limit"),
    (r"its process ended", "worker ended"),
    (r"outside the protocol|values that are not finite", "asker's checks"),
    (r"Errno (13|14)\] (madvise|mprotect)|read-only$|is read-only|WRITEABLE", "read-only memory"),
    (r"Errno 1\]|Errno 38\]|can't start new thread|not allowed to raise", "seccomp"),
    (r"Errno 13\]", "Landlock"),
    (r"Errno 30\]", "bubblewrap: read-only root"),
    (r"Errno [23]\]", "bubblewrap: not in sight"),
    (r"Errno 1(01|11)\]", "bubblewrap: own network"),
    (r"MemoryError|Errno (11|12|24|27)\]", "rlimits"),
    (r"RecursionError|digits", "Python's own limit"),
    (r"KeyError|LookupError", "nothing there to find"),
    (r"component|shape|has type|is NaN|is inf|The reward returned", "worker's checks"),
)


def stopped_by(heard: str, held: list[str]) -> str:
    """Return the layer that an attack's last words speak of, given which layers held."""
    for sign, layer in _SIGNS:
        if re.search(sign, heard):
            rule = re.search(r"\[([a-z-]+)\]", heard) if layer == "loader" else None
            if layer == "seccomp" and layer not in held:
                return "own uid"  # the kernel's refusal for want of rights
            return f"loader: {rule[1]}" if rule else layer
    return HARMLESS
