from __future__ import annotations

from pathlib import Path

import pytest
from asking import QUESTION, STOP, ask, model_on
from servers import Service, serving

from eureka_agent.llm.cache import CachedModel
from eureka_agent.llm.model import Message


def test_the_same_question_is_paid_for_once(tmp_path: Path) -> None:
    with serving(Service("openai")) as service:
        first = ask(CachedModel(model_on(service), tmp_path, seed=0))
        again = CachedModel(model_on(service), tmp_path, seed=0)
        assert again.worst_case_usd("0-00/turn0", QUESTION) == 0.0
        second = ask(again)
    assert len(service.requests) == 1
    assert (first.cached, second.cached) == (False, True)
    assert second.text == first.text
    assert second.usage.cost_usd == 0.0
    assert second.usage.input_tokens == first.usage.input_tokens


def test_another_question_is_another_reply(tmp_path: Path) -> None:
    with serving(Service("openai")) as service:
        model = CachedModel(model_on(service), tmp_path, seed=0)
        ask(model)
        ask(model, "0-01/turn0")
        ask(CachedModel(model_on(service), tmp_path, seed=1))
        ask(CachedModel(model_on(service, temperature=0.3), tmp_path, seed=0))
        ask(CachedModel(model_on(service, model="big-model-2"), tmp_path, seed=0))
        model.reply("0-00/turn0", [*QUESTION, Message("user", "More.")], STOP)
        with serving(Service("openai")) as other:
            ask(CachedModel(model_on(other), tmp_path, seed=0))
    assert len(service.requests) == 6
    assert len(other.requests) == 1


@pytest.mark.parametrize("fault", ["length", "filter", "empty"])
def test_a_reply_that_is_none_is_not_kept(tmp_path: Path, fault: str) -> None:
    with serving(Service("anthropic", [fault])) as service:
        model = CachedModel(model_on(service), tmp_path, seed=0)
        ask(model)
        assert ask(model).text == "hello"
    assert len(service.requests) == 2


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"format": 1, "reply": {"text": 3}}', '{"format": 9}'])
def test_a_damaged_file_is_asked_for_again(tmp_path: Path, damage: str) -> None:
    with serving(Service("openai")) as service:
        model = CachedModel(model_on(service), tmp_path, seed=0)
        ask(model)
        next(tmp_path.rglob("*.json")).write_text(damage)
        assert ask(model).text == "hello"
    assert len(service.requests) == 2


def test_a_cache_that_cannot_be_written_costs_no_reply(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with serving(Service("openai")) as service:
        assert ask(CachedModel(model_on(service), tmp_path / "file", seed=0)).text == "hello"
