"""What hostile sources are made of: payloads, characters, spellings of encodings, and texts of these."""

from __future__ import annotations

from random import Random

PAYLOADS = (
    "import os; os.system('true')",
    "__import__('os').system('true')",
    "open('PWNED', 'w')",
    "import subprocess; subprocess.run('true')",
    "import socket; socket.socket()",
    "import ctypes",
    "import builtins; builtins.PWNED = 1",
    "__builtins__['PWNED'] = 1",
    "import numpy; numpy.PWNED = 1",
    "import numpy; numpy.exp = None",
    "PWNED = 1",
    "exec('PWNED = 1')",
    "eval('open')('PWNED', 'w')",
    "print('PWNED')",
    "raise SystemExit",
    "import sys; sys.modules['math'] = None",
    "def __getattr__(name): return 1",
    "def compute_reward(*signals): return 1.0, {}",
)
"""Statements on one line each; none of them may have its effect when a saved file is imported."""

LINE_ENDS = ("\u2028", "\u2029")
"""Characters that end a line for `str.splitlines`, and for no reader of Python."""

SEPARATORS = (
    *LINE_ENDS, "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\xa0", "\ufeff", "\r", "\r\r\n",
    "\x00", "\x1a", "\x08", "\x7f", "\u200b", "\u202e", "\u3000", "\u2003", "\u00ad", "\ud800",
)  # fmt: skip
"""Characters at which somebody ends a line, or that somebody does not show."""

ENCODINGS = (
    "utf-7", "UTF-7", "utf_7", "U7", "utf-8", "UTF8", "utf_8", "utf-8-sig", "utf-8-unix", "latin-1", "cp1252",
    "utf-16", "utf-16-le", "raw_unicode_escape", "unicode_escape", "shift_jis", "iso2022_jp", "hz", "cp037",
    "punycode", "idna", "rot13", "no-such-encoding", "cp65001",
)  # fmt: skip
COOKIES = (
    "# -*- coding: {} -*-", "# coding={}", "#coding:{}", "# vim: set fileencoding={} :", " # coding: {}",
    "\t#coding={}", "\x0c# coding: {}", "# coding : {}", "#!/bin/sh coding: {}", "# Coding: {}",
    "# coding:\t{}", "# encoding={}", "x = 1.0  # coding: {}", '"""coding: {}"""', "\\\n# coding: {}",
    "# decoding: {} coding: utf-8", "# coding: utf-8 coding: {}", "# coding\uff1a {}",
)  # fmt: skip

ESCAPES = (
    "\\n", "\\r", "\\x0a", "\\x0c", "\\12", "\\0", "\\u2028", "\\U00002029", "\\N{LINE SEPARATOR}",
    "\\N{QUOTATION MARK}" * 3, "\\x22\\x22\\x22", "\\\\", '\\"', "\\'", "\\\n", "\\d", "\\ud800",
)  # fmt: skip
QUOTES = ('"', "'", '"""', "'''", '""""', '"" "', "\\", "\\\\", '\\"""', "\\'''", '"; ', "'); ", '""")\n')
WORDS = (
    "runs",
    "forward",
    "the pole",
    "é",
    "日本",
    "ﬁ",
    "🦾",
    "{x}",
    "%s",
    "# ",
    "\t",
    "1.0",
    "-*-",
    "\\N",
    "coding",
)


class Texts:
    """Draws texts for docstrings, comments, strings and headers; `odd` says which odd characters, if any."""

    def __init__(self, random: Random, odd: tuple[str, ...]) -> None:
        self.random = random
        self.odd = odd

    def chance(self, share: float) -> bool:
        """Return True in `share` of all draws."""
        return self.random.random() < share

    def text(self, most: int = 4) -> str:
        """Return some text, lines and all."""
        return "".join(self._piece() for _ in range(self.random.randint(0, most)))

    def line(self, most: int = 4) -> str:
        """Return some text without line feeds; what else ends lines may be in it."""
        return self.text(most).replace("\n", " ")

    def cookie(self) -> str:
        """Return a comment (or what looks like one) that names an encoding."""
        return self.random.choice(COOKIES).format(self.random.choice(ENCODINGS))

    def _piece(self) -> str:
        payload = self.random.choice(PAYLOADS)
        if self.odd and self.chance(0.5):
            odd = self.random.choice(self.odd)
            return odd + self.random.choice(
                ("", f"{payload} #", f"{payload} #", f"{payload}{odd}", f"#{odd}{payload}")
            )
        kinds = (
            payload, f"\n{payload}\n", f"\n{payload} #", f"+AAo-{payload} #", f"+ACIAIgAi-{payload}",
            self.random.choice(QUOTES), self.random.choice(QUOTES) + payload, self.random.choice(ESCAPES),
            self.random.choice(ESCAPES) + payload, self.cookie(), self.random.choice(WORDS) + " ",
            self.random.choice(WORDS) + "\n",
        )  # fmt: skip
        return self.random.choice(kinds)
