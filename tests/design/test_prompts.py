from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from design_fakes import SOURCE, archive_of, failed, make_task, trained

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.config import Earlier
from eureka_agent.design.designer import Designer
from eureka_agent.design.history import NOTHING
from eureka_agent.design.prompts import PromptBook
from eureka_agent.design.proposer import Slot
from eureka_agent.design.untrained import Untrained
from eureka_agent.errors import ConfigError
from eureka_agent.llm.model import Message
from eureka_agent.llm.scripted import ScriptedModel
from eureka_agent.llm.templates import Templates
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.rules import check_source
from eureka_agent.store.records import PolicyStats, RewardStats
from eureka_agent.tasks.task import Element, FitnessSpec, Signal, Task

SNAPSHOTS = Path(__file__).parent / "snapshots"
ARCHIVE = archive_of(
    trained(0, 0, 40.0),
    trained(0, 1, 80.0, operator="rewrite", parents=("0-00",)),
    failed(0, 2, "component 'near' is NaN in row 3"),
    failed(0, 3, "component 'near' is NaN in row 3"),
)
OTHER = "def compute_reward(velocity):\n    return velocity, {'fast': velocity}"
BAD_LINE = Finding("unknown-name", "error", 6, "There is no signal 'speed'.", "", "Use 'velocity'.")


def asked(
    slot: Slot,
    task: Task | None = None,
    archive: Archive | None = None,
    reflection: bool = True,
    history: bool = True,
    untrained: Untrained | None = None,
    policies: Mapping[str, PolicyStats] = MappingProxyType({}),
    before: Sequence[Earlier] = (),
) -> tuple[Message, ...]:
    """Return the conversation that a slot of `task` starts with."""
    model = ScriptedModel(lambda key, messages: f"```python\n{SOURCE}```\n")
    designer = Designer(
        task or make_task(),
        model,
        reflection=reflection,
        history=history,
        untrained=untrained,
        before=before,
    )
    known = archive or (ARCHIVE if slot.generation else archive_of())
    designer.propose(slot, Briefing(known, policies))
    ((_, messages),) = model.requests
    return messages


def matches_snapshot(name: str, text: str) -> None:
    path = SNAPSHOTS / f"{name}.md"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), (
        f"{path} differs; UPDATE_SNAPSHOTS=1 accepts the new text"
    )


UNTRAINED = Untrained(
    {
        "position": "-0.4, 0, 0.4",
        "velocity": "-1, 0, 1",
        "wind": "0, 1, 2; 0, 1, 2; 0, 1, 2",
        "action": "-1, 0, 1",
    },
    "0, 2.5, 9",
)
SLOTS = {
    "seed": (Slot(0, 0, "seed"), archive_of()),
    "seed_after_failures": (Slot(1, 0, "seed"), archive_of(failed(0, 0, "it timed out"), failed(0, 1, ""))),
    "rewrite": (Slot(1, 0, "rewrite", ("0-01",)), ARCHIVE),
    "cross": (Slot(1, 1, "cross", ("0-01", "0-00")), ARCHIVE),
}


@pytest.mark.parametrize("name", SLOTS)
def test_requests_read_as_approved(name: str) -> None:
    slot, archive = SLOTS[name]
    matches_snapshot(name, asked(slot, archive=archive)[1].content)


def test_the_next_stage_of_a_sequence_is_asked_for_after_what_was_trained() -> None:
    text = asked(Slot(0, 0, "seed"), before=[Earlier(SOURCE, 20_000)])[1].content
    matches_snapshot("seed_after_a_reward", text)
    both = [Earlier(SOURCE, 5), Earlier(OTHER, 6)]
    for slot in (Slot(1, 0, "rewrite", ("0-01",)), Slot(1, 1, "cross", ("0-01", "0-00"))):
        later = asked(slot, before=both)[1].content
        assert later.index("one after the other") < later.index(SOURCE.strip()) < later.index(OTHER)
        assert "For 6 steps:" in later


def test_a_task_that_measures_a_progress_is_told_of_no_other() -> None:
    own = Signal("progress", (), "m", "way along the track", 0.0, 10.0)
    text = asked(Slot(0, 0, "seed"), make_task(signals=(*make_task().signals, own)))[1].content
    assert "way along the track" in text
    assert "share of the training" not in text
    assert "share of the training" in asked(Slot(0, 0, "seed"))[1].content


def test_what_a_random_policy_meets_is_told_where_it_is_known() -> None:
    text = asked(Slot(0, 0, "seed"), untrained=UNTRAINED)[1].content
    matches_snapshot("seed_with_random_policy", text)
    assert "at random" not in asked(Slot(0, 0, "seed"))[1].content


