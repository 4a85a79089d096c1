"""The code blocks of the README and of the documentation, and what their pages say about running them.

A comment right above a block says what a reader need not see: `<!-- not run: why -->` for a block that is
only checked, `<!-- given reward.py: envs/cartpole/reference.py -->` for a file of the checkout that it reads.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

CHECKOUT = Path(__file__).parents[1]
PAGES = (CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md")))
LANGUAGES = ("python", "sh", "toml", "text")
PROGRAMS = ("eureka-agent", "make", "pip", "python", "python3")
"""What a line of a shell block begins with; in an indented block all else is what a program printed."""

_MARK = re.compile(r"<!-- (not run|given (?P<name>\S+)): (?P<value>.+?) -->")
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Block:
    """One block of code."""

    page: Path
    line: int
    language: str
    """One of LANGUAGES; an indented block is `sh`."""
    text: str
    heading: str = ""
    """The section of level two that it stands in."""
    title: str = ""
    """The file that a reader saves it as."""
    fenced: bool = True
    not_run: str = ""
    """Why it is only checked."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Files that it reads: name to the path in the checkout."""

    @property
    def place(self) -> str:
        """Where to look."""
        return f"{self.page.relative_to(CHECKOUT)}:{self.line}"

    @property
    def included(self) -> str:
        """The file of the checkout that the site shows in its place; empty where it is the code itself."""
        found = re.fullmatch(r"--8<--\n(.+)\n--8<--\n", self.text)
        return found[1] if found else ""

    @property
    def commands(self) -> list[list[str]]:
        """The words of each command of a shell block; alternatives in one line are commands of their own."""
        lines = (line.strip().removeprefix("$ ") for line in self.text.replace("\\\n", " ").splitlines())
        shown = [line for line in lines if line.split(" ")[0] in PROGRAMS or (self.fenced and line)]
        return [words for line in shown for words in _alternatives(shlex.split(line, comments=True))]


def _alternatives(words: list[str]) -> Iterator[list[str]]:
    """Yield the commands of a line: `eureka-agent runs | show` is two of one program."""
    command: list[str] = []
    for word in [*words, "&&"]:
        if word not in ("|", "&&"):
            command.append(word)
            continue
        if command:
            yield command
        command = words[:1] if word == "|" else []


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page in their order; ValueError for a mark that is above no block."""
    found, marks, heading, begun = [], "", "", False
    for token in MarkdownIt("commonmark").parse(page.read_text()):
        if token.type == "html_block":
            marks += token.content
        elif token.type in ("fence", "code_block"):
            found.append(_block(page, token, marks, heading))
            marks = ""
        elif _MARK.search(marks):
            raise ValueError(f"{page.name}: no block of code follows {marks.strip()}")
        else:
            marks = ""
        if token.type == "heading_open":
            begun = token.tag == "h2"
        elif token.type == "inline" and begun:
            heading, begun = token.content, False
    return found


def _block(page: Path, token, marks: str, heading: str) -> Block:
    said = list(_MARK.finditer(marks))
    return Block(
        page,
        token.map[0] + 1,
        token.info.split(" ")[0] if token.type == "fence" else "sh",
        token.content,
        heading,
        "".join(_TITLE.findall(token.info)),
        token.type == "fence",
        "".join(mark["value"] for mark in said if mark["name"] is None),
        {mark["name"]: mark["value"] for mark in said if mark["name"]},
    )
