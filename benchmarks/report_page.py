"""The report of a run in a browser: bytes, seconds to make and to open, what overflows, what axe-core says.

    python benchmarks/report_page.py [RUN] [--pictures DIR]

Without RUN a run of 80 candidates is written whose log nobody trained for. It needs Chromium on the path
(Debian: `apt-get install chromium`), Playwright (`pip install playwright`) and npm, which fetches axe-core.
The exit code is 1 where anything overflows or axe-core finds an error.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "report"))

from synthetic_run import synthetic_run

import eureka_agent

WIDTHS = {"desktop": (1280, 900), "phone": (390, 844), "narrow phone": (320, 640)}
OVERFLOW = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('pre'))
    .map(one => one.tagName + ' ' + one.className).slice(0, 5)"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach(one => one.open = true)"


def main() -> None:
    """Make the report, open it, and print what was measured."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("run", nargs="?")
    arguments.add_argument("--pictures", type=Path)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(given.run) if given.run else Path(folder) / "synthetic"
        if not given.run:
            synthetic_run(root)
        page = Path(folder) / "report.html"
        begun = time.perf_counter()
        eureka_agent.write_report(str(root), page)
        print(f"made in {time.perf_counter() - begun:.1f} s, {page.stat().st_size / 1e6:.2f} MB")
        troubles = look(page, axe_core(Path(folder)), given.pictures)
    sys.exit(1 if troubles else 0)


def look(page: Path, axe: Path, pictures: Path | None) -> int:
    """Open the page at every width, and return how many things are wrong with it."""
    from playwright.sync_api import sync_playwright  # pyright: ignore[reportMissingImports]

    wrong = 0
    with sync_playwright() as playwright, contextlib.ExitStack() as stack:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        stack.callback(browser.close)
        for name, (width, height) in WIDTHS.items():
            for scheme in ("light", "dark"):
                # The page forbids scripts; what looks at it must be allowed to run one.
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
                )
                wrong += _look(context.new_page(), page, axe, f"{name}, {scheme}", pictures)
    return wrong


def _look(tab: Any, page: Path, axe: Path, name: str, pictures: Path | None) -> int:
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    begun = time.perf_counter()
    tab.goto(page.as_uri(), wait_until="load")
    opened = time.perf_counter() - begun
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        tab.screenshot(path=pictures / f"{name.replace(', ', '-').replace(' ', '-')}.png")
    tab.evaluate(OPEN_ALL)
    overflowing = tab.evaluate(OVERFLOW)
    if pictures is not None:
        tab.screenshot(path=pictures / f"{name.replace(', ', '-').replace(' ', '-')}-all.png", full_page=True)
    tab.add_script_tag(path=axe)
    found = tab.evaluate("() => axe.run()")
    print(
        f"{name}: opened in {opened:.2f} s; overflowing {overflowing or 'nothing'}; said {said or 'nothing'}"
    )
    for violation in found["violations"]:
        where = [node["target"] for node in violation["nodes"][:3]]
        print(f"  axe: {violation['impact']} {violation['id']}: {violation['help']} {where}")
    print(f"  axe: {len(found['passes'])} rules passed, {len(found['violations'])} violated")
    return len(overflowing) + len(found["violations"]) + len(said)


def axe_core(folder: Path) -> Path:
    """Fetch axe-core from the npm registry and return its script."""
    told = subprocess.run(
        ["npm", "pack", "--silent", "axe-core"], cwd=folder, check=True, capture_output=True, text=True
    )
    with tarfile.open(folder / told.stdout.strip()) as archive:
        archive.extract("package/axe.min.js", folder, filter="data")
    return folder / "package" / "axe.min.js"


if __name__ == "__main__":
    main()
