"""The gallery of the documentation: films, sheets and curves of rewards that a language model wrote.

    python benchmarks/gallery.py train FOLDER [TASK …]
    python benchmarks/gallery.py page FOLDER

`train` trains each entry's reward and what it is compared with, and repeats nothing that FOLDER holds. `page`
writes `docs/gallery.md` and `docs/figures/gallery/` from that: of every entry the episode of median score of
the training of median score, the curves of all seeds, and every number. An entry that was not trained is left
out, with a line that says so.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import eureka_agent
from eureka_agent.analysis.noninferiority import compared
from eureka_agent.analysis.statistics import Interval, t_interval
from eureka_agent.files import write_atomic
from eureka_agent.report.films.best import middle, titled
from eureka_agent.report.films.making import FilmOrder, film_episodes
from eureka_agent.report.html.curve_charts import learning_chart
from eureka_agent.report.views.curves import LearningCurves
from eureka_agent.tasks import find_task
from eureka_agent.trajectories.files import FILE, read_trajectories

ROOT = Path(__file__).parents[1]
PAGE, FIGURES = ROOT / "docs" / "gallery.md", ROOT / "docs" / "figures" / "gallery"
FRESH_SEED = 77_000
"""Root seed of the trainings here: no search had it."""
PICTURES = 60
"""Of a film: it stays under `MOST_BYTES`."""
MOST_BYTES = 400_000
SIDES = ("found", "reference")


@dataclass(frozen=True)
class Entry:
    """A reward that a language model wrote, and what it is compared with."""

    task: str
    title: str
    reward: str
    """A file of the repository, or `reference` where the task's own is the one that was found."""
    against: str
    """The same of what it is compared with."""
    env_steps: int
    seeds: int
    story: str
    """Where it comes from and what is to be seen, in sentences."""
    source: str
    """Where its numbers come from, as the end of a sentence."""
    search: str = ""
    """The command that repeats the search, from its recorded replies."""
    search_seeds: bool = False
    """Whether its seeds are those of the recorded search, which `train` cannot repeat."""

    def reward_of(self, side: str) -> str:
        """Return what is trained on a side."""
        return self.reward if side == "found" else self.against

    @property
    def train_command(self) -> str:
        """The command that trains it again."""
        seed = "" if self.search_seeds else f" --seed {FRESH_SEED}"
        return (
            f"eureka-agent train {self.task} --reward {self.reward} "
            f"--env-steps {self.env_steps} --seeds {self.seeds}{seed}"
        )


