"""Static rules: everything that can be said about a reward without running it, in one pass.

They make good error messages; they are not a sandbox (see the isolation room for that).
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.rules_calls import check_calls
from eureka_agent.rewards.rules_flow import Flow, TooComplexError
from eureka_agent.rewards.rules_imports import check_imports
from eureka_agent.rewards.rules_module import check_module
from eureka_agent.rewards.rules_names import check_names, check_words
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.rules_syntax import check_docstrings, check_syntax
from eureka_agent.rewards.source import ENTRY
from eureka_agent.rewards.tree import functions_of, parse_tree

IMPURE_RULES = frozenset({"constant-state", "world-count", "mutable-default"})
"""Rules against rewards that could pay differently from call to call; files saved by earlier versions may
break them."""


def check_source(text: str, signals: Collection[str] | None = None) -> list[Finding]:
    """Return everything the static rules find in a reward, by line; never raises.

    Args:
        text: the source, whatever it is.
        signals: names the reward may ask for; None leaves the argument list unchecked.
    """
    tree, finding = parse_tree(text)
    if tree is None:
        return [finding] if finding else []
    report = Report()
    known = frozenset(signals or ())
    check_words(text, report)
    check_syntax(tree, report)
    check_docstrings(tree, report)
    check_imports(tree, report)
    check_names(tree, known, report)
    check_calls(tree, report)
    check_module(tree, signals, report)
    _check_flow(tree, report)
    return report.findings()


def _check_flow(tree: ast.Module, report: Report) -> None:
    if ENTRY not in functions_of(tree):
        return
    try:
        Flow(tree, report).check()
    except (TooComplexError, RecursionError):
        what = "The reward is too complex to be checked."
        report.add("size", None, what, "Rewards are small.", "Use fewer helpers and simpler data.")
