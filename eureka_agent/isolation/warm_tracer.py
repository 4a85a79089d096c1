"""Imported by the tracing zygote before its first fork: everything that a trace imports on its way.

Tracing starts JAX's threads, and a process that forks must have none of them. So a child traces a reward of
ours, says which modules that took, and ends; the zygote imports them without tracing anything.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback

from eureka_agent.rewards.jax_export import SignalShape, export_reward

_SOURCE = """
import numpy as np
SCALE = np.array([0.5, 2.0, 1.0]) / 3.0
MEMORY = {"steps": 0.0}
def compute_reward(position, kind, memory):
    steps = memory["steps"] + 1.0
    near = np.exp(-np.sum(np.square(position * SCALE), axis=-1))
    best = np.max(position, axis=-1) + np.arcsin(np.tanh(position[:, 1]))
    hit = np.where(kind > 1, 1.0, np.linalg.norm(position, axis=-1))
    return near + best * hit - 0.01 * steps, {"near": near, "steps": steps}, {"steps": steps}
"""
_SHAPES = (SignalShape("position", (3,), "float32"), SignalShape("kind", (), "int32"))


def _imported_by_a_trace() -> list[str]:
    """Trace in a child and return the names of the modules that were not there before."""
    reader, writer = os.pipe()
    before = set(sys.modules)
    child = os.fork()
    if child == 0:
        try:
            export_reward(_SOURCE, _SHAPES)
            os.write(writer, json.dumps(sorted(set(sys.modules) - before)).encode())
            os._exit(0)
        finally:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise ImportError("the trace that shows what JAX imports ended without a result")
    return json.loads(said)


for _name in _imported_by_a_trace():
    importlib.import_module(_name)
