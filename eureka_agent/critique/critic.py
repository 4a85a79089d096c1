"""The critic: what a reward must survive before a second of training is spent on it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.critique.probe import TIMEOUT_S, Clock, probe
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.rules import check_source
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.batch import TrajectoryBatch

NOTHING_KNOWN = Briefing()
"""For checks outside a run."""


class Check(Protocol):
    """Source in, findings out."""

    def __call__(self, source: str, briefing: Briefing = NOTHING_KNOWN) -> list[Finding]:
        """Return what is wrong with a reward, given what the generation knows; errors refuse it."""
        ...


class StaticCheck:
    """Rules over the syntax tree; see `eureka_agent.rewards.rules`."""

    def __init__(self, task: Task) -> None:
        self._signals = [signal.name for signal in task.readable_signals]

    def __call__(self, source: str, briefing: Briefing = NOTHING_KNOWN) -> list[Finding]:
        """Return what the rules find."""
        return check_source(source, self._signals)


class ProbeCheck:
    """A run on recorded transitions; see `eureka_agent.critique.probe`."""

    def __init__(
        self,
        task: Task,
        recording: TrajectoryBatch,
        sandbox: RewardSandbox,
        *,
        clock: Clock = time.perf_counter,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._task, self._recording, self._sandbox = task, recording, sandbox
        self._clock, self._timeout_s = clock, timeout_s

    def __call__(self, source: str, briefing: Briefing = NOTHING_KNOWN) -> list[Finding]:
        """Return what running it shows."""
        return probe(
            source,
            self._task,
            self._recording,
            self._sandbox,
            clock=self._clock,
            timeout_s=self._timeout_s,
        )


class Critic:
    """Checks in order of price; a later one is not asked once an earlier one has refused."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = checks

    def __call__(self, source: str, briefing: Briefing = NOTHING_KNOWN) -> list[Finding]:
        """Return all findings up to and including the first check that refuses."""
        findings: list[Finding] = []
        for check in self._checks:
            findings += check(source, briefing)
            if refused(findings):
                break
        return findings


def refused(findings: Sequence[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.severity == "error" for finding in findings)


def refusal(findings: Sequence[Finding]) -> str:
    """Return the errors in one short paragraph, for a candidate's reason."""
    errors = [finding for finding in findings if finding.severity == "error"]
    shown = " ".join(str(finding) for finding in errors[:3])
    return shown + (f" (and {len(errors) - 3} more)" if len(errors) > 3 else "")
