"""The fake services say what the real ones say: every body is held against the SDKs' own types.

The SDKs' types are made from the vendors' specifications. They must accept each body whole: nothing that they
require may be missing, and nothing may be there that they do not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from anthropic.types import ErrorResponse, ModelInfo, RawMessageStreamEvent
from anthropic.types import Message as AnthropicMessage
from openai.types import ErrorObject, Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel, TypeAdapter, ValidationError
from servers import STATUSES, WHOLE, Service

BODY = {"model": "small-model-1", "messages": [{"role": "user", "content": "Say hello."}]}
WIRES = {
    "openai": (TypeAdapter(ChatCompletion), TypeAdapter(ChatCompletionChunk), TypeAdapter(Model)),
    "anthropic": (TypeAdapter(AnthropicMessage), TypeAdapter(RawMessageStreamEvent), TypeAdapter(ModelInfo)),
}
PINGS = ("ping",)
"""Events that Anthropic documents, and its SDK drops before it makes a type of them."""


def undocumented(value: object, place: str = "") -> Iterator[str]:
    """Yield the fields of a body that the SDK's types do not know."""
    if isinstance(value, BaseModel):
        yield from (f"{place}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from undocumented(value.__dict__[name], f"{place}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from undocumented(item, f"{place}[{index}]")


def strange(kind: TypeAdapter[Any], body: Mapping[str, Any]) -> list[str]:
    """Validate `body` as the SDK's type and return what is in it beyond the documented fields."""
    return list(undocumented(kind.validate_python(body)))


def events_of(stream: bytes) -> list[dict[str, Any]]:
    """Read server-sent events; each must be named by its type, where it has one."""
    found = []
    for block in stream.decode().strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        if lines["data"] == "[DONE]":
            continue
        data = json.loads(lines["data"])
        assert lines.get("event") == data.get("type")
        found.append(data)
    return found


@pytest.mark.parametrize("fault", WHOLE)
@pytest.mark.parametrize("dialect", WIRES)
def test_whole_replies_are_of_the_documented_type(dialect: str, fault: str) -> None:
    assert strange(WIRES[dialect][0], Service(dialect).completion(BODY, fault)) == []


@pytest.mark.parametrize("fault", WHOLE)
@pytest.mark.parametrize("dialect", WIRES)
def test_streamed_replies_are_of_the_documented_types(dialect: str, fault: str) -> None:
    service = Service(dialect, say=lambda _: "hello " * 30)
    events = [e for e in events_of(b"".join(service.events(BODY, fault))) if e.get("type") not in PINGS]
    assert len(events) >= 3
    for event in events:
        assert strange(WIRES[dialect][1], event) == []


@pytest.mark.parametrize("dialect", WIRES)
def test_listed_models_are_of_the_documented_type(dialect: str) -> None:
    for row in Service(dialect).models()["data"]:
        assert strange(WIRES[dialect][2], row) == []


@pytest.mark.parametrize("status", STATUSES)
def test_errors_are_of_the_documented_type(status: int) -> None:
    assert strange(TypeAdapter(ErrorObject), Service("openai").error(status)["error"]) == []
    assert strange(TypeAdapter(ErrorResponse), Service("anthropic").error(status)) == []


def test_this_check_finds_what_is_missing_and_what_is_too_much() -> None:
    body = Service("openai").completion(BODY, "ok")
    assert strange(WIRES["openai"][0], body | {"mood": "good"}) == [".mood"]
    with pytest.raises(ValidationError, match="choices"):
        strange(WIRES["openai"][0], {name: body[name] for name in body if name != "choices"})
