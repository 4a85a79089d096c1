"""How often does the winner of `make demo` win? Its three rewards on seeds that the demo does not use.

    python benchmarks/demo.py run [--seeds 24] [--output runs/demo-seeds]
    python benchmarks/demo.py show

`run` trains each of `examples/backflip/` with the demo's budget and writes the scores by seed to
`benchmarks/data/demo.json`, after every third seed; what its output folder holds is not trained again. The
demo trains three seeds. So `show` counts in how many triples of seeds, the same for all rewards, the winner's
mean lies above both others': of all triples, and of 20 that share as few seeds as they can.
"""

from __future__ import annotations

import argparse
import json
from itertools import combinations
from pathlib import Path
from statistics import fmean

import numpy as np

import eureka_agent
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.files import write_atomic

FOLDER = Path(__file__).parents[1] / "examples" / "backflip"
DATA = Path(__file__).parent / "data" / "demo.json"
TASK, ENV_STEPS, ROOT_SEED = "half_cheetah_backflip", 300_000, 77
REWARDS = ("by_hand.py", "llm_loser.py", "llm_winner.py")
WINNER = "llm_winner.py"
SEEDS_OF_A_DEMO, APART = 3, 20

Scores = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("run", "show"))
    parser.add_argument("--seeds", type=int, default=24)
    parser.add_argument("--output", type=Path, default=Path("runs") / "demo-seeds")
    arguments = parser.parse_args()
    if arguments.seeds < SEEDS_OF_A_DEMO:
        parser.error(f"--seeds must be at least {SEEDS_OF_A_DEMO}: the demo trains as many.")
    if arguments.command == "run":
        run(arguments.seeds, arguments.output)
    show()


def run(seeds: int, output: Path) -> None:
    for known in [*range(SEEDS_OF_A_DEMO, seeds, SEEDS_OF_A_DEMO), seeds]:
        report = eureka_agent.compare(
            *(FOLDER / name for name in REWARDS),
            task=TASK, seeds=known, seed=ROOT_SEED, env_steps=ENV_STEPS, device="cpu", output=output,
        )  # fmt: skip
        scores = {
            Path(one.name).name: [float(f"{x:.4g}") for x in one.fitness] for one in report.view.rewards
        }
        told = {"task": TASK, "env_steps": ENV_STEPS, "seed": ROOT_SEED, "fitness": scores}
        write_atomic(DATA, f"{json.dumps(told, indent=1)}\n")
        print(f"{known} seeds each", flush=True)


def show() -> None:
    scores: Scores = json.loads(DATA.read_text())["fitness"]
    for name, each in scores.items():
        print(f"{name}: {t_interval(each)} over {len(each)} seeds, from {min(each):.3g} to {max(each):.3g}")
    every = list(combinations(range(len(scores[WINNER])), SEEDS_OF_A_DEMO))
    apart = triples_apart(len(scores[WINNER]), APART)
    for what, triples in (("all triples", every), ("triples that share few seeds", apart)):
        print(f"{what}: {WINNER} wins {sum(wins(scores, one) for one in triples)} of {len(triples)}")


def wins(scores: Scores, seeds: tuple[int, ...]) -> bool:
    """Tell whether the winner's mean over some seeds lies above that of every other reward."""
    means = {name: fmean(each[seed] for seed in seeds) for name, each in scores.items()}
    return all(means[WINNER] > mean for name, mean in means.items() if name != WINNER)


def triples_apart(seeds: int, number: int) -> list[tuple[int, ...]]:
    """Return triples of shuffled seeds: none of a shuffle shares a seed with another of it."""
    rng, found = np.random.default_rng(0), []
    while len(found) < number:
        shuffled = rng.permutation(seeds).tolist()
        found += [tuple(shuffled[at : at + 3]) for at in range(0, seeds - 2, SEEDS_OF_A_DEMO)]
    return found[:number]


if __name__ == "__main__":
    main()
