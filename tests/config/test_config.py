from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import pytest

from eureka_agent.config import Earlier, RunConfig, make_config, recorded_config
from eureka_agent.config.option import Option, declared_in
from eureka_agent.config.run_config import FIRST, declared, distinguishing
from eureka_agent.errors import ConfigError

PACKAGE = Path(__file__).parents[2] / "eureka_agent"
TASK = {"kind": "folder", "value": "cartpole"}
GYM = {
    "kind": "gym",
    "value": "LunarLander-v3",
    "options": {"goal": "Land.", "max_episode_steps": 400, "stages": False, "kwargs": {"wind": [1, None]}},
}


@dataclasses.dataclass(frozen=True)
class Later:
    """A configuration of tomorrow."""

    samples: Annotated[int, Option("Candidates per generation.")] = 16
    parallel: Annotated[int, Option("Trainings side by side.", changes_results=False)] = 1
    novelty: Annotated[float, Option("How much what is new counts.")] = 0.0


def sources() -> str:
    """Everything that the package does with a configuration once there is one."""
    rooms = [path for path in PACKAGE.rglob("*.py") if not {"config", "cli"} & set(path.parts)]
    return "\n".join(path.read_text() for path in rooms)


def test_every_field_is_read_somewhere() -> None:
    text = sources()
    for option in declared():
        place = ".".join(("config", *option.path))
        assert re.search(rf"\b{re.escape(place)}\b", text), f"nothing reads {place}"


def test_every_field_has_a_sentence_of_help() -> None:
    for option in declared():
        assert re.fullmatch(r"[A-Za-z].{10,}[.…]", option.about.help), f"{option.name} is not explained"


def test_names_are_unique_and_those_of_the_first_logs_are_still_there() -> None:
    names = [option.name for option in declared()]
    assert len(names) == len(set(names))
    assert tuple(names[: len(FIRST)]) == FIRST


