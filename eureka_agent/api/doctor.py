"""What this machine offers: isolation layers for generated code, libraries, tasks."""

from __future__ import annotations

from dataclasses import dataclass, field

from eureka_agent.api.versions import LIBRARIES, installed_versions
from eureka_agent.errors import SandboxError
from eureka_agent.isolation.layers import EscapeAttempt, IsolationReport, Layer
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.resources import usable_cores
from eureka_agent.tasks.registry import list_tasks


@dataclass(frozen=True)
class DoctorReport:
    """What this machine offers."""

    contained: bool
    layers: list[Layer]
    attempts: list[EscapeAttempt]
    """Escape attempts of a locked-down worker, and whether each was blocked."""
    versions: dict[str, str]
    cores: int
    tasks: list[str]
    advice: list[str] = field(default_factory=list)


def doctor() -> DoctorReport:
    """Inspect this machine: isolation layers for generated code, libraries, tasks."""
    advice: list[str] = []
    try:
        with RewardSandbox(unsafe=True) as sandbox:
            report = sandbox.report
    except SandboxError as error:
        report = IsolationReport("none", (), contained=False)
        advice.append(str(error))
    if not report.contained:
        advice.append(
            "Nothing is executed here unless you pass --unsafe-isolation, which runs it with your privileges."
        )
    if not any(layer.name == "bubblewrap" and layer.held for layer in report.layers):
        advice.append("Install bubblewrap: it puts generated code into its own network, processes and files.")
    versions = installed_versions()
    versions |= {name: "not installed" for name in LIBRARIES if name not in versions}
    return DoctorReport(
        contained=report.contained,
        layers=list(report.layers),
        attempts=list(report.attempts),
        versions=versions,
        cores=usable_cores(),
        tasks=[task.name for task in list_tasks()],
        advice=advice,
    )
