"""A model on this machine. The live test needs a file: `EUREKA_AGENT_TEST_GGUF=model.gguf`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from asking import STOP

from eureka_agent.errors import ModelError
from eureka_agent.intrinsic.annotation.answer_odds import surer
from eureka_agent.intrinsic.annotation.answers import read_answers
from eureka_agent.llm.formed import Form, formed
from eureka_agent.llm.local import LocalModel
from eureka_agent.llm.model import Message
from eureka_agent.llm.registry import ModelOptions, make_model

GGUF = os.environ.get("EUREKA_AGENT_TEST_GGUF", "")


def test_a_damaged_file_is_said_when_it_is_loaded(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    path = tmp_path / "damaged.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + bytes(range(256)) * 8)
    model = make_model(f"local:{path}", run_folder=tmp_path)
    with pytest.raises(ModelError, match="no model that"):
        model.reply("0-00/turn0", [Message("user", "Say hello.")], STOP)


@pytest.mark.skipif(not GGUF, reason="EUREKA_AGENT_TEST_GGUF names no model")
def test_a_real_model_answers_for_nothing_and_its_server_ends(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    model = make_model(f"local:{GGUF}", run_folder=tmp_path, options=ModelOptions(max_reply_tokens=16))
    assert isinstance(model, LocalModel)
    try:
        reply = model.reply("0-00/turn0", [Message("user", "Say hello.")], STOP)
        server = model._server
        assert reply.text
        assert reply.model == f"local:{Path(GGUF).name}"
        assert reply.usage.cost_usd == 0.0
        assert reply.usage.output_tokens
    finally:
        model.close()
    assert server is not None
    assert server.poll() == 0


@pytest.mark.skipif(not GGUF, reason="EUREKA_AGENT_TEST_GGUF names no model")
def test_a_real_model_is_held_to_a_grammar_and_tells_its_odds(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    model = make_model(f"local:{GGUF}", run_folder=tmp_path, options=ModelOptions(max_reply_tokens=16))
    form = Form('root ::= "11 | " ("A" | "B") "\\n"', odds=True)
    try:
        answer = formed(model, "0-00/turn0", [Message("user", "Is the sky blue? A yes, B no.")], STOP, form)
    finally:
        assert isinstance(model, LocalModel)
        model.close()
    values = read_answers(answer.reply.text, [11], {"A": 1.0, "B": 0.0})
    assert values[0] in (0.0, 1.0)
    (chance,) = surer(values, [11], {"A": 1.0, "B": 0.0}, answer.odds)
    assert chance is not None
    assert 0.0 <= chance <= 1.0
    assert answer.reply.text in "".join(token.text for token in answer.odds)
    assert all(len(token.alternatives) >= 20 for token in answer.odds)
