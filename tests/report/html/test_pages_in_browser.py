"""Report, comparison and plot in Chromium: nothing is loaded or too wide, print unfolds what is folded."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import NO_BROWSER, WIDTHS, browser, look, tab_of, why_no_browser
from synthetic_run import synthetic_run
from test_comparison_page import view_of
from test_plot_page import plot_of

import eureka_agent
from eureka_agent.report.html.comparison_page import render_comparison
from eureka_agent.report.html.plot_page import render_plot

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "pages.py"
LONG = "a_name_without_any_place_to_break_" * 2
KINDS = ("report", "compare", "plot", "compare-long", "plot-long")

in_browser = pytest.mark.skipif(bool(NO_BROWSER), reason=NO_BROWSER)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("browser")
    synthetic_run(folder / "run", generations=2, samples=9)
    found = {kind: folder / f"{kind}.html" for kind in KINDS}
    eureka_agent.write_report(str(folder / "run"), found["report"])
    found["compare"].write_text(render_comparison(view_of("words", 8)))
    found["plot"].write_text(render_plot(plot_of("words")))
    found["compare-long"].write_text(render_comparison(view_of(LONG, 3)))
    found["plot-long"].write_text(render_plot(plot_of(LONG)))
    return found


@pytest.fixture(scope="module")
def started() -> Iterator[Any]:
    with browser() as one:
        yield one


@in_browser
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_loads_nothing_says_nothing_and_is_not_too_wide(
    kind: str, width: str, pages: dict[str, Path], started: Any
) -> None:
    with tab_of(started, WIDTHS[width]) as tab:
        assert look(tab, pages[kind]).wrong == ()
        assert tab.title()


@in_browser
def test_what_is_wrong_with_a_page_is_seen(tmp_path: Path, started: Any) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<img src='there-is-none.png'><script>throw new Error('thrown')</script>"
        "<details><div class='wide' style='width: 900px'>x</div></details>"
    )
    with tab_of(started, WIDTHS["phone"]) as tab:
        seen = look(tab, page)
    assert [address.rpartition("/")[2] for address in seen.loaded] == ["there-is-none.png"]
    assert any("thrown" in line for line in seen.said)
    assert "DIV wide" in seen.too_wide


@in_browser
def test_print_shows_what_is_folded_away(pages: dict[str, Path], started: Any) -> None:
    with tab_of(started, WIDTHS["desktop"]) as tab:
        tab.goto(pages["report"].as_uri())
        seen = "() => [...document.querySelectorAll('details pre')].map(one => one.checkVisibility())"
        assert not all(tab.evaluate(seen))
        tab.emulate_media(media="print")
        assert all(tab.evaluate(seen))


def test_without_a_browser_a_sentence_says_what_to_install() -> None:
    assert "apt-get install chromium" in why_no_browser(None, playwright=True)
    assert "pip install playwright" in why_no_browser("/usr/bin/chromium", playwright=False)
    assert why_no_browser("/usr/bin/chromium", playwright=True) == ""


def test_the_benchmark_says_that_there_is_no_browser(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(BENCHMARK)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "there is no `chromium` on the path" in done.stdout
