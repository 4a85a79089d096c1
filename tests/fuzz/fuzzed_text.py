"""Fuzzing of what people and models write: replies, rewards, task files."""

from __future__ import annotations

import ast
import contextlib

from hypothesis import strategies as st
from mutations import ENVS, mutated, rewards, soup, task_files
from scratch import scratch

from eureka_agent.design.reply import extract_reward
from eureka_agent.errors import EurekaError, RewardError, TaskError
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.rules import check_source
from eureka_agent.rewards.saved import Header, reward_bytes
from eureka_agent.rewards.source import normalised_digest, parse_reward
from eureka_agent.tasks.folder import folder_task
from eureka_agent.tasks.schema import TaskFile, read_task_file
from eureka_agent.tasks.task import TaskRef

_MARKUP = (
    "```python\n", "```\n", "~~~\n", "````", "> ", "    ", "<think>", "</think>", "<reasoning>", "# Title\n",
    "Here is the reward:\n", "I'm sorry, ", "if __name__ == '__main__':\n    ", "print(compute_reward(1))\n",
    "\r\n", "\ufeff", "\x00", "\t",
)  # fmt: skip
_TOML = (
    "[", "]", "[[", "]]", "=", '"', "'''", "{", "}", "#", "\n", "inf", "nan", "true", "-1", "1e400",
    "[signals]", "[[signals]]\n", "[environment]\n", "id = 3", "extends = ", "[stages]",
    "1979-05-27T07:32:00Z", "\\u0000", "..",
)  # fmt: skip
SIGNALS = ("pole_angle", "cart_position", "action", "prev_action")

programs = mutated(rewards()) | soup()
replies = st.lists(st.sampled_from(_MARKUP) | programs | st.text(max_size=20), max_size=8).map("".join)
toml = mutated(task_files(), _TOML) | soup(_TOML)


def check_reply(text: str) -> None:
    """A reply gives a module that defines the function, or the reasons why not; never an exception."""
    found = extract_reward(text)
    assert (found.source is None) == bool(found.problems)
    if found.source is not None:
        tree = ast.parse(found.source)
        assert any(isinstance(node, ast.FunctionDef) and node.name == "compute_reward" for node in tree.body)
    assert all(isinstance(problem, Finding) and problem.what for problem in found.problems)


def check_rules(text: str) -> None:
    """The static rules give findings, whatever the text is; readers of rewards raise RewardError only."""
    findings = check_source(text, SIGNALS)
    assert all(
        isinstance(finding, Finding) and finding.severity in ("error", "warning") for finding in findings
    )
    assert all(finding.line is None or finding.line >= 1 for finding in findings)
    for read in (parse_reward, normalised_digest):
        with contextlib.suppress(RewardError):
            read(text)
    if not any(finding.severity == "error" for finding in findings):
        check_saved(text, "a fact")


def check_saved(source: str, fact: str) -> None:
    """A saved reward is the candidate's program under a docstring, whatever the header says."""
    saved = reward_bytes(source, Header("Title", {"Task": fact}))
    tree, own = ast.parse(saved), ast.parse(source)
    assert ast.get_docstring(tree) is not None
    body = own.body[1:] if ast.get_docstring(own) is not None else own.body
    assert [ast.dump(node) for node in tree.body[1:]] == [ast.dump(node) for node in body]


def check_task_file(text: str) -> None:
    """A task file is read, or a TaskError says what is wrong with it."""
    with scratch() as folder:
        path = folder / "mine" / "task.toml"
        path.parent.mkdir()
        path.write_bytes(text.encode("utf-8", "replace"))
        with contextlib.suppress(TaskError):
            assert isinstance(read_task_file(path), TaskFile)


def check_task_folder(text: str) -> None:
    """A folder whose file was edited is a task, or an error that a person can mend."""
    with scratch() as root:
        folder = root / "mine"
        folder.mkdir()
        for file in ("task.py", "reference.py"):
            (folder / file).write_text((ENVS / "cartpole" / file).read_text())
        (folder / "task.toml").write_bytes(text.encode("utf-8", "replace"))
        with contextlib.suppress(EurekaError):
            folder_task(TaskRef("folder", str(folder), {}))


cartpole = mutated([(ENVS / "cartpole" / "task.toml").read_text()], _TOML)
