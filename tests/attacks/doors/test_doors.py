"""Every program goes through whole runs; what these leave is imported, and nothing comes of it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from door_corpus import HEADERS, PROGRAMS, REWARDS
from door_foreign import FOLDERS
from door_import import Imported, import_all
from door_program import BODY, Program
from door_runs import Ran, given, odd_task, replayed
from door_table import CRITIC, HARMLESS, HEADER, OFF, REPLY, DoorResults, names_in_tables, stopped_by

from eureka_agent.archive.candidate import Status
from eureka_agent.critique import Critic, ProbeCheck, StaticCheck
from eureka_agent.errors import RewardError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.saved import Header
from eureka_agent.rewards.tree import parse_python
from eureka_agent.store.reward_file import write_reward
from eureka_agent.tasks.inspection import inspect_environment
from eureka_agent.tasks.registry import find_task

BY_NAME = {program.name: program for program in PROGRAMS}
PASSED = (Status.TRAINED, Status.CONFIRMED, Status.STOPPED)

WITH_THE_OLD_WRITER = tuple(
    f"docstring/{name}"
    for name in (
        "line_separator",
        "paragraph_separator",
        "next_line",
        "form_feed",
        "vertical_tab",
        "file_separator",
        "group_separator",
        "record_separator",
    )
)
"""The control: programs that act once a writer takes lines for other lines than Python does."""

IMPORTED_RAW = (
    "docstring/comment_carriage_return",
    "docstring/semicolon",
    "docstring/formatted",
    "encoding/utf_7",
    "encoding/utf_7_shebang",
    "encoding/unicode_escape",
    "encoding/raw_unicode_escape",
    "encoding/gbk",
    "names/annotation_call",
    "names/annotation_walrus",
    "names/decorator",
    "names/default",
    "names/guard",
    "names/import_beside",
    "names/annotation_attribute",
)
"""The control: programs that act when they are imported as they are."""

IMPURE_RAW = {
    "calls/list_item": "after many calls",
    "calls/table_hidden": "after many calls",
    "calls/array_again": "after many calls",
    "calls/default_array": "after many calls",
    "calls/memory_shape": "does not load",
    "rows/length": "among more rows",
    "rows/table": "among more rows",
    "rows/pairs": "among more rows",
    "rows/wider_constant": "among more rows",
    "rows/index_hidden": "among more rows",
    "rows/memory_pairs": "among more rows",
    "rows/first_row": "in another order",
    "rows/other_rows": "among more rows",
    "outside/precision": "when loaded",
    "outside/overflow": "when loaded",
}
"""The control: in which way programs pay differently as plain Python."""


@dataclass(frozen=True)
class Scene:
    """Both runs and everything that was imported of them."""

    drop: Path
    replayed: Ran
    given: Ran
    imported: Mapping[str, Imported]
    """By run and file."""

    def files_of(self, run: str, name: str) -> dict[str, Imported]:
        """Return what came of the files of one program in one run."""
        ran: Ran = getattr(self, run)
        place = f"{run}/candidates/{ran.candidates[name].id}/reward.py"
        return {key: self.imported[key] for key in (place, f"{run}/exported {name}") if key in self.imported}


def shapes() -> dict[str, list[int]]:
    return {signal.name: list(signal.shape) for signal in find_task("cartpole").all_signals}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    root = tmp_path_factory.mktemp("doors")
    drop = root / "drop"
    drop.mkdir()
    sources = {program.name: program.source(drop) for program in REWARDS}
    words = "".join(f"{program.source(drop)}\n" for program in HEADERS).replace("\ud800", "")
    task = odd_task(root, words)
    whole = {name: text for name, text in sources.items() if "\ud800" not in text}
    runs = {"replayed": replayed(root, task, whole), "given": given(root, task, sources)}
    files = {f"{run}/{name}": path for run, ran in runs.items() for name, path in ran.files().items()}
    return Scene(drop, runs["replayed"], runs["given"], import_all(files, drop, shapes()))


@pytest.mark.parametrize("program", REWARDS, ids=lambda program: program.name)
def test_nothing_comes_of_what_is_saved(scene: Scene, program: Program, door_results: DoorResults) -> None:
    for run, way in (("replayed", REPLY), ("given", OFF)):
        ran: Ran = getattr(scene, run)
        if program.name not in ran.candidates:
            door_results.note(program.name, way, "no reply can hold it")
            continue
        candidate, files = ran.candidates[program.name], scene.files_of(run, program.name)
        passed = candidate.status in PASSED
        assert not passed or files, "it was trained and nothing was saved"
        for name, told in files.items():
            assert not told.effects, f"{program.says} {name}"
            assert not (passed and told.error), f"{program.says} {name}"
            assert not (passed and told.impure), f"{program.says} {name}"
        door_results.note(program.name, way, stopped_by(candidate))
    assert not program.mark(scene.drop).exists(), program.says


def test_what_both_runs_left_does_nothing_when_it_is_imported(scene: Scene) -> None:
    assert {f"{run}/best/reward.py" for run in ("replayed", "given")} <= scene.imported.keys()
    assert [name for name, told in scene.imported.items() if told.effects] == []
    assert list(scene.drop.iterdir()) == []


def test_every_refusal_of_an_export_is_a_sentence(scene: Scene) -> None:
    for ran in (scene.replayed, scene.given):
        assert ran.refused
        told = ("was not written to", "with a reward", "so nothing was written")
        assert all(any(words in text for words in told) for text in ran.refused.values())


def test_a_saved_reward_is_its_candidates_program_under_another_docstring(scene: Scene) -> None:
    for ran in (scene.replayed, scene.given):
        for name, path in ran.exported.items():
            source = ran.candidates[name].source or ""
            assert statements(path.read_bytes().decode()) == statements(source)


def statements(text: str) -> list[str]:
    body = parse_python(text).body
    rest = body[1:] if ast.get_docstring(parse_python(text)) is not None else body
    return [ast.dump(node) for node in rest]


def test_the_critic_says_what_it_finds(tmp_path: Path, door_results: DoorResults) -> None:
    """Programs come as they are; what a run does with them is the same, so here nothing is trained."""
    task = find_task("cartpole")
    with RewardSandbox() as sandbox:
        critic = Critic(
            [StaticCheck(task), ProbeCheck(task, inspect_environment(task, seed=0, steps=64), sandbox)]
        )
        for program in REWARDS:
            errors = [f for f in critic(program.source(tmp_path)) if f.severity == "error"]
            door_results.note(program.name, CRITIC, f"critic: {errors[0].rule}" if errors else "let through")
            assert errors or not program.impure or program.name.startswith("outside/"), program.says
    assert list(tmp_path.iterdir()) == []


def test_words_in_a_header_stay_words(tmp_path: Path, door_results: DoorResults) -> None:
    files: dict[str, Path] = {}
    for program in HEADERS:
        words, path = program.source(tmp_path), tmp_path / f"{program.name.replace('/', '-')}.py"
        try:
            write_reward(path, BODY, Header(words, {"Task": words, words: "x", "Run": f"{words}{words}"}))
        except RewardError:
            door_results.note(program.name, HEADER, "writer")
        else:
            files[program.name] = path
            door_results.note(program.name, HEADER, HARMLESS)
    came = import_all(files, tmp_path, shapes())
    assert {name: told for name, told in came.items() if told.effects or told.error or told.impure} == {}
    assert set(tmp_path.iterdir()) == set(files.values())


def saved_by_the_old_writer(source: str) -> bytes:
    """Return what a writer made that cut the docstring's lines as `str.splitlines` sees them."""
    end = ast.parse(source).body[0].end_lineno or 1
    rest = "".join(source.splitlines(keepends=True)[end:])
    return f'"""Reward for cartpole.\n"""\n\n{rest.lstrip()}'.encode()


