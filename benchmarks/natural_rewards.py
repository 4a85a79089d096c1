"""How many natural rewards pass, and whether they still pay what they paid.

    python benchmarks/natural_rewards.py [--details] [tuning] [heldout] [unseen]

Takes every reward of `tests/natural/` as it was found through today's critic, then through the normaliser and
the critic, and compares what was accepted with the original in its own library. Exits with 1 if a wrong one
passes, or if one that was accepted pays something else.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "natural"))

from natural_corpus import FOLDERS, load_cases
from natural_judging import Verdict, judged

from eureka_agent.isolation.sandbox import RewardSandbox


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="*", metavar="corpus", help=", ".join(FOLDERS))
    parser.add_argument("--details", action="store_true", help="say of each what became of it")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    right = True
    print("| corpus | valid | accepted by the critic alone | after normalising | equal to the original "
          "| wrong | wrong ones that pass |\n|" + " --- |" * 7)  # fmt: skip
    for name in arguments.corpora or [name for name, folder in FOLDERS.items() if folder.exists()]:
        with RewardSandbox() as sandbox:
            verdicts = [judged(case, sandbox) for case in load_cases(FOLDERS[name])]
        print(f"| {name} | {' | '.join(figures(verdicts))} |", flush=True)
        if arguments.details:
            print("\n".join(details(verdicts)))
        right &= not any(v.accepted and not v.equal for v in verdicts)
    return 0 if right else 1


def figures(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the cells of a corpus' row."""
    valid = [verdict for verdict in verdicts if verdict.case.valid]
    wrong = [verdict for verdict in verdicts if not verdict.case.valid]
    accepted = [verdict for verdict in valid if verdict.accepted]
    return [
        str(len(valid)),
        share(sum(v.alone for v in valid), len(valid)),
        share(len(accepted), len(valid)),
        f"{sum(v.equal for v in accepted)} of {len(accepted)}",
        str(len(wrong)),
        str(sum(v.accepted for v in wrong)),
    ]


def share(some: int, of: int) -> str:
    return f"{some} ({some / max(of, 1):.0%})"


def details(verdicts: Sequence[Verdict]) -> list[str]:
    """Return a line for each case that did not go as it should."""
    missed = [v for v in verdicts if v.case.valid != (v.accepted and (v.equal or not v.case.valid))]
    return [
        f"- {verdict.case.name} ({verdict.case.style}, {verdict.case.library}): "
        + (verdict.reason or f"passes though wrong: {verdict.case.why}")
        for verdict in missed
    ]


if __name__ == "__main__":
    sys.exit(main())
