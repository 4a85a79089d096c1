"""Run folders that somebody else made, hostile in one way each."""

from __future__ import annotations

from collections.abc import Iterable

from door_folder import (
    LAST,
    SLOT,
    START,
    Folder,
    Make,
    candidate,
    configured,
    confirmed,
    edited,
    event,
    facts,
    files_beside,
    linked,
    log_elsewhere,
    objects_in_recording,
    of_kind,
    of_task,
    pickled_policy,
    pickled_recording,
    pipe,
    planned,
    raw,
    source,
    start,
)
from door_program import PAYLOAD
from foreign import SOURCE

_TASKS: dict[str, tuple[str, Make]] = {
    "task_pickled": ("Name a constructor as a pickle that acts when it is read.", of_kind("pickled")),
    "task_factory": ("Name a function in a module of the folder's author.", of_kind("factory")),
    "task_folder": ("Name a task folder with code.", of_kind("folder")),
    "task_module": ("Name a Gymnasium id with a module to import.", of_kind("gym")),
    "task_arguments": (
        "Give arguments to the environment.",
        of_task("gym", "CartPole-v1", kwargs={"render_mode": "human"}),
    ),
    "task_path": ("Give a folder to import from.", of_task("gym", "CartPole-v1", path="/tmp")),
    "task_kind": ("Name a kind of task that does not exist.", of_task("shell", "touch mark")),
    "task_nul": ("Put NUL into a task's path.", of_task("folder", "/tmp\0/cartpole")),
    "task_up": ("Climb out of the folder of tasks.", of_task("folder", "envs/../../cartpole")),
    "task_option": (
        "Give a task an option that does not exist.",
        of_task("gym", "CartPole-v1", run="touch mark"),
    ),
}

_SERVICES: dict[str, tuple[str, Make]] = {
    "model_and_address": (
        "Have the key sent to an address of the author's.",
        configured(model="openai/gpt", base_url=lambda scene: scene.url),
    ),
    "model": ("Have a model asked that costs money.", configured(model="openai/gpt")),
    "address": ("Name an address and no service.", configured(base_url=lambda scene: scene.url)),
    "model_replayed": (
        "Have a file of the person's read as replies.",
        configured(model=lambda scene: f"replay:{scene.precious}"),
    ),
    "model_manual": ("Wait for letters in the folder.", configured(model="manual")),
    "unsafe": ("Ask for a run without containment.", configured(unsafe_isolation=True)),
}

_SOURCES: dict[str, tuple[str, Make]] = {
    "source_acts": (
        "Make a program the winner that acts when it is imported.",
        source(f"import os\n{PAYLOAD}\n{SOURCE}"),
    ),
    "source_hides": (
        "Hide live code of the winner behind U+2028.",
        source(f'"""Up.\u2028{PAYLOAD}; _ = \'\'"""\n{SOURCE}'),
    ),
    "source_encoded": (
        "Name an encoding in the winner.",
        source(f"# coding: utf-7\n# \x2bAAo-{PAYLOAD}\n{SOURCE}"),
    ),
    "source_deep": ("Make a winner that no parser survives.", source("x = " + "(" * 20000 + SOURCE)),
    "source_surrogate": ("Put half a character into the winner.", source(f'"""\ud800"""\n{SOURCE}')),
    "source_number": ("Make a number the winner's text.", candidate(source=7)),
    "given_reward": (
        "Give a reward to begin with that acts.",
        configured(seed_reward=lambda scene: scene.mark.code + SOURCE),
    ),
}

_NAMES: dict[str, tuple[str, Make]] = {
    "generation_path": ("Make a path the winner's generation.", candidate(generation="../../outside")),
    "generation_huge": (
        "Give a generation of four hundred digits.",
        raw(b'"generation": 0', b'"generation": ' + b"9" * 400),
    ),
    "generation_negative": ("Give a negative generation.", candidate(generation=-1)),
    "generation_truth": ("Make a truth value the generation.", candidate(generation=True)),
    "index_fraction": ("Give a candidate a fraction as place.", candidate(index=0.5)),
    "parents_path": ("Make paths a candidate's parents.", candidate(parents=["../../outside"])),
    "operator_list": ("Make a list of what is a word.", candidate(operator=["seed"])),
    "winner_path": ("Make a path the winner's name.", confirmed(winner="../../outside")),
    "winner_absolute": ("Make an absolute path the winner's name.", confirmed(winner="/tmp/0-00")),
    "winner_nul": ("Put NUL into the winner's name.", confirmed(winner="0-00\0")),
    "winner_stranger": ("Name a winner that does not exist.", confirmed(winner="9-99")),
    "training_path": (
        "Make a path the name of what was trained.",
        event(
            type="training_failed",
            name="../../outside",
            stage="search",
            replicate=0,
            reason="x",
            status="failed",
        ),
    ),
    "stage_path": (
        "Make a path the stage of a training.",
        event(type="training_failed", name="0-00", stage="../..", replicate=0, reason="x", status="failed"),
    ),
    "replicate_negative": (
        "Give a training a negative number.",
        event(type="training_failed", name="0-00", stage="search", replicate=-1, reason="x", status="failed"),
    ),
    "duel_path": (
        "Make a path one side of a duel.",
        event(type="generation_judged", generation=0, incumbent="0-00", duel=[["../../outside", 1]]),
    ),
    "run_id_path": ("Make a path the run's id.", start(run_id="../../outside/precious")),
    "status": ("Give a candidate a status that does not exist.", candidate(status="trusted")),
}

