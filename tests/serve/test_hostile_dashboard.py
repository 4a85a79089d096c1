"""A run whose log is hostile wherever others write: its pages show letters, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from door import guest, journalled, unfinished
from hostile import EVIL, LETTERS
from page_reading import Page
from starlette.testclient import TestClient

from eureka_agent.store import inbox
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Comment, Pin, Veto

PAGES = ("/", "/run/evil", "/run/evil/candidate/0-00", "/run/evil/candidate/0-07", "/run/evil/part/said")
TEXTS = {
    "proposer", "source", "reason", "what", "why", "fix", "rule", "model", "text", "claim", "suggestion",
    "task", "description", "env_id", "unreadable", "isolation",
}  # fmt: skip
"""Fields in which somebody else's words stand."""

REPEATED = ("code", "details", "summary", "pre", "p", "li", "ul", "h3", "blockquote", "dt", "dd", "div", "b")
"""Tags of our own of which there are more where there is more to tell, and that do nothing."""


def spoilt(value: Any, words: str, name: str = "") -> Any:
    """Return a value of a log with hostile words wherever a model, a task or a person writes."""
    if isinstance(value, dict):
        return {
            f"component/{words}" if key == "component/upright" else key: spoilt(one, words, key)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [spoilt(one, words, name) for one in value]
    return words if isinstance(value, str) and name in TEXTS else value


def hostile(root: Path, calm: Path, words: str) -> TestClient:
    """Return the dashboard of a run in which `words` stand wherever they can."""
    folder = RunFolder(root / "evil")
    folder.root.mkdir(parents=True)
    lines = [json.loads(line) for line in calm.read_text().splitlines()]
    lines = [{"type": one["type"], **spoilt(one, words)} for one in lines]
    facts = next(one["facts"] for one in lines if one["type"] == "run_started")
    facts |= {"fitness": words or "x", "direction": "maximize"}
    folder.events.write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    journalled(folder, Comment(words[:2_000] or "x", "0-00", "unsafe"))
    journalled(folder, Veto("0-00", words))
    journalled(folder, Pin("0-01", words))
    inbox.leave(folder, Comment(words or "x"), words)
    (folder.feedback / f"{0:020d}-{0:08x}.json").write_text(json.dumps({"said": words}))
    return guest(root)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unfinished(tmp_path_factory.mktemp("calm") / "run", generations=1, samples=9).events


@pytest.fixture(scope="module")
def shapes(calm: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[str]]:
    """How often each tag stands in each page of the same run with harmless words."""
    client = hostile(tmp_path_factory.mktemp("harmless"), calm, "calm")
    return {page: tags_of(Page(client.get(page).text)) for page in PAGES}


def tags_of(page: Page) -> Counter[str]:
    return Counter(tag for tag, _ in page.tags if tag not in ("span", "text"))


@pytest.mark.parametrize("words", EVIL, ids=range(len(EVIL)))
def test_words_stay_words(tmp_path: Path, calm: Path, shapes: dict[str, Counter[str]], words: str) -> None:
    client = hostile(tmp_path, calm, words)
    for address in PAGES:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        assert "cannot be read now" not in answer.text
        page = Page(answer.text)
        found, shape = tags_of(page), shapes[address]
        assert set(found) <= set(shape) | set(REPEATED)
        more = {tag: found[tag] for tag in found if found[tag] > shape[tag] and tag not in REPEATED}
        assert not more
        names = {name for _, attrs in page.tags for name in attrs}
        assert not {name for name in names if name.startswith("on")}
        links = [attrs["href"] or "" for tag, attrs in page.tags if tag == "a"]
        assert all(link.startswith(("#", "/")) and not link.startswith("//") for link in links)
        asked = [attrs["hx-get"] or "" for _, attrs in page.tags if "hx-get" in attrs]
        assert all(address.startswith("/") for address in asked)
        assert not set(LETTERS) & set(answer.text)
