"""An environment's documentation without its rewards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MENTIONS_REWARD = re.compile(r"reward|penal|bonus|(?<![a-z])costs?(?![a-z])", re.IGNORECASE)
"""What a name, a string or a sentence must not say to be shown to a designer."""

_TEDIOUS = re.compile(
    r"argument|version|vectorized|reference|render|citation|information|truncation", re.IGNORECASE
)
_HEADING = re.compile(r"^\s*(?P<marks>#{1,6})\s+(?P<marked>.+?)\s*#*$|^\s*\*\*(?P<bold>[^*]+)\*\*:?\s*$")
_UNDERLINE = re.compile(r"^\s*([-=~^])\1{2,}\s*$")
_GOOGLE = re.compile(r"^(?P<name>[A-Z]\w+(?: \w+){0,2}):\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_GOAL = re.compile(r"\b(the|its|your) (main )?(goal|objective|aim|task)\b.{0,40}?\bis to\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class DocSection:
    """A heading and the lines below it, up to the next heading."""

    heading: str
    """Empty for what stands before the first heading."""
    lines: tuple[str, ...]
    level: int = 0
    """1 is the highest heading; a section with a greater level is part of the one before it."""

    @property
    def text(self) -> str:
        """The section as it stands."""
        head = [f"## {self.heading}"] if self.heading else []
        return "\n".join([*head, *self.lines]).strip()


def sections_of(doc: str) -> list[DocSection]:
    """Split a docstring at its headings: Markdown, bold lines, underlined ones, and `Name:` alone."""
    lines = doc.splitlines()
    sections: list[DocSection] = []
    heading, level, body = "", 0, []
    # Some docstrings open a fence in one style and close it in another; then fences say nothing.
    fences = sum(line.lstrip().startswith("```") for line in lines)
    paired, fenced = fences % 2 == 0, False
    for index, line in enumerate(lines):
        below = lines[index + 1] if index + 1 < len(lines) else ""
        fenced ^= paired and line.lstrip().startswith("```")
        found = None if fenced else _heading(line, below)
        if found is not None:
            sections.append(DocSection(heading, tuple(body), level))
            (heading, level), body = found, []
        elif not (_UNDERLINE.match(line) and not body):
            body.append(line)
    sections.append(DocSection(heading, tuple(body), level))
    return [section for section in sections if section.heading or section.text]


def _heading(line: str, below: str) -> tuple[str, int] | None:
    """Return a heading's words and level, or None; bold lines stand below every other kind."""
    if match := _HEADING.match(line):
        marks = match.group("marks")
        return (match.group("marked") or match.group("bold")).strip(), len(marks) if marks else 8
    text = line.strip()
    if text and "|" not in line and _UNDERLINE.match(below) and len(below.strip()) >= len(text) - 2:
        return text, 2
    match = _GOOGLE.match(line)
    return (match.group("name").strip(), 7) if match else None


def _split(doc: str) -> tuple[list[DocSection], list[DocSection]]:
    """Return the sections about rewards, subsections included, and all the others."""
    about: list[DocSection] = []
    others: list[DocSection] = []
    within: int | None = None
    for section in sections_of(doc):
        if within is not None and section.level <= within:
            within = None
        if within is None and MENTIONS_REWARD.search(section.heading):
            within = section.level
        (others if within is None else about).append(section)
    return about, others


def reward_sections(doc: str) -> str:
    """Return only the sections about rewards: what is shown where the person asks for it."""
    return "\n\n".join(section.text for section in _split(doc)[0])


def without_rewards(doc: str) -> str:
    """Return a docstring without its sections on rewards, without every sentence that mentions them."""
    return "\n\n".join(section.text for section in kept_sections(doc))


def without_goal(text: str) -> str:
    """Return a text without the sentences that say what the environment was made for."""
    lines = [" ".join(s for s in _SENTENCE.split(line) if not _GOAL.search(s)) for line in text.split("\n")]
    return "\n".join(line for line, was in zip(lines, text.split("\n"), strict=True) if line or not was)


def kept_sections(doc: str) -> list[DocSection]:
    """Return the sections a designer may read, cleaned; empty and tedious ones are dropped."""
    kept = []
    for section in _split(doc)[1]:
        if _TEDIOUS.search(section.heading):
            continue
        cleaned = DocSection(section.heading, tuple(_cleaned(section.lines)), section.level)
        if any(line.strip() for line in cleaned.lines):
            kept.append(cleaned)
    return kept


def _cleaned(lines: tuple[str, ...]) -> Iterator[str]:
    for block in _blocks(lines):
        text = " ".join(line.strip() for line in block)
        if not MENTIONS_REWARD.search(text):
            yield from block
        elif not (_ITEM.match(block[0]) or block[0].lstrip().startswith(("|", "```"))):
            yield " ".join(s for s in _SENTENCE.split(text) if not MENTIONS_REWARD.search(s))


def _blocks(lines: tuple[str, ...]) -> Iterator[list[str]]:
    """Group lines into what is dropped together: a paragraph, a list item, a table row, a fenced block."""
    block: list[str] = []
    fenced = False
    for line in lines:
        fence = line.lstrip().startswith("```")
        begins = not fenced and (
            fence or not line.strip() or _ITEM.match(line) or line.lstrip().startswith("|")
        )
        if begins and block:
            yield block
            block = []
        block.append(line)
        if fence and fenced:
            yield block
            block = []
        fenced = fenced != fence
    if block:
        yield block