def test_a_wrong_value_names_the_option_and_the_range() -> None:
    with pytest.raises(ConfigError, match=r"'generations' cannot be 0.*greater than or equal to 1"):
        make_config({"task": TASK, "generations": 0})


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "Option 'task' cannot be {}: Field required."),
        ({"task": 3}, "'task' cannot be 3: Input should be a valid dictionary or instance of TaskChoice."),
        ({"task": {**TASK, "more": 1}}, "Option 'task.more' cannot be 1: Extra inputs are not permitted."),
        ({"task": TASK, "samples": 1000}, "'samples' cannot be 1000: Input should be less than or equal"),
        ({"task": TASK, "confirm_seeds": 1}, "'confirm_seeds' cannot be 1: Input should be greater than or"),
        ({"task": TASK, "budget_minutes": 0}, "'budget_minutes' cannot be 0: Input should be greater than 0"),
        ({"task": TASK, "trainer": "x"}, "'trainer' cannot be 'x': Input should be 'population' or 'sb3'."),
        ({"task": TASK, "after": [["x", "many"]]}, "'after.0.1' cannot be 'many': Input should be a valid"),
        ({"task": TASK, "samples": "many"}, "'samples' cannot be 'many': Input should be a valid integer"),
    ],
)  # fmt: skip
def test_errors_speak_of_options_as_they_are_typed(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_config(values)
    assert says in caught.value.what


def test_an_unknown_option_suggests_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'samples'") as caught:
        make_config({"task": TASK, "sampels": 3})
    assert caught.value.allowed.startswith(", ".join(FIRST))


def test_the_digest_tells_runs_apart_but_not_machines() -> None:
    one = make_config({"task": TASK, "seed": 1})
    assert one.digest() == make_config({"task": TASK, "seed": 1, "parallel": 8}).digest()
    assert one.digest() != make_config({"task": TASK, "seed": 2}).digest()


@pytest.mark.parametrize(
    ("options", "digest"),
    [
        ({}, "b8c4890f5f5c3377"),
        ({"seed": 3, "parallel": 8, "max_parallel_requests": 2}, "4ec53ce1b9855c86"),
        ({"model": "openai/gpt-6.1-sol", "base_url": "https://example.org/v1", "temperature": 1,
          "max_reply_tokens": 4000, "effort": "high"}, "c35ecb5eec6f8ce6"),
        ({"model": "local:qwen.gguf,replay:replies.jsonl", "stream": True, "grammar": False,
          "reply_cache": False}, "834cb4f724777a98"),
        ({"generations": "2", "samples": "4", "restarts": 3, "search_seeds": 2}, "35c2de9fcd3abcd8"),
        ({"confirm_seeds": 10, "confirm_top": 4, "env_steps": 200_000}, "621df0948d2cc00f"),
        ({"budget_usd": 2, "budget_steps": 10**8, "budget_minutes": 12.5}, "b1d504fe76924e4a"),
        ({"target": -150, "seed_reward": "def compute_reward(x):\n    return x, {}\n"}, "2665fae4437f3465"),
        ({"reflection": False, "history": False, "critic": False, "repair_turns": 0}, "a94ba26de5019226"),
        ({"init_policy": "ab" * 32, "trainer": "sb3", "halving": False}, "7e17835523a68179"),
        ({"device": "gpu", "worlds": 4096, "unsafe_isolation": True}, "b6156292808bee43"),
        ({"task": GYM, "task_digest": "0123456789abcdef"}, "7ae560ed1c1ef0b7"),
        ({"task": {"kind": "constructor", "value": "sha256:00", "options": {"name": "mine"}},
          "generations": 1, "samples": 80, "stream": False, "target": 0.1}, "f1c738592f4e7287"),
    ],
)  # fmt: skip
def test_digests_are_those_of_the_runs_that_lie_on_disks(options: dict[str, Any], digest: str) -> None:
    config = recorded_config({"task": TASK, "confirm_seeds": 5, "confirm_top": 2} | options)
    assert config.digest() == digest
    assert recorded_config(json.loads(json.dumps(config.to_json()))) == config


def test_logs_hold_options_flat_and_in_their_order() -> None:
    config = make_config({"task": TASK, "samples": 4, "budget_usd": 2})
    flat = config.to_json()
    assert tuple(flat)[: len(FIRST)] == FIRST, "options that came later come after"
    assert flat["task"] == {**TASK, "options": {}}
    assert (flat["samples"], flat["budget_usd"], flat["search_seeds"]) == (4, 2.0, 1)
    assert config.to_toml() == {name: value for name, value in flat.items() if value is not None}


def test_a_run_is_known_by_the_rewards_before_it_and_their_steps() -> None:
    after = [["def compute_reward(x): ...", 100], ["def compute_reward(y): ...", 200]]
    config = make_config({"task": TASK, "after": after})
    assert config.training.after[1] == Earlier("def compute_reward(y): ...", 200)
    assert recorded_config(json.loads(json.dumps(config.to_json()))) == config
    others = ([], after[:1], after[::-1], [after[0], [after[1][0], 201]])
    digests = {make_config({"task": TASK, "after": other}).digest() for other in others}
    assert len({*digests, config.digest()}) == 5
    assert make_config({"task": TASK, "after": []}).digest() == make_config({"task": TASK}).digest()


def test_an_option_that_is_added_later_leaves_the_digests_of_earlier_runs_alone() -> None:
    def told(flat: Mapping[str, Any]) -> dict[str, Any]:
        return distinguishing(flat, declared_in(Later))

    assert told({"samples": 16, "parallel": 8, "novelty": 0.0}) == {"samples": 16}
    assert told({"samples": 16, "parallel": 8, "novelty": 0.5}) == {"samples": 16, "novelty": 0.5}


def test_a_log_that_names_no_later_option_is_read_as_runs_were_then() -> None:
    assert make_config({"task": TASK}).confirmation.choosing > 0
    assert recorded_config({"task": TASK}).confirmation.choosing == 0
    assert recorded_config({"task": TASK, "choose_seeds": 3}).confirmation.choosing == 3
    assert recorded_config({"task": TASK}).training.after == ()
    asked = make_config({"task": TASK, "choose_seeds": 0})
    assert asked.digest() == recorded_config({"task": TASK}).digest(), "it is the same run"


def test_reading_the_declarations_needs_no_library() -> None:
    code = (
        "import sys, eureka_agent.config.run_config as run_config\n"
        "run_config.declared(); print(' '.join(m.split('.')[0] for m in sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"pydantic", "numpy", "typer"} & set(loaded.split())


def test_a_configuration_cannot_be_changed() -> None:
    config: Any = make_config({"task": TASK})
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.search.samples = 3
    assert isinstance(config, RunConfig)
