"""Serves a GGUF file on the loopback with llama.cpp: `… local_server FILE CONTEXT NAME`.

A process of its own: a damaged file can at worst take this one down, and its threads do not get in the way of
the parent's forks. It prints its address, and ends when its standard input does: with its parent.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any


def serve(model: str, context: int, alias: str) -> int:
    """Load `model`, print `serving <url>` and serve until standard input ends; 1 if it cannot be loaded."""
    xllamacpp: Any = importlib.import_module("xllamacpp")

    from eureka_agent.resources import usable_cores

    parameters = xllamacpp.CommonParams()
    parameters.model.path = model
    parameters.n_ctx = context
    parameters.n_parallel = 1
    # The default counts cores that this process may not use. One is left for others: llama.cpp's threads wait
    # for each other in busy loops, and where one of them has no core all of them crawl.
    parameters.cpuparams.n_threads = max(1, usable_cores() - 1)
    parameters.model_alias = {alias}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.ui = False
    try:
        server = xllamacpp.Server(parameters)
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"serving {server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(serve(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
