"""Words that try to be more than words, wherever they are shown."""

from __future__ import annotations

STRINGS = (
    "[bold red]alarm[/bold red]", "[link=https://evil.example]click[/link]", "[/]",
    "\x1b[2J\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "first\rsecond", "bell \x07 back \x08",
    "\u202etxt.exe", "\u2066hidden\u2069", "zero\u200bwidth", "a | b | c", "| --- |", "`code` ``` fence",
    "```\n# Title\n```", "~~~\nrm -rf\n~~~", "# Heading\n\n- list", "![x](https://evil.example/p.png)",
    "<script>alert(1)</script>", "</think>", '"""\nimport os\n"""', "'''", "trailing \\",
    '{"json": "inside"}', "{{ 7 * 7 }}", "{% raw %}", "%s %n {0}", "\x00nul", "line\u2028separator",
    "next\x85line",
)  # fmt: skip
EVIL = (
    *STRINGS,
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</style><svg onload=alert(1)>",
    '" onmouseover="alert(1)', "' autofocus onfocus='alert(1)", "</code></pre><iframe src=//evil.example>",
    "</title><base href=//evil.example>", "javascript:alert(1)", "<!--", "]]>", "&lt;b&gt;", "{{ report }}",
    "--- a\n+++ b\n@@ </code> @@", "ＡＢ\u202eﬁle\u2066",
)  # fmt: skip
"""And what would be more than words in a page."""
LETTERS = "\u202e\u2066\u2069\u200b\x1b\x00\x07\x08\x85\u2028"
"""None of these reaches a page."""
