"""A page as a browser's parser sees it: its tags, their attributes, and its words."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {
    "meta",
    "br",
    "line",
    "path",
    "rect",
    "circle",
    "polyline",
    "polygon",
    "image",
    "input",
    "img",
    "link",
}


class Page(HTMLParser):
    """Reads a page; raises AssertionError where tags are not nested as they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        """All words, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def count(self, tag: str) -> int:
        """Return how often a tag stands in it."""
        return sum(name == tag for name, _ in self.tags)
