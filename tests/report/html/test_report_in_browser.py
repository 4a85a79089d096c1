"""The report in Chromium: nothing overflows, nothing is loaded, and print shows what is folded away."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from synthetic_run import synthetic_run

import eureka_agent

CHROMIUM = shutil.which("chromium")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no `chromium` on the path")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("browser") / "run"
    synthetic_run(root, generations=2, samples=9)
    return eureka_agent.write_report(str(root))


def chromium(*options: str, page: Path) -> str:
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        f"--user-data-dir={page.parent / 'profile'}", *options, page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def test_it_opens_without_a_complaint_of_its_policy(page: Path) -> None:
    said = chromium("--enable-logging=stderr", "--dump-dom", page=page)
    assert "Is it better?" in said
    assert said.count("<details") == page.read_text().count("<details")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_overflows(page: Path, width: int) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM)
        tab = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True).new_page()
        tab.goto(page.as_uri())
        tab.evaluate("() => document.querySelectorAll('details').forEach(one => one.open = true)")
        assert tab.evaluate("() => document.documentElement.scrollWidth") <= width
        browser.close()


def test_print_shows_what_is_folded_away(page: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM)
        tab = browser.new_context(bypass_csp=True).new_page()
        tab.goto(page.as_uri())
        seen = "() => [...document.querySelectorAll('details pre')].map(one => one.checkVisibility())"
        assert not all(tab.evaluate(seen))
        tab.emulate_media(media="print")
        assert all(tab.evaluate(seen))
        browser.close()
