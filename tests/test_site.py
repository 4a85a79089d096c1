"""The documentation as a site: no warning when it is built, no other host to load from, no dead link."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from doc_blocks import CHECKOUT

import eureka_agent

pytest.importorskip("zensical", reason="the extra docs is not installed: pip install -e '.[docs]'")
pytest.importorskip("mkdocstrings_handlers.python", reason="the extra docs is not installed")

CONFIG = tomllib.loads((CHECKOUT / "zensical.toml").read_text())["project"]


class Page(HTMLParser):
    """What a page has and what it asks for."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        """Addresses that a browser fetches by itself."""
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        self.ids |= {of[name] for name in ("id", "name") if name in of}
        if tag == "a" and "href" in of:
            self.links.append(of["href"])
        elif tag == "link" and "stylesheet" in of.get("rel", ""):
            self.loaded.append(of["href"])
        elif tag in ("script", "img", "iframe", "source") and "src" in of:
            self.loaded.append(of["src"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site from a copy of what it is made of; warnings are errors."""
    root = tmp_path_factory.mktemp("site")
    for name in ("docs", "examples", "eureka_agent", "envs", "benchmarks/data/gallery"):
        shutil.copytree(CHECKOUT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "zensical.toml", root)
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return root / CONFIG["site_dir"]


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html")}


def sources(nav: Any) -> Iterator[str]:
    for entry in nav if isinstance(nav, list) else nav.values():
        yield from [entry] if isinstance(entry, str) else sources(entry)


def test_every_page_of_the_documentation_is_in_the_navigation(pages: dict[Path, Page]) -> None:
    written = {path.name for path in (CHECKOUT / "docs").glob("*.md")}
    assert set(sources(CONFIG["nav"])) == written
    assert {Path(name).stem for name in written} <= {path.stem for path in pages}


def test_every_public_name_is_in_the_reference(site: Path, pages: dict[Path, Page]) -> None:
    public = {*eureka_agent.__all__, "ComponentCallback"} - {"__version__"}
    assert {f"eureka_agent.{name}" for name in public} <= pages[site / "api.html"].ids


def test_nothing_is_loaded_from_another_host(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        elsewhere = [address for address in page.loaded if re.match(r"(https?:)?//", address)]
        assert not elsewhere, f"{path.name} loads {elsewhere}"
    for style in site.rglob("*.css"):
        assert not re.search(r"""(url\(|@import)\s*["']?(https?:)?//""", style.read_text()), style.name


def test_every_link_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or path.name == "404.html":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            assert target.is_relative_to(site), f"{path.name}: {link}"
            assert target.is_file(), f"{path.name}: {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].ids | {"__top"}, f"{path.name}: {link}"


def test_examples_stand_in_their_pages(site: Path) -> None:
    shown = {path.name: path.read_text() for path in site.glob("*.html")}
    assert not [name for name, text in shown.items() if "8&lt;--" in text]
    assert "ComponentCallback" in shown["using_rewards.html"].partition('id="a-loop-in-pytorch"')[0]


def test_the_search_knows_functions_and_pages(site: Path) -> None:
    index = (site / "search.json").read_text()
    assert "RewardWrapper" in index
    assert "reading_runs.html" in index
