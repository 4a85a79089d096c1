"""String literals and docstrings in every form that Python's grammar has, around hostile texts."""

from __future__ import annotations

from saved_words import Texts

_PREFIXES = ("", "", "", "", "r", "R", "u", "U", "b", "Br", "f")
_RARE = ("b", "Br", "f")
"""Those of which the rules refuse the literal."""
_QUOTES = ('"""', '"""', "'''", '"', "'")
_CARELESS = 0.06
"""How often a text is put between quotes as it is, whatever it holds."""


class Literals(Texts):
    """Draws literals; most are whole, some end where their text says so."""

    def literal(self, text: str) -> str:
        """Return a string literal of about `text`."""
        quote = self.random.choice(_QUOTES)
        prefix = self.random.choice(_PREFIXES)
        if prefix in _RARE and not self.chance(0.1):
            prefix = ""
        body = text if self.chance(_CARELESS) else _fitted(text, quote, raw="r" in prefix.lower())
        return f"{prefix}{quote}{body}{quote}"

    def string(self) -> str:
        """Return a literal on one logical line."""
        return self.literal(self.text(3))

    def comment(self) -> str:
        """Return a comment."""
        return f"#{self.random.choice(('', ' ', '!', ' type: ignore '))}{self.line()}"

    def docstring(self) -> str:
        """Return a docstring's expression: one literal, or several that Python joins."""
        first, second = self.string(), self.string()
        remark = self.comment() if self.chance(0.4) else ""
        forms = (
            first, first, first, first, f"{first} {second}", f"{first}{second}", f"{first} \\\n{second}",
            f"({first})", f"(({first}\n  {second}))", f"({first}{remark}\n{second}\n{remark}\n)",
            f"( {remark}\n{first}\n)",
        )  # fmt: skip
        return self.random.choice(forms)

    def docstring_statement(self) -> str:
        """Return a docstring with what may follow it on its line."""
        more = (
            "",
            "",
            "",
            "",
            ";",
            f"  {self.comment()}",
            "; import math",
            "; EXTRA = 1.0",
            f"; {self.string()}",
        )
        return self.docstring() + self.random.choice(more)


def _fitted(text: str, quote: str, *, raw: bool) -> str:
    """Return `text` such that a literal in `quote` ends where it shall."""
    text = _without_loose_backslashes(text, raw)
    if len(quote) == 3:
        text = text.replace(quote, f"{quote[:2]}\\{quote[0]}" if not raw else " ")
        return text + (" " if text.endswith((quote[0], "\\")) else "")
    text = text.replace(quote, " " if raw else "\\" + quote).replace("\\\n", " ").replace("\n", "\\n")
    return text + (" " if text.endswith("\\") else "")


def _without_loose_backslashes(text: str, raw: bool) -> str:
    """Drop backslashes after which Python would find no escape, so that few literals are errors."""
    return text if raw else text.replace("\\N ", " ").replace("\\N\n", "\n")
