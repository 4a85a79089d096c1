"""What the designer's model is told: task, parents and history as plain words, poured into templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eureka_agent.config import Earlier
from eureka_agent.design.judged import judged_words
from eureka_agent.design.said import said_words
from eureka_agent.design.untrained import Untrained
from eureka_agent.escaping import cell, fence, item, one_line, visible
from eureka_agent.llm.templates import Templates
from eureka_agent.resources import resource_folders
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.forms import form_names_text
from eureka_agent.store.judged import JudgedCaptions
from eureka_agent.store.said import Heard
from eureka_agent.tasks.elements import told_elements
from eureka_agent.tasks.task import Signal, Task
from eureka_agent.training.algorithm import PpoSettings

FUNCTION = "compute_reward"
OPINION = "review-"
"""How rules of findings begin that a reviewing model made."""


class PromptBook:
    """Renders `templates/designer/*.md.j2`; of several folders the first that holds a file wins.

    Templates get words and numbers only, never a Task: its fitness and reference cannot leak through them.
    """

    def __init__(self, folders: Sequence[Path] | None = None) -> None:
        self.templates = Templates(resource_folders("templates") if folders is None else folders)

    def system(self) -> str:
        """Render the role and the contract, the same for every task."""
        return self._render("system", function=FUNCTION, call_forms=form_names_text().strip())

    def reflection(self, **values: Any) -> str:
        """Render what training showed of one candidate (see `reflection.reflect`)."""
        return self._render("reflection", **values)

    def request(
        self,
        operator: str,
        task: Task,
        untrained: Untrained | None = None,
        *,
        before: Sequence[Earlier] = (),
        feedback: Sequence[Heard] = (),
        judged: JudgedCaptions | None = None,
        **values: Any,
    ) -> str:
        """Render the user message of `operator` (`seed`, `rewrite`, `cross`) for `task`.

        `before` are the rewards after which a training goes on, in order; `feedback` is what people said,
        `judged` what an annotator said of what was met.
        """
        told = {
            "task": task_words(task, untrained),
            "said": said_words(feedback),
            "judged": None if judged is None else judged_words(judged),
        }
        return self._render(operator, before=_before_words(before), **told, **values)

    def repair(self, findings: Sequence[Finding], source: str | None) -> str:
        """Render what was wrong with a reply, each finding with the line it is about."""
        told = [_finding_words(finding, source) for finding in findings]
        return self._render("repair", findings=told, unreadable=source is None)

    def _render(self, name: str, **values: Any) -> str:
        return _without_blank_runs(self.templates.render(f"designer/{name}.md.j2", **values))


def task_words(task: Task, untrained: Untrained | None = None) -> dict[str, Any]:
    """Return what the designer may know of a task: no fitness code, no reference, no environment id."""
    learner = PpoSettings.of(task.algorithm)
    return {
        "name": task.name,
        "description": visible(task.description.strip()),
        "goal": _sentence(one_line(task.fitness.summary)),
        "better": "higher" if task.fitness.direction == "maximize" else "lower",
        "target": "" if task.fitness.target is None else f"{task.fitness.target:g}",
        "safety": visible(task.safety.strip()),
        "safety_signals": [f"`{name}`" for name in task.safety_signals],
        "max_episode_steps": task.max_episode_steps,
        "env_steps": task.budget.env_steps,
        "discount": learner.gamma,
        "rewards_scaled": learner.normalize_reward,
        "signals": [_signal_words(signal, untrained) for signal in task.signals],
        "offers_progress": task.offers_progress,
        "untrained_known": untrained is not None,
        "untrained_scores": "" if untrained is None else untrained.scores,
        "context": visible(task.context.strip()),
        "env_reward": visible(task.env_reward.strip()),
    }


def _signal_words(signal: Signal, untrained: Untrained | None) -> Mapping[str, Any]:
    dimensions = "".join(f", {size}" for size in signal.shape)
    kind = ", int32" if signal.dtype == "int32" else ""
    shape = f"(num_envs{dimensions or ','}){kind}"
    met = "" if untrained is None else untrained.signals.get(signal.name, "")
    elements = told_elements(signal)
    told = met.split("; ")
    one_by_one = elements and len(told) == len(elements)
    each = told if one_by_one else [""] * len(elements)
    return {
        "name": signal.name,
        "shape": shape,
        "unit": cell(signal.unit),
        "range": _range_words(signal.low, signal.high),
        "untrained": "" if one_by_one else met,
        "meaning": cell(signal.meaning) + (", its numbers below" if elements else ""),
        "elements": [
            {
                "name": name,
                "unit": cell(element.unit),
                "range": _range_words(element.low, element.high),
                "untrained": met_of_it,
                "meaning": cell(element.meaning),
            }
            for (name, element), met_of_it in zip(elements.items(), each, strict=True)
        ],
    }


def _range_words(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "unbounded"
    if low is None:
        return f"up to {high:.4g}"
    if high is None:
        return f"from {low:.4g}"
    return f"{low:.4g} to {high:.4g}"


def _before_words(before: Sequence[Earlier]) -> list[dict[str, Any]]:
    sources = [visible(one.source.strip()) for one in before]
    return [
        {"source": source, "fence": fence(source), "env_steps": one.env_steps}
        for source, one in zip(sources, before, strict=True)
    ]


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."


def _finding_words(finding: Finding, source: str | None) -> Mapping[str, Any]:
    lines = (source or "").split("\n")
    known = finding.line is not None and 1 <= finding.line <= len(lines)
    code = one_line(lines[finding.line - 1]).replace("`", "'") if known and finding.line else ""
    words = {"what": item(finding.what), "why": one_line(finding.why), "fix": one_line(finding.fix)}
    opinion = finding.rule.startswith(OPINION)
    return {
        "line": finding.line,
        "code": code,
        "fatal": finding.severity == "error",
        "opinion": opinion,
        **words,
    }


def _without_blank_runs(text: str) -> str:
    """Leave one blank line where several follow each other, but for fenced code, which stays as it is."""
    kept: list[str] = []
    fenced = False
    for line in text.split("\n"):
        fenced ^= line.startswith("```")
        if fenced or line.strip() or (kept and kept[-1].strip()):
            kept.append(line)
    return "\n".join(kept)
