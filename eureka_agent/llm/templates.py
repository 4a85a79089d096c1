"""Texts that a model or a person reads: found in `templates/`, rendered strictly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from eureka_agent.errors import ConfigError
from eureka_agent.escaping import visible
from eureka_agent.resources import resource_folders


class Templates:
    """The template folders, searched in order: the first that holds a file wins, file by file.

    An undefined variable is an error, so that no prompt ever goes out with a hole in it. With `html` every
    value is escaped, and letters that steer a terminal or hide what is read are made visible.
    """

    def __init__(self, folders: Sequence[Path] | None = None, *, html: bool = False) -> None:
        self.folders = tuple(folders) if folders is not None else tuple(resource_folders("templates"))
        # A template of somebody's working folder may choose words, and reach nothing else.
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in self.folders]),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=html,
            finalize=_shown if html else None,
        )

    def render(self, name: str, **values: Any) -> str:
        """Render `templates/<name>`; the text ends in one newline.

        Raises ConfigError if the file is missing, is no valid template or names an undefined variable.
        """
        try:
            return self._environment.get_template(name).render(**values).strip() + "\n"
        except jinja2.TemplateNotFound as error:
            raise ConfigError(
                f"There is no template '{error.name}'.",
                allowed="looked in " + (", ".join(map(str, self.folders)) or "no folder at all"),
                fix="Set EUREKA_AGENT_TEMPLATES to a folder that holds it, or reinstall the package.",
            ) from error
        except jinja2.TemplateSyntaxError as error:
            raise ConfigError(
                f"Template '{error.name}', line {error.lineno}: {error.message}.",
                fix="Correct the template; it is Jinja2.",
            ) from error
        except SecurityError as error:
            raise ConfigError(
                f"Template '{name}' reaches for more than its words: {error.message}.",
                allowed="the values that it is given, and Jinja2's filters",
                fix="Remove the expression from the template.",
            ) from error
        except jinja2.UndefinedError as error:
            raise ConfigError(
                f"Template '{name}' uses something that is not given: {error.message}.",
                allowed=", ".join(sorted(values)) or "no variables",
                fix="Remove or rename the variable in the template.",
            ) from error


def _shown(value: Any) -> Any:
    """Return a value as it stands in a page; drawings and what is escaped already stay as they are."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
