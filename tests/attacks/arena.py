"""Runs attacks for real, in every isolation mode and in three ways.

- `critic`: rules and probe, as in a run; what they refuse is never executed.
- `loader`: critic off; the program goes to a reward worker, whose loader keeps to the closed facade.
- `raw`: no critic, no loader, no facade; the program is executed as it is, behind the system's layers.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from attack import Attack
from sandbox_helpers import descendants, eventually
from scene import Scene
from verdict import stopped_by

from eureka_agent.critique import Critic, ProbeCheck, StaticCheck, refused
from eureka_agent.errors import EurekaError
from eureka_agent.isolation import ForkServer, RewardSandbox, RewardWorker, SignalLayout, WorkerLimits
from eureka_agent.isolation.bubblewrap import find_bubblewrap
from eureka_agent.isolation.layers import LAYER_NAMES
from eureka_agent.isolation.sandbox import zygote_environment
from eureka_agent.rewards.output import RewardOutput
from eureka_agent.tasks.registry import find_task
from eureka_agent.trajectories import inspect_environment

WAYS = ("critic", "loader", "raw")
MODES = {"bubblewrap": "bubblewrap and lock-down", "lock-down": "lock-down only"}
"""Modes that must hold."""

LEFT_OUT = {"no seccomp": ("seccomp",), "nothing": LAYER_NAMES[1:]}
"""Modes that need not: they show what stands behind seccomp, and that attacks succeed where nothing does."""

LIMITS = WorkerLimits(memory_bytes=2**27, cpu_s=30)
LOAD_S, ANSWER_S = 1.0, 0.5
PATIENCE_S = 30.0
"""What an attack may take where nothing stops it, and processes to end: a busy machine needs a while."""
ROWS = 8
MOST_LOGGED = 2**16

HERE = Path(__file__).parent
LAYOUT = SignalLayout.build([("pole_angle", (), np.float32), ("action", (2,), np.float32)], ROWS)
BYSTANDER = """
import numpy as np
def compute_reward(pole_angle):
    return np.exp(pole_angle), {{"{canary}": np.exp(pole_angle)}}
