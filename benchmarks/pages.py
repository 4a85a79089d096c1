"""The pages of `report`, `compare` and `plot` in a browser: size, seconds, what is wrong with them.

    python benchmarks/pages.py [RUN] [--pictures DIR]

A page must load nothing, say nothing on the console, have no element that is wider than it at 320 pixels,
and violate no rule of axe-core, in light and in dark colours. The report is that of RUN, else of 80
candidates that nobody trained; the other two show made-up rewards. It needs Chromium on the path (Debian:
`apt-get install chromium`), Playwright (`pip install playwright`) and npm, which fetches axe-core. The exit
code is 1 where anything is wrong, and 2 without a browser.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "report"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "report" / "html"))

from browsing import NO_BROWSER, WIDTHS, browser, look, tab_of
from synthetic_run import synthetic_run
from test_comparison_page import view_of
from test_plot_page import plot_of

import eureka_agent
from eureka_agent.report.html.comparison_page import render_comparison
from eureka_agent.report.html.plot_page import render_plot


def main() -> int:
    """Make the pages, open each, and print what was measured."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("run", nargs="?")
    arguments.add_argument("--pictures", type=Path)
    given = arguments.parse_args()
    if NO_BROWSER:
        print(NO_BROWSER)
        return 2
    if given.pictures is not None:
        given.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        axe = axe_core(folder)
        wrong = [looked_at(page, axe, given.pictures) for page in pages(folder, given.run)]
    return 1 if sum(wrong) else 0


def pages(folder: Path, run: str | None) -> Iterator[Path]:
    """Write the pages one after the other, with how long that took."""
    root = Path(run) if run else folder / "synthetic"
    if not run:
        synthetic_run(root)
    makers: dict[str, Callable[[Path], object]] = {
        "report": lambda page: eureka_agent.write_report(str(root), page),
        "compare": lambda page: page.write_text(render_comparison(view_of("A longer name of a reward", 8))),
        "plot": lambda page: page.write_text(render_plot(plot_of("a_longer_name_of_a_signal"))),
    }
    for name, make in makers.items():
        page = folder / f"{name}.html"
        begun = time.perf_counter()
        make(page)
        seconds = time.perf_counter() - begun
        print(f"{page.name}: made in {seconds:.1f} s, {page.stat().st_size / 1e6:.2f} MB")
        yield page


def looked_at(page: Path, axe: Path, pictures: Path | None) -> int:
    """Open a page at every width, and return how many things are wrong with it."""
    wrong = 0
    with browser() as started:
        for name, size in WIDTHS.items():
            for scheme in ("light", "dark"):
                stem = f"{page.stem}-{name.replace(' ', '-')}-{scheme}"
                with tab_of(started, size, scheme) as tab:
                    seen = look(tab, page, axe=axe, pictures=pictures and pictures / stem)
                print(f"  {name}, {scheme}: opened in {seen.opened_s:.2f} s; {seen.passed} rules passed")
                print("".join(f"    {line}\n" for line in seen.wrong), end="")
                wrong += len(seen.wrong)
    return wrong


def axe_core(folder: Path) -> Path:
    """Fetch axe-core from the npm registry and return its script."""
    told = subprocess.run(
        ["npm", "pack", "--silent", "axe-core"], cwd=folder, check=True, capture_output=True, text=True
    )
    with tarfile.open(folder / told.stdout.strip()) as archive:
        archive.extract("package/axe.min.js", folder, filter="data")
    return folder / "package" / "axe.min.js"


if __name__ == "__main__":
    sys.exit(main())
