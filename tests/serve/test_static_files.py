"""What pages load: a few files of the package, of which htmx is the published one, and nothing else."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from door import guest

import eureka_agent

STATIC = Path(eureka_agent.__file__).parent / "serve" / "static"
TEMPLATES = Path(eureka_agent.__file__).parents[1] / "templates" / "serve"


def test_htmx_is_the_published_file_with_its_licence() -> None:
    told = re.search(r"\b[0-9a-f]{64}\b", (STATIC / "README.md").read_text())
    assert told is not None
    assert hashlib.sha256((STATIC / "htmx.min.js").read_bytes()).hexdigest() == told[0]
    assert "Zero-Clause BSD" in (STATIC / "htmx.LICENSE").read_text()


def test_the_files_are_served_by_name_and_no_others(tmp_path: Path) -> None:
    client = guest(tmp_path)
    for name in ("htmx.min.js", "dashboard.js", "films.js"):
        answer = client.get(f"/static/{name}")
        assert answer.content == (STATIC / name).read_bytes()
        assert answer.headers["content-type"].startswith("text/javascript")
    assert "--accent" in client.get("/static/style.css").text
    for name in ("README.md", "htmx.LICENSE", "..%2fapp.py", "%2e%2e", ""):
        assert client.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.j2")), ids=lambda path: path.name)
def test_no_template_holds_a_script_a_style_or_another_host(path: Path) -> None:
    text = path.read_text()
    assert not re.search(
        r"<script(?! src=\"/static/)|\sstyle=|<style|\son[a-z]+=|https?://|hx-on|\|\s*safe", text
    )
