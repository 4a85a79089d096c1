"""Which stage of the critic sees planted faults, and whom it accuses wrongly.

    python benchmarks/planted_faults.py [--details]
    python benchmarks/planted_faults.py --requests FOLDER
    python benchmarks/planted_faults.py --replies FOLDER

Asks every stage about the rewards of `tests/planted/`, half of which have one planted fault, and prints
precision and recall with Wilson intervals, by kind of task and by family of fault. A stage accuses a reward
by any error or warning; a reviewing model by sending it back. The ranking asks the policies that
`planted_recording.py` kept; it judges only where their scores surely differ.

`--requests` writes what a reviewing model would be asked, a file a request, and nothing else. Answers are
put beside them as `<reward>.<reading>.reply.md`; `--replies` keeps them in
`benchmarks/data/planted_reviews.jsonl`, from where every later run reads them. Whoever answers must not have
seen `tests/planted/labels.toml`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "planted"))

from planted_corpus import FAMILIES, KINDS, Planted, kind_of, load_planted
from planted_judging import RANKING, Score, Share, StageFindings, accuses, checked, look_at
from planted_reviews import (
    answered,
    opinion,
    read_replies,
    requests_of,
    write_replies,
    write_request,
)

from eureka_agent.design.untrained import untrained
from eureka_agent.tasks.registry import find_task

REPLIES = Path(__file__).parent / "data" / "planted_reviews.jsonl"
ALL = "any of them"

Verdicts = Mapping[str, Mapping[str, bool]]
"""By column, whether it accuses each reward that it judged."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=Path, metavar="FOLDER")
    parser.add_argument("--replies", type=Path, metavar="FOLDER")
    parser.add_argument("--details", action="store_true", help="say of each reward who accuses it")
    arguments = parser.parse_args()
    rewards = load_planted()
    if arguments.replies:
        write_replies(REPLIES, list(answered(arguments.replies)))
        return 0
    found = {name: stages for task in tasks_of(rewards) for name, stages in _checked(task, rewards).items()}
    if arguments.requests:
        write_requests(arguments.requests, rewards, found)
        return 0
    verdicts = verdicts_of(rewards, found)
    print_tables(rewards, verdicts)
    print_twins(rewards, found)
    if arguments.details:
        print_details(rewards, verdicts)
    return 0


def tasks_of(rewards: Iterable[Planted]) -> list[str]:
    return sorted({reward.task for reward in rewards})


def _checked(task: str, rewards: Iterable[Planted]) -> dict[str, StageFindings]:
    return checked(task, [reward for reward in rewards if reward.task == task])


def write_requests(folder: Path, rewards: list[Planted], found: Mapping[str, StageFindings]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in tasks_of(rewards):
        task = find_task(name)
        words = untrained(look_at(task).recording)
        for reward in (reward for reward in rewards if reward.task == name):
            told = found[reward.name].items()
            findings = [finding for stage, findings in told if stage != RANKING for finding in findings]
            for reading, messages in requests_of(reward, task, words, findings).items():
                write_request(folder, reward.name, reading, messages)


def verdicts_of(rewards: list[Planted], found: Mapping[str, StageFindings]) -> dict[str, dict[str, bool]]:
    """Return the columns in the order in which a run asks, and all of them together."""
    stages = dict.fromkeys(stage for findings in found.values() for stage in findings)
    columns = {
        stage: {name: accuses(told[stage]) for name, told in found.items() if stage in told}
        for stage in stages
    }
    asked = [*columns, "reviewer"]
    columns |= reviewer_columns(rewards)
    columns[ALL] = {r.name: any(columns[column].get(r.name, False) for column in asked) for r in rewards}
    return columns


def reviewer_columns(rewards: Iterable[Planted]) -> dict[str, dict[str, bool]]:
    replies = read_replies(REPLIES)
    opinions = {r.name: opinion(r, find_task(r.task), replies) for r in rewards} if replies else {}
    told = {name: one for name, one in opinions.items() if one is not None}
    return {
        "reviewer, with comments": {
            n: o.with_comments for n, o in told.items() if o.with_comments is not None
        },
        "reviewer, without": {
            n: o.without_comments for n, o in told.items() if o.without_comments is not None
        },
        "reviewer": {name: one.taken for name, one in told.items()},
    }


def print_tables(rewards: list[Planted], verdicts: Verdicts) -> None:
    print("| who | judged | precision | recall | twins without a fault accused |\n" + "| --- " * 5 + "|")
    for column, judged in verdicts.items():
        score = score_of(rewards, judged)
        print(f"| {column} | {len(judged)} | {score.precision} | {score.recall} | {score.false_alarms} |")
    kinds = {task: kind_of(find_task(task)) for task in tasks_of(rewards)}
    groups = {kind: lambda reward, kind=kind: kinds[reward.task] == kind for kind in KINDS}
    print_groups("kind of task", groups, rewards, verdicts)
    families = {family: lambda reward, family=family: reward.family == family for family in FAMILIES}
    print_groups("family of fault", families, rewards, verdicts)
    comments = ("right", "misleading", "missing")
    told = {words: lambda reward, words=words: reward.comments == words for words in comments}
    print_groups("comments", told, rewards, verdicts)


def print_groups(
    title: str, groups: Mapping[str, Callable[[Planted], bool]], rewards: list[Planted], verdicts: Verdicts
) -> None:
    """Print faults seen and twins accused of each group, a column for each who judges."""
    print(f"\nFaulty rewards accused : twins accused, by {title}.\n")
    print(f"| {title} | {' | '.join(verdicts)} |\n|" + " --- |" * (len(verdicts) + 1))
    for name, belongs in groups.items():
        mine = [reward for reward in rewards if belongs(reward)]
        scores = [score_of(mine, judged) for judged in verdicts.values()]
        cells = [f"{_short(score.recall)} : {_short(score.false_alarms)}" for score in scores]
        print(f"| {name} | {' | '.join(cells)} |")


def print_twins(rewards: Iterable[Planted], found: Mapping[str, StageFindings]) -> None:
    """Say how often the ranking, which a run uses only to order drafts, puts the right twin first."""
    taus = {
        name: tau
        for name, told in found.items()
        for tau in (finding.value for finding in told.get(RANKING, ()))
        if tau is not None
    }
    pairs = [
        (taus[reward.twin], taus[reward.name])
        for reward in rewards
        if reward.faulty and reward.name in taus and reward.twin in taus
    ]
    first = sum(sound > faulty for sound, faulty in pairs)
    alike = sum(sound == faulty for sound, faulty in pairs)
    print(
        f"\nOf {len(pairs)} pairs with a tau each, the twin without the fault has the higher one in {first}, "
        f"both have the same in {alike}."
    )


def score_of(rewards: Iterable[Planted], judged: Mapping[str, bool]) -> Score:
    return Score.of(rewards, {name for name, accused in judged.items() if accused}, judged)


def _short(share: Share) -> str:
    return f"{share.some}/{share.of}" if share.of else "–"


def print_details(rewards: list[Planted], verdicts: Verdicts) -> None:
    print()
    for reward in rewards:
        label = f"{reward.family}: {reward.what}" if reward.faulty else "no fault"
        by = [column for column, judged in verdicts.items() if judged.get(reward.name) and column != ALL]
        print(f"- {reward.name} ({reward.task}, {label}): {', '.join(by) or 'nobody'}")


if __name__ == "__main__":
    sys.exit(main())