_LINES: dict[str, tuple[str, Make]] = {
    "newer": ("Claim a newer version.", edited(LAST, lambda event, _: event.update(v=99))),
    "unknown_event": ("Hold an event of an unknown kind.", event(type="exec", code="import os")),
    "event_attribute": ("Name one of the reader's own methods as event.", event(type="_init__")),
    "plan_operator": (
        "Make a path the operator of a slot, which names a template.",
        event(type="generation_planned", v=2, generation=0, slots=[SLOT | {"operator": "../../outside"}]),
    ),
    "plan_place": (
        "Plan a slot that belongs to another generation.",
        event(type="generation_planned", v=2, generation=0, slots=[SLOT | {"generation": 7}]),
    ),
    "plan_terms": (
        "Plan a reward that search cannot have drawn.",
        planned({"terms": [{"shape": "near", "signal": ["x"]}]}),
    ),
    "plan_genome": (
        "Put code into the signal of a reward that search is to propose.",
        planned({"terms": [{"shape": "linear", "signal": f"pole_angle); {PAYLOAD}; abs(1", "index": []}]}),
    ),
    "half_a_line": ("Break a line off in the middle.", raw(b'"candidate_proposed"', b'"candidate_\n')),
    "not_a_number": ("Hold a number that is none.", raw(b'"time": 1.0', b'"time": NaN')),
    "infinite": ("Hold a number that is infinite.", raw(b'"time": 1.0', b'"time": 1e999')),
    "digits": ("Hold a number of ten thousand digits.", raw(b'"time": 1.0', b'"time": ' + b"9" * 10_000)),
    "deep": (
        "Hold lists nested deeper than a reader can follow.",
        raw(b'"parents": []', b'"parents": ' + b"[" * 100_000 + b"]" * 100_000),
    ),
    "no_text": ("Hold bytes that are no text.", raw(b"search", b"\xff\xfe\x00")),
    "twice": (
        "Begin twice.",
        edited(LAST, lambda event, _: event.update(type="run_started", config={}, digest="")),
    ),
    "no_start": (
        "Begin with nothing.",
        edited(START, lambda event, _: event.update(type="notice", text="")),
    ),
    "out_of_order": ("Leave an event out.", edited(LAST, lambda event, _: event.update(seq=7))),
    "list": ("Hold a list in place of an event.", raw(b'{"v": 1, "seq": 1,', b'[{"v": 1, "seq": 1,')),
    "config_list": ("Make a list the configuration.", start(config=[1, 2])),
    "config_more": (
        "Hold an option that does not exist.",
        start(config={"task": {"kind": "gym", "value": "x"}, "more": 1}),
    ),
    "facts_quotes": (
        "End the header of the saved reward by its quotes.",
        facts(f'up """\n{PAYLOAD}\n"""\\'),
    ),
    "facts_encoding": (
        "Name an encoding in the header of the saved reward.",
        facts(f"\n# coding: utf-7\n# \x2bAAo-{PAYLOAD}"),
    ),
    "facts_list": ("Make a list of what describes the task.", start(facts=["up"])),
}

_FILES: dict[str, tuple[str, Make]] = {
    "link_lock": (
        "Make the lock a link to a file of the person's.",
        linked(".lock", lambda scene: scene.precious),
    ),
    "link_best": ("Make the folder of the best reward a link.", linked("best", lambda scene: scene.outside)),
    "link_candidate": (
        "Make a candidate's folder a link.",
        linked("candidates/0-00", lambda scene: scene.outside),
    ),
    "link_summary": (
        "Make the summary a link to a file of the person's.",
        linked("summary.md", lambda scene: scene.precious),
    ),
    "link_config": ("Make the configuration a link.", linked("config.toml", lambda scene: scene.precious)),
    "link_home": ("Make the home of what trains a link.", linked("tmp", lambda scene: scene.outside)),
    "link_recording": (
        "Make the recorded steps a link.",
        linked("transitions.npz", lambda scene: scene.precious),
    ),
    "link_log": ("Make the log a link.", log_elsewhere),
    "link_nowhere": (
        "Make the summary a link to what is not there.",
        linked("summary.md", lambda scene: scene.outside / "new"),
    ),
    "pipe_summary": ("Make the summary a pipe that nobody writes to.", pipe("summary.md")),
    "pipe_recording": ("Make the recorded steps a pipe.", pipe("transitions.npz")),
    "recording_pickled": ("Make the recorded steps a pickle.", pickled_recording),
    "recording_objects": ("Hold pickled objects in the recorded steps.", objects_in_recording),
    "policy_pickled": ("Make the policy to begin with a pickle.", pickled_policy),
    "files_beside": ("Put modules where Python might look for them.", files_beside),
}

_ALL: Iterable[dict[str, tuple[str, Make]]] = (_TASKS, _SERVICES, _SOURCES, _NAMES, _LINES, _FILES)
FOLDERS = [Folder(name, says, make) for group in _ALL for name, (says, make) in group.items()]
