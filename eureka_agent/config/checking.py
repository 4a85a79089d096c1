"""The pydantic model of the declared options; imported only where a configuration is made."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from eureka_agent.config.option import Declared
from eureka_agent.config.run_config import TaskChoice, declared


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option with its value or default, as plain JSON values; pydantic's error otherwise."""
    return _options().model_validate(values).model_dump(mode="json")


@functools.cache
def _options() -> type[BaseModel]:
    """Return a model with a field for each declared option."""
    types = {TaskChoice: _model("TaskChoice", _fields_of(TaskChoice))}
    return _model("RunConfig", ((o.name, types.get(o.type, o.type), _field(o)) for o in declared()))


def _fields_of(kind: type) -> Iterable[tuple[str, Any, Any]]:
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        if field.default_factory is dataclasses.MISSING:
            yield field.name, hints[field.name], Field(_given(field.default))
        else:
            yield field.name, hints[field.name], Field(default_factory=field.default_factory)


def _field(option: Declared) -> Any:
    about = option.about
    return Field(_given(option.default), ge=about.ge, gt=about.gt, le=about.le)


def _given(default: Any) -> Any:
    """Return a default as pydantic expects it: `...` for none."""
    return ... if default is dataclasses.MISSING else default


def _model(name: str, fields: Iterable[tuple[str, Any, Any]]) -> type[BaseModel]:
    """Return a model that refuses unknown keys."""
    definitions: dict[str, Any] = {field: (kind, about) for field, kind, about in fields}
    return create_model(name, __config__=ConfigDict(extra="forbid"), **definitions)
