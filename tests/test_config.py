from __future__ import annotations

import re
from pathlib import Path

import pytest

from eureka_agent.config import RunConfig, make_config
from eureka_agent.errors import ConfigError

PACKAGE = Path(__file__).parents[1] / "eureka_agent"
TASK = {"kind": "folder", "value": "cartpole"}


def test_every_field_is_read_somewhere() -> None:
    texts = [
        path.read_text()
        for path in PACKAGE.rglob("*.py")
        if path.name != "config.py" and "cli" not in path.parts
    ]
    for name in RunConfig.model_fields:
        assert any(re.search(rf"config\.{name}\b", text) for text in texts), f"nothing reads RunConfig.{name}"


def test_every_field_can_be_given_on_the_command_line() -> None:
    text = (PACKAGE / "cli" / "evolving.py").read_text()
    derived = {"task", "task_digest"}
    for name in set(RunConfig.model_fields) - derived:
        assert name in text, f"evolve has no option for RunConfig.{name}"


def test_a_wrong_value_names_the_option_and_the_range() -> None:
    with pytest.raises(ConfigError, match=r"'generations' cannot be 0.*greater than or equal to 1"):
        make_config({"task": TASK, "generations": 0})


def test_an_unknown_option_suggests_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'samples'"):
        make_config({"task": TASK, "sampels": 3})


def test_the_digest_tells_runs_apart_but_not_machines() -> None:
    one = make_config({"task": TASK, "seed": 1})
    assert one.digest() == make_config({"task": TASK, "seed": 1, "parallel": 8}).digest()
    assert one.digest() != make_config({"task": TASK, "seed": 2}).digest()
