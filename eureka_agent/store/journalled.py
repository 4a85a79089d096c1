"""Candidates and evaluations as a log holds them; ValueError or TypeError for any others."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from eureka_agent.archive.candidate import Candidate, EarlyStop, Evaluation, Status
from eureka_agent.rewards.findings import Finding
from eureka_agent.store import checked


def candidate_to_json(candidate: Candidate) -> checked.Json:
    """Return a candidate as journalled; its evaluations are events of their own."""
    data = asdict(replace(candidate, evaluations=(), findings=()))
    del data["evaluations"]
    findings = [finding.to_json() for finding in candidate.findings]
    return data | {"status": str(candidate.status), "findings": findings}


def candidate_from_json(data: Any) -> Candidate:
    """Rebuild a candidate from `candidate_to_json`."""
    values = checked.mapping(data, "candidate")
    values["status"] = Status(values["status"])
    values["parents"] = checked.each(values["parents"], "parent", checked.candidate)
    values["findings"] = checked.each(values["findings"], "finding", _finding)
    candidate = Candidate(**values)
    checked.whole(candidate.generation, "generation")
    checked.whole(candidate.index, "index")
    checked.candidate(candidate.id, "candidate")
    for name in ("operator", "proposer", "reason"):
        checked.text(getattr(candidate, name), name)
    if candidate.source is not None:
        checked.text(candidate.source, "source")
    if candidate.genome is not None:
        checked.mapping(candidate.genome, "genome")
    if candidate.evaluations:
        raise ValueError("evaluations are events of their own")
    return candidate


def _finding(data: Any, what: str) -> Finding:
    finding = Finding.from_json(checked.mapping(data, what))
    for name in ("rule", "what", "why", "fix"):
        checked.text(getattr(finding, name), f"{what}.{name}")
    checked.choice(finding.severity, f"{what}.severity", ("error", "warning", "note"))
    if finding.line is not None:
        checked.whole(finding.line, f"{what}.line", most=None)
    checked.optional_number(finding.value, f"{what}.value")
    return finding


def evaluation_from_json(data: Any) -> Evaluation:
    """Rebuild an evaluation from its dictionary."""
    values = checked.mapping(data, "evaluation")
    values["episode_fitness"] = checked.each(values["episode_fitness"], "episode_fitness", checked.number)
    values["curves"] = {
        name: checked.each(curve, "curve", checked.number)
        for name, curve in checked.mapping(values["curves"], "curves").items()
    }
    values["warnings"] = checked.each(values["warnings"], "warning", checked.text)
    values["safety"] = {
        name: checked.number(value, "safety")
        for name, value in checked.mapping(values.get("safety", {}), "safety").items()
    }
    if values.get("stopped") is not None:
        values["stopped"] = _early_stop(values["stopped"])
    evaluation = Evaluation(**values)
    checked.choice(evaluation.stage, "stage", checked.STAGES)
    checked.whole(evaluation.replicate, "replicate")
    for name in ("seed", "env_steps", "best_checkpoint"):
        checked.whole(getattr(evaluation, name), name, most=None)
    checked.number(evaluation.fitness, "fitness")
    checked.number(evaluation.wall_s, "wall_s")
    checked.text(evaluation.isolation, "isolation")
    return evaluation


def _early_stop(data: Any) -> EarlyStop:
    stop = EarlyStop(**checked.mapping(data, "stopped"))
    for name in ("checkpoint", "env_steps", "of"):
        checked.whole(getattr(stop, name), f"stopped.{name}", most=None)
    checked.number(stop.behind, "stopped.behind")
    checked.number(stop.allowed, "stopped.allowed")
    return stop