def test_what_the_kept_policy_meets_is_told_where_it_is_known_and_reflection_is_wanted() -> None:
    slot, archive = SLOTS["rewrite"]
    stats = PolicyStats(
        (100, 31),
        {"position": "0.38, 0.41, 0.42", "wind": "0, 1, 2; 0, 1, 2; 3, 4, 5"},
        {"position": "-1", "wind": "1; 2; 3"},
        RewardStats({"near": "0.9; 0.1, 0.9, 1", "effort": "-0.1; -0.2, -0.1, 0"}, "0.8; 0, 0.8, 1"),
        RewardStats({"near": "0.2; 0, 0.2, 0.4", "effort": "-0.9; -1, -1, -0.8"}, "-0.7; -1, -0.8, -0.4"),
    )
    met = {"0-00": PolicyStats(), "0-01": stats}

    matches_snapshot("rewrite_with_kept_policy", asked(slot, archive=archive, policies=met)[1].content)
    both = asked(slot, archive=archive, policies=met, untrained=UNTRAINED)[1].content
    assert "| `position` | 0.38, 0.41, 0.42 | -0.4, 0, 0.4 | -1 |" in both
    seen = {"0-01": PolicyStats(observations=("It idles\n# from step 3 on. [candidate 0-01, episode 1]",))}
    told = asked(slot, archive=archive, policies=seen)[1].content
    assert "- It idles # from step 3 on. [candidate 0-01, episode 1]" in told
    for text in (
        asked(slot, archive=archive, policies=met, reflection=False)[1].content,
        asked(slot, archive=archive, policies={"0-01": PolicyStats()})[1].content,
    ):
        assert "kept policy meets" not in text


def test_the_repair_request_reads_as_approved() -> None:
    text = PromptBook().repair([BAD_LINE, Finding("slow", "error", None, "It took 9 s.", "", "")], SOURCE)
    assert "`near = np.exp(-np.square(position - 0.5))`" in text
    matches_snapshot("repair", text)


def test_a_repair_without_source_says_that_nothing_was_found() -> None:
    problem = Finding("reply-empty", "error", None, "Your reply is empty.", "", "Write one.")
    text = PromptBook().repair([problem], None)
    assert "No reward function could be taken" in text
    assert "refused before training" not in text


def test_safety_and_own_reward_have_sections_of_their_own() -> None:
    task = make_task(safety="Never exceed 2 m/s.", env_reward="It pays 1 a step.")
    text = asked(Slot(0, 0, "seed"), task)[1].content
    matches_snapshot("seed_with_safety_and_reward", text)
    assert "## Safety\n\nNever exceed 2 m/s." in text
    assert "It pays 1 a step." in text
    watched = replace(task, safety_signals=("velocity",))
    told = asked(Slot(0, 0, "seed"), watched, untrained=UNTRAINED)[1].content
    assert "Of `velocity`, which safety is about, two more follow" in told
    plain = asked(Slot(0, 0, "seed"))[1].content
    assert "which safety is about" not in asked(Slot(0, 0, "seed"), untrained=UNTRAINED)[1].content
    assert "## Safety" not in plain
    assert "own reward" not in plain


def test_the_system_prompt_states_the_contract_and_is_the_same_for_every_task() -> None:
    one = asked(Slot(0, 0, "seed"))[0]
    other = asked(Slot(0, 0, "seed"), make_task(name="other", description="Else."))[0]
    assert one == other
    assert one.role == "system"
    for word in ("compute_reward", "np.where", "clip", "These exist", "MEMORY", "num_envs", "axis=-1"):
        assert word in one.content


