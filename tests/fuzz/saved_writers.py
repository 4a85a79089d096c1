"""Who checks and writes rewards: this package, and its earlier versions, which show that the fuzzing sees."""

from __future__ import annotations

import ast
import textwrap
import unicodedata
from collections.abc import Callable
from typing import NamedTuple
from unittest import mock

from eureka_agent.errors import RewardError
from eureka_agent.escaping import visible
from eureka_agent.rewards import tree
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.rules import check_source
from eureka_agent.rewards.saved import Header, reward_bytes
from eureka_agent.rewards.tree import parse_python


class Writer(NamedTuple):
    """What decides on a source, and what makes a file of it; raises RewardError where it will not."""

    accepts: Callable[[str], bool]
    write: Callable[[str, Header | None], bytes]


def accepts(source: str) -> bool:
    """Say whether the static rules accept a source."""
    return all(finding.severity != "error" for finding in check_source(source))


def accepted_once(source: str) -> bool:
    """Say whether today's rules would accept a source if there was only the old one about characters."""
    with mock.patch.object(tree, "check_characters", _old_characters):
        return accepts(source)


def _old_characters(text: str) -> Finding | None:
    refused = any(unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in "\n\r\t\f" for c in text)
    return (
        Finding("syntax", "error", None, "The source holds an invisible character.", "", "")
        if refused
        else None
    )


def splitlines_writer(source: str, header: Header | None) -> bytes:
    """Write a reward as it was once done: lines were counted by Python and cut by `str.splitlines`."""
    try:
        return (source if header is None else _old_header(source, header)).encode()
    except (SyntaxError, ValueError) as error:
        raise RewardError(str(error)) from error


def _old_header(source: str, header: Header) -> str:
    own, rest = _split_docstring(source)
    lines = [
        header.title,
        "",
        *(line for name, value in header.facts.items() for line in _wrapped(name, value)),
    ]
    lines += ["", own.strip()] if own else []
    text = visible("\n".join(line.rstrip() for line in lines))
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""{escaped}\n"""\n\n{rest.lstrip()}'


def _split_docstring(source: str) -> tuple[str, str]:
    module = parse_python(source)
    if ast.get_docstring(module) is None:
        return "", source
    rest = source.splitlines(keepends=True)[module.body[0].end_lineno or 1 :]
    return ast.get_docstring(module) or "", "".join(rest)


def _wrapped(name: str, value: str) -> list[str]:
    return textwrap.wrap(" ".join(value.split()), width=100, initial_indent=f"{name + ':':<13}")


WRITERS = {"current": Writer(accepts, reward_bytes), "old": Writer(accepted_once, splitlines_writer)}