@pytest.fixture(scope="module")
def acting(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Imported]:
    """What the programs do where nothing stops them."""
    drop = tmp_path_factory.mktemp("acting")
    made = {name: saved_by_the_old_writer(BY_NAME[name].source(drop)) for name in WITH_THE_OLD_WRITER}
    made |= {name: BY_NAME[name].source(drop).encode() for name in IMPORTED_RAW}
    files = {name: drop / f"saved-{number}.py" for number, name in enumerate(made)}
    for name, path in files.items():
        path.write_bytes(made[name])
    came = import_all(files, drop)
    marked = [
        name for name in made if "PAYLOAD" in BY_NAME[name].text and not BY_NAME[name].mark(drop).exists()
    ]
    assert marked == []
    return came


@pytest.mark.parametrize("name", [*WITH_THE_OLD_WRITER, *IMPORTED_RAW])
def test_the_same_program_acts_where_nothing_stops_it(acting: Mapping[str, Imported], name: str) -> None:
    assert acting[name].effects


def test_the_same_program_pays_otherwise_where_nothing_stops_it(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name.replace('/', '-')}.py" for name in IMPURE_RAW}
    for name, path in files.items():
        path.write_text(BY_NAME[name].source(tmp_path))
    came = import_all(files, tmp_path, shapes())
    assert {n: told for n, told in came.items() if not any(IMPURE_RAW[n] in way for way in told.impure)} == {}


def test_every_program_says_what_it_tries() -> None:
    assert len(PROGRAMS) >= 40
    assert len(BY_NAME) == len(PROGRAMS)
    assert all(program.says.endswith(".") for program in PROGRAMS)


def test_the_tables_in_the_security_policy_are_of_these_programs() -> None:
    assert names_in_tables() == [*BY_NAME, *(f"folder/{folder.name}" for folder in FOLDERS)]
