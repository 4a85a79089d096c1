"""Pages in Chromium as people see them: what they load and say, what is too wide, what axe-core finds."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WIDTHS = {"desktop": (1280, 800), "phone": (390, 844), "narrow phone": (320, 640)}
PATIENCE_MS = 300_000
"""On a machine with other work a page takes its time."""
# Code and wide tables scroll within their own frame.
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('pre, .scroll'))
    .map(one => one.tagName + ' ' + (one.getAttribute('class') || '')).slice(0, 5)"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach(one => one.open = true)"


def why_no_browser(chromium: str | None, *, playwright: bool) -> str:
    """Return what lacks and how to get it, as a sentence; empty where pages can be opened."""
    if chromium is None:
        return "No page was opened: there is no `chromium` on the path. Install it: apt-get install chromium."
    if not playwright:
        return "No page was opened: Playwright is not installed. Install it: pip install playwright."
    return ""


CHROMIUM = shutil.which("chromium")
NO_BROWSER = why_no_browser(CHROMIUM, playwright=importlib.util.find_spec("playwright") is not None)


@dataclass(frozen=True)
class Seen:
    """What was seen of one page at one width."""

    opened_s: float
    loaded: tuple[str, ...]
    """Addresses that it asked for beside its own."""
    said: tuple[str, ...]
    """Lines on the console, and errors of scripts."""
    too_wide: tuple[str, ...]
    """Elements that reach beyond the page, all parts unfolded."""
    violations: tuple[str, ...]
    """What axe-core found; empty where it was not asked."""
    passed: int
    """Rules of axe-core that the page keeps."""

    @property
    def wrong(self) -> tuple[str, ...]:
        """Return everything that is wrong, in words."""
        return (
            *(f"loads {address}" for address in self.loaded),
            *(f"says {line}" for line in self.said),
            *(f"too wide: {element}" for element in self.too_wide),
            *(f"axe: {violation}" for violation in self.violations),
        )


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """Run Chromium without a screen."""
    from playwright.sync_api import sync_playwright  # pyright: ignore[reportMissingImports]

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM)
        try:
            yield started
        finally:
            started.close()


@contextlib.contextmanager
def tab_of(started: Any, size: tuple[int, int], scheme: str = "light") -> Iterator[Any]:
    """Open an empty tab of a size."""
    # Pages forbid scripts; what looks at them must be allowed to run one.
    context = started.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, bypass_csp=True
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context.new_page()
    finally:
        context.close()


def look(tab: Any, page: Path, *, axe: Path | None = None, pictures: Path | None = None) -> Seen:
    """Open a page in a tab and return what is seen; `pictures` is how names of pictures begin."""
    said: list[str] = []
    asked: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    begun = time.perf_counter()
    tab.goto(page.as_uri(), wait_until="load")
    opened_s = time.perf_counter() - begun
    loaded = [address for address in asked if address != page.as_uri() and not address.startswith("data:")]
    if pictures is not None:
        tab.screenshot(path=f"{pictures}.png")
    tab.evaluate(OPEN_ALL)
    too_wide = tab.evaluate(TOO_WIDE)
    if pictures is not None:
        tab.screenshot(path=f"{pictures}-all.png", full_page=True)
    violations, passed = _asked_of(axe, tab) if axe is not None else ((), 0)
    return Seen(opened_s, tuple(loaded), tuple(said), tuple(too_wide), violations, passed)


def _asked_of(axe: Path, tab: Any) -> tuple[tuple[str, ...], int]:
    tab.add_script_tag(path=axe)
    found = tab.evaluate("() => axe.run()")
    told = (
        f"{one['impact']} {one['id']}: {one['help']} {[node['target'] for node in one['nodes'][:3]]}"
        for one in found["violations"]
    )
    return tuple(told), len(found["passes"])
