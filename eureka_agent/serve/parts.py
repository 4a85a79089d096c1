"""The parts of a page: each is rendered once for all who look, and known by a digest of what it says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from markupsafe import Markup

from eureka_agent.llm.templates import Templates
from eureka_agent.resources import bundled_folders


@dataclass(frozen=True)
class Part:
    """What a part says, as HTML, and its digest."""

    html: Markup
    version: str

    @classmethod
    def of(cls, html: str) -> Part:
        """Return a part that says `html`, which is escaped where it must be."""
        return cls(Markup(html), hashlib.blake2b(html.encode(errors="replace"), digest_size=8).hexdigest())


class Live(Protocol):
    """A page that changes while it is looked at; called from several threads."""

    def refresh(self) -> Mapping[str, Part]:
        """Bring it up to date and return its parts by name."""
        ...


class Renderer:
    """The package's own templates: a folder that was downloaded cannot bring its own."""

    def __init__(self) -> None:
        self._templates = Templates(bundled_folders("templates"), html=True)

    def part(self, template: str, **values: Any) -> Part:
        """Render a part."""
        return Part.of(self._templates.render("serve/part.html.j2", template=template, **values))

    def page(self, template: str, **values: Any) -> str:
        """Render a page, or a piece of one that is sent by itself."""
        return self._templates.render(template, **values)
