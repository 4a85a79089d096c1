from __future__ import annotations

import threading
from pathlib import Path

import pytest
from asking import ask
from servers import Service, serving

from eureka_agent.errors import ModelError
from eureka_agent.llm.manual import ManualModel
from eureka_agent.llm.model import Message
from eureka_agent.llm.registry import ModelOptions, make_model, split_models
from eureka_agent.llm.replay import ReplayModel
from eureka_agent.llm.scripted import ScriptedModel

STOP = threading.Event()


def test_manual_asks_in_the_run_folder(tmp_path: Path) -> None:
    assert make_model("manual:a friend", run_folder=tmp_path).name == "manual:a friend"
    model = make_model("manual", run_folder=tmp_path)
    assert isinstance(model, ManualModel)
    assert (model.outbox, model.inbox) == (tmp_path / "outbox", tmp_path / "inbox")
    assert model.max_parallel == 64


def test_replay_reads_the_named_file(tmp_path: Path) -> None:
    (tmp_path / "a:b.jsonl").write_text('{"key": "k", "reply": "r"}\n')
    model = make_model(f"replay:{tmp_path}/a:b.jsonl", run_folder=tmp_path)
    assert isinstance(model, ReplayModel)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("openia/gpt-4", "Did you mean 'openai'?"),
        ("mistral/large", "no client for 'mistral'"),
        ("anthropic/", "names no model"),
        ("local:", "'local' needs a file"),
        ("manuel", "Did you mean 'manual'?"),
        ("repaly:file", "Did you mean 'replay'?"),
        ("replay:", "'replay' needs a file"),
        ("search", "without asking a model"),
        ("", "no model ''"),
    ],
)
def test_anything_else_lists_what_exists(tmp_path: Path, spec: str, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        make_model(spec, run_folder=tmp_path)
    assert said in caught.value.what
    assert "openai/<model>" in caught.value.allowed


def test_scripts_answer_in_order_by_key_or_computed() -> None:
    asked = [Message("user", "hello")]
    in_order = ScriptedModel(["one", "two"])
    assert [in_order.reply(key, asked, STOP).text for key in "ab"] == ["one", "two"]
    with pytest.raises(ModelError, match="'c'"):
        in_order.reply("c", asked, STOP)
    by_key = ScriptedModel({"b": "B"})
    assert by_key.reply("b", asked, STOP).text == "B"
    with pytest.raises(ModelError, match="'a'"):
        by_key.reply("a", asked, STOP)
    computed = ScriptedModel(lambda key, messages: f"{key}: {messages[-1].content}")
    assert computed.reply("k", asked, STOP).text == "k: hello"
    assert computed.requests == [("k", (asked[0],))]


@pytest.mark.parametrize(
    ("stream", "sent"), [(None, [False, True]), (True, [True] * 2), (False, [False] * 2)]
)
def test_replies_are_streamed_as_asked(tmp_path: Path, stream: bool | None, sent: list[bool]) -> None:
    with serving(Service("openai")) as one, serving(Service("anthropic")) as two:
        for service in (one, two):
            options = ModelOptions(base_url=service.base_url, stream=stream)
            ask(make_model(f"{service.dialect}/small-model-1", run_folder=tmp_path, options=options))
    assert [bool(service.requests[0][2].get("stream")) for service in (one, two)] == sent


def test_several_models_are_split_but_no_file_name_is(tmp_path: Path) -> None:
    file = tmp_path / "a,b.jsonl"
    file.write_text("")
    assert split_models("openai/a, anthropic/b") == ["openai/a", "anthropic/b"]
    assert split_models(f"replay:{file}") == [f"replay:{file}"]
    assert split_models("openai/qwen2.5-coder:7b") == ["openai/qwen2.5-coder:7b"]
