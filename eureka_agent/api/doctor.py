"""What this machine offers: isolation layers for generated code, libraries, tasks."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from eureka_agent.api.assembly import conditions_of
from eureka_agent.api.versions import LIBRARIES, installed_versions
from eureka_agent.config import make_config
from eureka_agent.errors import SandboxError
from eureka_agent.evolution.expected_time import expected_steps
from eureka_agent.isolation.layers import EscapeAttempt, IsolationReport, Layer
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.resources import usable_cores
from eureka_agent.tasks.identity import journalled_ref
from eureka_agent.tasks.registry import find_task, list_tasks, missing_packages
from eureka_agent.training.evaluation_share import with_fitted_evaluation
from eureka_agent.training.pace import remembered_pace


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
    run_seconds: dict[str, float]
    """What a run with default options takes at most, by task: those that were trained on or measured here."""
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
    versions, found = installed_versions(), list_tasks()
    tasks = [task.name for task in found if not task.missing]
    advice += missing_packages(found)
    versions |= {name: "not installed" for name in LIBRARIES if name not in versions}
    return DoctorReport(
        contained=report.contained,
        layers=list(report.layers),
        attempts=list(report.attempts),
        versions=versions,
        cores=usable_cores(),
        tasks=tasks,
        run_seconds={name: seconds for name in tasks if (seconds := _run_seconds(name)) is not None},
        advice=advice,
    )


def _run_seconds(name: str) -> float | None:
    """Return what a run with default options takes at most; None where nothing is known of the pace here."""
    task = find_task(name)
    config = make_config({"task": asdict(journalled_ref(task.ref))})
    fitted = with_fitted_evaluation(task, task.budget.env_steps)
    known = (remembered_pace(conditions_of(task, config, platform)) for platform in ("gpu", "cpu"))
    pace = next((pace for pace in known if pace is not None), None)
    return None if pace is None else expected_steps(fitted, config) / pace