"""


@dataclass(frozen=True)
class Outcome:
    """What came of one attack: the layer that stopped it, what was heard of it, and what it achieved."""

    stopped_by: str
    heard: str
    effects: tuple[str, ...]


class RawSandbox(RewardSandbox):
    """Workers that execute anything, in a zygote that is contained like the real one."""

    def _zygote(self, wrap: Sequence[str]) -> ForkServer:
        if wrap:  # the tests' own worker lies outside what bubblewrap shows
            wrap = [wrap[0], "--ro-bind", str(HERE), str(HERE), *wrap[1:]]
        server = ForkServer(
            entry="raw_worker:main",
            preload=("raw_worker", "eureka_agent.isolation.warm"),
            wrap=wrap,
            env=zygote_environment(),
            single_threaded=True,
            log=self._log,
        )
        server.start()
        return server


class Arena:
    """One isolation mode: a sandbox with the loader, one without, each with a bystander; and the critic."""

    def __init__(
        self,
        mode: str,
        scene: Scene,
        facade: RewardSandbox,
        raw: RewardSandbox,
        log: Path,
        others: set[int],
    ) -> None:
        """`others` are processes from before the sandboxes, which may end by themselves."""
        self.mode = mode
        self.scene = scene
        self._harmless = mode != "nothing"
        self._others = others
        self._log = log
        self.sandboxes = {"loader": facade, "raw": raw}
        source = BYSTANDER.format(canary=scene.secrets["sibling"])
        self._bystanders = [sandbox.spawn(source, LAYOUT) for sandbox in self.sandboxes.values()]
        self._processes = self._own()

    def _own(self) -> set[int]:
        return descendants(os.getpid()) - self._others

    @property
    def layers(self) -> list[str]:
        """What held, by the self-test."""
        return [layer.name for layer in self.sandboxes["raw"].report.layers if layer.held]

    @cached_property
    def _critic(self) -> Critic:
        task = find_task("cartpole")
        recording = inspect_environment(task, seed=0, steps=64)
        probe = ProbeCheck(task, recording, self.sandboxes["loader"], timeout_s=ANSWER_S)
        return Critic([StaticCheck(task), probe])

    def run(self, attack: Attack, way: str) -> Outcome:
        """Run one attack and look at what it did."""
        source = attack.source(self.scene)
        if way == "critic":
            verdict, heard, effects = self._criticise(source)
        else:
            heard, effects = self._execute(self.sandboxes[way], source, attack.calls)
            verdict = stopped_by(heard, self.layers)
        executed = not verdict.startswith(("critic", "loader"))  # a refusal quotes the program
        effects += self.scene.effects(heard if executed else "")
        effects += [] if heard.replace("\n", "").isprintable() else ["its words could rewrite a terminal"]
        effects += self._left_behind()
        return Outcome(verdict, heard, tuple(effects))

    def _criticise(self, source: str) -> tuple[str, str, list[str]]:
        findings = self._critic(source)
        heard = "\n".join(map(str, findings))
        if not refused(findings):
            return "let through", heard, []
        rule = next(finding.rule for finding in findings if finding.severity == "error")
        return f"critic: {rule}", heard, []

    def _execute(self, sandbox: RewardSandbox, source: str, calls: int) -> tuple[str, list[str]]:
        worker: RewardWorker | None = None
        effects: list[str] = []
        heard = ""
        try:
            worker = sandbox.spawn(source, LAYOUT, timeout_s=LOAD_S if self._harmless else PATIENCE_S)
            for _ in range(calls):
                effects, heard = _ask(worker, ANSWER_S if self._harmless else PATIENCE_S)
                if effects:
                    break
        except EurekaError as error:
            heard = str(error)
        except Exception as error:  # noqa: BLE001 - nothing else may leave the client, whatever was sent to it
            effects.append(f"it broke the asker: {type(error).__name__}: {error}")
        finally:
            if worker is not None:
                sandbox.kill(worker)
        return heard, effects

    def _left_behind(self) -> list[str]:
        """Return what the attack left in the other processes."""
        found = ["its output was kept"] if self._log.stat().st_size > MOST_LOGGED else []
        patience_s = PATIENCE_S if self._harmless else 3.0  # where they live on, nothing ends them
        if not eventually(lambda: self._own() == self._processes, patience_s):
            now = self._own()
            for pid in now - self._processes:
                found.append("processes live on")
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if self._processes - now:
                return [*found, "other processes were ended"]
        angles = _signals(0)["pole_angle"]
        for bystander in self._bystanders:
            try:
                reward = bystander.compute({"pole_angle": angles}, timeout_s=10).reward
            except EurekaError as error:
                return [*found, f"another worker was harmed: {error}"]
            if not np.array_equal(reward, np.exp(angles)):
                found.append("another worker's reward changed")
        return found


@contextlib.contextmanager
def arena(mode: str, scene: Scene) -> Iterator[Arena]:
    """Build a mode's arena; raises SandboxError where the machine does not contain code in it."""
    bwrap = None if mode in ("lock-down", "nothing") else find_bubblewrap()
    skip = LEFT_OUT.get(mode, ())
    log = scene.root / f"{mode}.log"
    others = descendants(os.getpid())
    with (
        RewardSandbox(bwrap=bwrap, limits=LIMITS) as facade,
        RawSandbox(bwrap=bwrap, limits=LIMITS, log=log, skip=skip, unsafe=bool(skip)) as raw,
    ):
        for sandbox in (facade, raw):
            outer = sandbox.report.layers[0]
            assert outer.held == (bwrap is not None), outer
        yield Arena(mode, scene, facade, raw, log, others)


def _signals(seed: int) -> dict[str, Any]:
    generator = np.random.default_rng(seed)
    return {
        "pole_angle": generator.normal(size=ROWS).astype(np.float32),
        "action": generator.normal(size=(ROWS, 2)).astype(np.float32),
    }


def _ask(worker: RewardWorker, timeout_s: float) -> tuple[list[str], str]:
    """Ask twice; return what is wrong with what came back, and every text in it."""
    effects: list[str] = []
    first = worker.compute(_signals(0), timeout_s=timeout_s)
    kept = first.reward.copy()
    given = _signals(1)
    second = worker.compute(given, timeout_s=timeout_s)
    if not np.array_equal(first.reward, kept):
        effects.append("a reward that was handed over changed afterwards")
    if any(not np.array_equal(worker._views[name][:ROWS], given[name]) for name in worker.arguments):
        effects.append("it changed a signal")
    for output in (first, second):
        effects += _wrong(output)
    return effects, " ".join(second.components)


def _wrong(output: RewardOutput) -> Iterator[str]:
    for values in (output.reward, *output.components.values()):
        if values.shape != (ROWS,) or values.dtype != np.float32 or not np.isfinite(values).all():
            yield f"the asker took in {values!r}"
    for name in output.components:
        if not name.isprintable():
            yield f"a component is called {name!r}"
