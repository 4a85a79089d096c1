"""One reward, by name or file: its source, and the critic's findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gymnasium as gym

from eureka_agent.api.judged_reward import judged_for, judged_look
from eureka_agent.critique.behaviours import BehaviourCheck
from eureka_agent.critique.critic import Critic, ProbeCheck, StaticCheck, refused
from eureka_agent.critique.paying import paying
from eureka_agent.errors import ConfigError, RewardError
from eureka_agent.intrinsic.judgement import judgement_of
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.loader import check_reward
from eureka_agent.rewards.natural import arrived, notes_on
from eureka_agent.rewards.reward import Coded, Native, Reward, Sparse, reference_reward
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.inspecting import first_look

Env = str | Callable[[], gym.Env] | None


def check(
    reward: Path | str,
    task: str,
    *,
    env: Env = None,
    envs: Path | None = None,
    unsafe_isolation: bool = False,
) -> list[Finding]:
    """Return the critic's findings on a reward file: static rules, a run on the task's transitions, and what
    it pays scripted behaviours.

    A natural reward is rewritten first; notes say how, and findings cite the lines of the file. Where a
    learned reward lies beside it (`reward.intrinsic.npz`) it may read `intrinsic`.
    """
    chosen = judged_for(find_task(task, env=env, envs=envs), reward)
    made = arrived(_read(Path(reward)), chosen)
    if made.refused:
        return list(made.refused)
    findings = Critic([StaticCheck(chosen)])(made.text)
    if not refused(findings):
        look = first_look(chosen, seed=seed_for(0, "transitions"))
        if (judgement := judgement_of(chosen)) is not None:
            look = judged_look(look, judgement)
        with RewardSandbox(unsafe=unsafe_isolation) as sandbox:
            behaviours = BehaviourCheck(chosen, look.scripted, paying(chosen, sandbox))
            findings = findings + Critic([ProbeCheck(chosen, look.recording, sandbox), behaviours])(made.text)
    return notes_on(made) + made.cited(findings)


def reward_of(task: Task, reward: str) -> Reward:
    """Return the reward that a name or file stands for."""
    match reward:
        case "sparse":
            return Sparse()
        case "native":
            return Native()
        case "reference":
            return reference_reward(task.reference)
    if reward.startswith("hack:"):
        return _hack(task, reward.removeprefix("hack:"))
    made = arrived(_read(Path(reward)), task)
    try:
        for finding in made.refused:
            raise RewardError(str(finding), fix=finding.fix)
        check_reward(made.text, [signal.name for signal in task.readable_signals])
    except RewardError as error:
        fix = f"See everything at once with `eureka-agent check {reward} --task {task.name}`."
        raise RewardError(f"{reward}: {error.what}", allowed=error.allowed, fix=fix) from error
    return Coded(made.text)


def coded_reward(task: Task, reward: str) -> Coded:
    """Return the code that a name or file stands for; ConfigError where the task itself pays."""
    match reward_of(task, reward):
        case Coded() as coded:
            return coded
        case Native():
            kind = "native"
        case Sparse():
            kind = "sparse"
    raise ConfigError(
        f"'{reward}' has no source code to evaluate: it is the {kind} reward of {task.name}.",
        allowed="a reward file, hack:<name>, or reference where it is hand-written",
    )


def _hack(task: Task, name: str) -> Coded:
    if name not in task.hacks:
        known = ", ".join(f"hack:{hack}" for hack in task.hacks) or "none"
        raise ConfigError(f"{task.name} has no hack '{name}'.", allowed=known, fix="Choose one of these.")
    return Coded(task.hacks[name])


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"Could not read {path}: {error}.",
            allowed="a Python file with compute_reward",
            fix="Check the path.",
        ) from error