OWN, HAND_WRITTEN = "benchmarks/data/gallery", "benchmarks/data/hand_written"
ENTRIES = (
    Entry(
        "half_cheetah_backflip",
        "Backflips",
        f"{OWN}/half_cheetah_backflip.py",
        f"{HAND_WRITTEN}/half_cheetah_backflip.py",
        1_000_000,
        8,
        "Candidate 3-02 of a search of four generations of six, a rewrite of a rewrite of the second leader. "
        "It holds back a part of each turn's pay until the robot has landed untouched, and more of it the "
        "further the training is.",
        "the confirmation of that search: eight seeds that chose nothing ([Results](tasks.md))",
        "eureka-agent evolve half_cheetah_backflip "
        "--model replay:benchmarks/data/replies/half_cheetah_backflip_posterior.jsonl --generations 4 "
        "--samples 6 --env-steps 1000000 --selection posterior --target 1000 "
        f"--human-reward {HAND_WRITTEN}/half_cheetah_backflip.py",
        search_seeds=True,
    ),
    Entry(
        "walker_crouch_walk",
        "Walking in a crouch",
        f"{OWN}/walker_crouch_walk.py",
        "reference",
        500_000,
        5,
        "Candidate 2-02 of a search of three generations of four (its replies: "
        "`benchmarks/data/searches/walker_crouch_walk/both-2.jsonl`). It remembers for how long each leg has "
        "been in the air. It taught no walk that a person would choose: one leg stays stretched out behind. "
        "It is the best of nine searches' leaders by these very seeds, which flatters it a "
        "little; the others' means were 0 to 5.9 m ([What happened, and why](analysis.md)).",
        "trainings on five seeds that no search had",
    ),
    Entry(
        "half_cheetah_backward",
        "Running backwards",
        f"{OWN}/half_cheetah_backward.py",
        "reference",
        150_000,
        3,
        "Candidate 2-00 of a search of three generations of six. Prompts had shown it that the kept policy "
        "stamps with ten times the force of standing and drives its joints into their stops; it charges "
        "both. The model that wrote this generation had worked on this program before. On the three seeds of "
        "its search it was better by 0.537 m/s [0.263, 0.811] ([Results](tasks.md)); on the three here "
        "nothing is shown: 3.64 m/s on one of them is less than the reference has.",
        "trainings on three seeds that no search had",
        "eureka-agent evolve half_cheetah_backward "
        "--model replay:benchmarks/data/replies/half_cheetah_backward.jsonl --generations 3 --samples 6 "
        "--env-steps 150000 --confirm-top 1 --confirm-seeds 3 --target 1000",
    ),
    Entry(
        "hopper_jump",
        "Jumping on the spot",
        "reference",
        f"{HAND_WRITTEN}/hopper_jump.py",
        500_000,
        1,
        "The task's own reference since 2026-11-29, from an earlier search: it pays for the energy of the "
        "hop and the height of the foot, upright and in place. It is compared with the hand-written one "
        "before.",
        "one training each; on five other seeds it reached 0.49 m [0.40, 0.59] ([Results](tasks.md))",
    ),
    Entry(
        "hopper_backflip",
        "A backflip that was not found",
        f"{OWN}/hopper_backflip.py",
        "reference",
        500_000,
        5,
        "Candidate 1-01, the leader of one of nine searches (its replies: "
        "`benchmarks/data/searches/hopper_backflip/both-1.jsonl`), does **not** beat its reference: no seed "
        "of either has more than half a flip, which is what an unfinished one counts at most.",
        "trainings on five seeds that no search had",
    ),
)