def test_the_examples_in_the_system_prompt_keep_the_contract() -> None:
    examples = re.findall(r"```python\n(.*?)```", PromptBook().system(), flags=re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        text = example if "import" in example else f"import numpy as np\n\n\n{example}"
        assert check_source(text, ["distance", "speed", "action", "height"]) == []


@pytest.mark.parametrize("name", SLOTS)
def test_prompts_of_two_tasks_differ_in_the_tasks_own_data_only(name: str) -> None:
    slot, archive = SLOTS[name]
    fields = {"name": "AAA", "description": "BBB", "context": "CCC", "max_episode_steps": 111}
    other_fields = {"name": "ZZZ", "description": "YYY", "context": "XXX", "max_episode_steps": 999}
    signals = (Signal("sss", (), "uuu", "mmm"), Signal("action", (1,)))
    other_signals = (Signal("ttt", (), "vvv", "nnn"), Signal("action", (1,)))
    one = make_task(**fields, signals=signals, fitness=FitnessSpec("FFF", "sum"))
    other = make_task(
        **other_fields, signals=other_signals, fitness=FitnessSpec("GGG", "mean"), env_id="Else-v1"
    )
    translated = asked(slot, one, archive)[1].content
    pairs = [*zip(fields.values(), other_fields.values(), strict=True)]
    pairs += [("FFF", "GGG"), ("sss", "ttt"), ("uuu", "vvv"), ("mmm", "nnn")]
    for mine, theirs in pairs:
        translated = translated.replace(str(mine), str(theirs))
    assert translated == asked(slot, other, archive)[1].content


@pytest.mark.parametrize("name", SLOTS)
def test_nothing_secret_and_no_placeholder_reaches_the_model(name: str) -> None:
    slot, archive = SLOTS[name]
    system, user = asked(slot, archive=archive)
    assert "None" not in user.content
    for message in (system, user):
        assert "SECRET" not in message.content.upper()
        assert not re.search(r"\{\{|\}\}|\{%|%\}|Undefined", message.content)
        assert "\n\n\n" not in re.sub(r"```.*?```", "CODE", message.content, flags=re.DOTALL)
        assert "fitness" not in message.content.lower()


def test_minimised_scores_are_said_to_be_better_when_lower() -> None:
    task = make_task(fitness=FitnessSpec("metres off the path", "mean", "minimize"))
    assert "(Lower is better.)" in asked(Slot(0, 0, "seed"), task)[1].content


def test_ablations_tell_less() -> None:
    slot, archive = SLOTS["rewrite"]
    full = asked(slot, archive=archive)[1].content
    no_reflection = asked(slot, archive=archive, reflection=False)[1].content
    no_history = asked(slot, archive=archive, history=False)[1].content
    assert "first to last" in full
    assert "first to last" not in no_reflection
    assert "Its `task_score` is 80." in no_reflection
    assert "What has been tried" in full
    assert "What has been tried" not in no_history
    assert "did not work" not in no_history
    changed = archive_of(*ARCHIVE.candidates, trained(1, 0, 3.0, operator="rewrite", parents=("0-01",)))
    assert "Changes to 0-01" in asked(slot, archive=changed)[1].content
    assert "Changes to 0-01" not in asked(slot, archive=changed, history=False)[1].content


def test_equal_slots_get_identical_prompts() -> None:
    assert asked(Slot(1, 0, "rewrite", ("0-01",))) == asked(Slot(1, 7, "rewrite", ("0-01",)))


def test_the_first_folder_that_holds_a_template_wins(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    for folder, name in ((mine, "system"), (theirs, "system"), (theirs, "seed")):
        (folder / "designer").mkdir(parents=True, exist_ok=True)
        (folder / "designer" / f"{name}.md.j2").write_text(f"{name} of {folder.name}")
    book = PromptBook([mine, theirs])
    assert book.system() == "system of mine\n"
    assert book.request("seed", make_task()) == "seed of theirs\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [("{{ taks.name }}", "taks"), ("{% if %}", "line 1"), ("{% include 'gone.j2' %}", "gone.j2")],
)
def test_a_bad_template_is_an_error_that_says_where(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "designer").mkdir()
    (tmp_path / "designer" / "seed.md.j2").write_text(text)
    with pytest.raises(ConfigError, match=said):
        PromptBook([tmp_path]).request("seed", make_task())


def test_the_environment_variable_names_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "designer").mkdir()
    (tmp_path / "designer" / "system.md.j2").write_text("my own words")
    monkeypatch.setenv("EUREKA_AGENT_TEMPLATES", str(tmp_path))
    assert PromptBook().system() == "my own words\n"
    assert PromptBook().request("seed", make_task(), **NOTHING).startswith("# Task: cart")


def test_a_template_reaches_nothing_but_what_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "hostile.md.j2").write_text("{{ ''.__class__.__mro__[1].__subclasses__() }}")
    (tmp_path / "writing.md.j2").write_text("{{ given.append(1) }}")
    for name in ("hostile", "writing"):
        with pytest.raises(ConfigError, match="reaches for more than its words"):
            Templates([tmp_path]).render(f"{name}.md.j2", given=[])


def test_each_number_of_a_vector_has_a_row_where_it_is_known() -> None:
    elements = (Element("place of the cart", "m", -4.8, 4.8), Element("speed", "m/s"))
    obs = Signal("obs", (2,), meaning="as the environment observes it", elements=elements)
    task = replace(make_task(), signals=(obs, Signal("action", (1,))))
    met = Untrained({"obs": "-1, 0, 1; -2, 0, 2", "action": "-1, 0, 1"}, "")
    text = asked(Slot(0, 0, "seed"), task, untrained=met)[1].content
    assert (
        "| `obs` | (num_envs, 2) | – | unbounded | as the environment observes it, its numbers below |"
        in text
    )
    assert "| `obs[:, 0]` | (num_envs,) | m | -4.8 to 4.8 | place of the cart | -1, 0, 1 |" in text
    assert "| `obs[:, 1]` | (num_envs,) | m/s | unbounded | speed | -2, 0, 2 |" in text