def main() -> None:
    """Train what is missing, or write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("train", "page"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("tasks", nargs="*")
    given = parser.parse_args()
    chosen = [one for one in ENTRIES if not given.tasks or one.task in given.tasks]
    if given.command == "train":
        for entry in chosen:
            train(entry, given.folder)
    else:
        write_page(given.folder)


def train(entry: Entry, folder: Path) -> None:
    """Train both sides of an entry where that was not done."""
    if entry.search_seeds:
        print(
            f"{entry.task}: shown as its search confirmed it; put those trainings into {folder / entry.task}."
        )
        return
    for side in SIDES:
        place = folder / entry.task / side
        if (place / f"seed-{entry.seeds - 1}" / "result.json").exists():
            continue
        eureka_agent.train(
            entry.task,
            _path(entry.reward_of(side)),
            seeds=entry.seeds,
            seed=FRESH_SEED,
            env_steps=entry.env_steps,
            output=place,
        )


def _path(reward: str) -> str:
    return reward if reward == "reference" else str(ROOT / reward)


def write_page(folder: Path) -> None:
    """Draw every entry that was trained, and write the page."""
    shutil.rmtree(FIGURES, ignore_errors=True)
    FIGURES.mkdir(parents=True)
    parts = [INTRODUCTION]
    for entry in ENTRIES:
        sides = {side: evaluations(folder / entry.task / side) for side in SIDES}
        if all(len(found) == entry.seeds for found in sides.values()):
            parts.append(part_of(entry, sides, folder))
        else:
            parts.append(f"## {entry.title}: `{entry.task}`\n\nNot trained for this page yet.\n")
    write_atomic(PAGE, "\n".join(parts))


def evaluations(place: Path) -> list[dict[str, Any]]:
    """Return the evaluation of each training, by seed."""
    paths = sorted(place.glob("seed-*/result.json"), key=lambda path: int(path.parent.name.split("-")[1]))
    return [json.loads(path.read_text())["evaluation"] for path in paths]


def part_of(entry: Entry, sides: dict[str, list[dict[str, Any]]], folder: Path) -> str:
    """Draw an entry and return its part of the page."""
    scores = {side: [one["fitness"] for one in found] for side, found in sides.items()}
    told = film(entry, scores["found"], folder / entry.task / "found")
    draw_curves(entry, sides)
    task = find_task(entry.task)
    better = "more" if task.fitness.sign > 0 else "less"
    difference = compared(scores["found"], scores["reference"], sign=task.fitness.sign, margin=0.0).difference
    return PART.format(
        entry=entry,
        story=filled(entry.story),
        told=told.replace("[", "(").replace("]", ")"),
        measured=filled(f"Fitness is the {task.fitness.summary} ({better} is better)."),
        found=_interval(t_interval(scores["found"])),
        reference=_interval(t_interval(scores["reference"])),
        difference=_interval(difference),
        each=", ".join(f"{score:.3g}" for score in scores["found"]),
        seeds="1 seed" if entry.seeds == 1 else f"{entry.seeds} seeds",
        source=filled(f"Numbers are of {entry.source}."),
        train=broken(entry.train_command),
        against="the task's own reference" if entry.against == "reference" else f"`{entry.against}`",
        code=(
            ROOT / (f"envs/{entry.task}/reference.py" if entry.reward == "reference" else entry.reward)
        ).relative_to(ROOT),
        search=f"    {broken(entry.search)}\n" if entry.search else "",
    )


def filled(text: str) -> str:
    """Return prose in lines of the width that the documentation has."""
    return textwrap.fill(text, 118, break_long_words=False, break_on_hyphens=False)


def broken(command: str) -> str:
    """Return a command on several lines, each of which begins with an option."""
    lines = textwrap.wrap(command.replace(" --", "\0--").replace(" ", "\1").replace("\0", " "), 104,
                          break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return " \\\n        ".join(line.replace("\1", " ") for line in lines)


def _interval(found: Interval) -> str:
    return str(found) if found.n > 1 else f"{found.mean:.3g}"


def film(entry: Entry, scores: list[float], place: Path) -> str:
    """Film the episode of median score of the training of median score, and return what its sheet shows."""
    task = find_task(entry.task)
    median = scores.index(statistics.median_low(scores))
    played = read_trajectories(place / f"seed-{median}" / FILE)
    order = FilmOrder(
        middle(played, sign=task.fitness.sign),
        "",
        FIGURES / f"{entry.task}.mp4",
        FIGURES / f"{entry.task}.jpg",
        PICTURES,
    )
    (made,) = film_episodes(task, [titled(order, f"{entry.task}, seed {median}")])
    if made.error is not None:
        raise made.error
    size = (FIGURES / f"{entry.task}.mp4").stat().st_size
    assert size <= MOST_BYTES, f"the film of {entry.task} has {size:,} bytes"
    return made.told


def draw_curves(entry: Entry, sides: dict[str, list[dict[str, Any]]]) -> None:
    """Draw how both sides learned, as a file by itself."""
    curves = [
        LearningCurves(side, tuple(tuple(one["curves"]["fitness"]) for one in found))
        for side, found in sides.items()
    ]
    learning_chart(curves, width=640.0).save(FIGURES / f"{entry.task}.svg")


INTRODUCTION = """\
# Gallery

**A language model wrote every reward on this page** in a search with this program: Claude, which
answered through `--model manual` and, unless an entry says otherwise, saw nothing but the requests. Each is
compared with a hand-written reward, trained for as many steps on the same seeds. Intervals are 95 %
t-intervals, differences are paired by seed. A picture leads to its film: the episode of median score of the
training of median score, or the 60 pictures of it nearest to what happens
([Films and contact sheets](films.md)).

The first command of an entry trains its reward again. The second, where there is one, repeats its search
from the recorded replies; rules have changed since, so that it may take another course.
`python benchmarks/gallery.py` has filmed and written this page, and trained all
of it that no search had.
"""
PART = """\
## {entry.title}: `{entry.task}`

{story}

{measured}

| | fitness |
| --- | --- |
| found | {found} |
| {against} | {reference} |
| found − reference, positive is better | {difference} |

{entry.env_steps:,} steps, {seeds}: {each}.
{source}

[![{told}](figures/gallery/{entry.task}.jpg)](figures/gallery/{entry.task}.mp4)

![Fitness over the training: found and reference, a thin line for each seed](figures/gallery/{entry.task}.svg)

```python
--8<--
{code}
--8<--
```

<!-- not run: {seeds} of {entry.env_steps:,} steps -->

    {train}
{search}"""


if __name__ == "__main__":
    main()
