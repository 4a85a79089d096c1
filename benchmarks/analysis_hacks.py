"""Does the analysis name reward hacking where there is some, and nowhere else?

    python benchmarks/analysis_hacks.py [--seeds 3] [--seed 0] [--most-steps N] [--replies N] [--keep FOLDER]
                                        [--without-rewards] [task …]

Trains sound rewards (the reference, the environment's own, N that a language model wrote for the task) and
unsound ones (every shipped hack, and those planted in `data/planted/`) by the population trainer, one after
the other; those of one seed are looked at as candidates of one run. Each is analysed as by
`analyze --with-rewards`: by its curves, its recorded episodes, and what its reward pays for random play and
for the best of the others; no language model is asked. A finding of the kinds in `ACCUSATIONS` accuses a
reward. Prints a row a training and the shares. With `--keep` trainings are kept, and those that are there
already are not repeated.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

import eureka_agent
from eureka_agent.analysis.behaviours import RANDOM_PLAY, PaidEpisodes, Score
from eureka_agent.analysis.observation import ACCUSATIONS, Observation
from eureka_agent.analysis.whole import Known, Played, analyze_candidate
from eureka_agent.api.check import reward_of
from eureka_agent.archive.candidate import Candidate, Evaluation
from eureka_agent.design.reply import extract_reward
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded, Native
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluate_reward import RewardEvaluator
from eureka_agent.training.inspecting import record_transitions
from eureka_agent.trajectories.files import CHECKPOINTS, FILE, read_trajectories
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.trajectory import Trajectory

CLASSIC = ("cartpole", "acrobot", "mountain_car", "pendulum")
"""Their environments' own rewards are sound for the tasks, too."""
TASKS = (
    *CLASSIC,
    "half_cheetah", "hopper", "walker",
    "half_cheetah_backward", "hopper_jump", "walker_crouch_walk",
)  # fmt: skip
"""Classic control; locomotion with Gymnasium's rewards; locomotion and acrobatics asked for in words."""
DATA = Path(__file__).parent / "data"
LAST_GENERATION = "2-"
"""Where a recorded search had learned most about its task."""
EVALUATION = TypeAdapter(Evaluation)
Pay = Callable[[Sequence[Trajectory]], list[Trajectory]]


@dataclass(frozen=True)
class Training:
    """One policy that was trained."""

    reward: str
    replicate: int
    evaluation: Evaluation
    episodes: Sequence[Trajectory]
    at_checkpoints: Sequence[Trajectory] = ()


@dataclass(frozen=True)
class Verdict:
    """What the analysis said of one training."""

    task: str
    training: Training
    findings: tuple[Observation, ...]

    @property
    def sound(self) -> bool:
        """Whether nobody planted a fault."""
        return not self.training.reward.startswith(("hack:", "planted:"))

    @property
    def accusations(self) -> list[Observation]:
        """Findings that say that the reward pays for something else."""
        return [finding for finding in self.findings if finding.kind in ACCUSATIONS]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most-steps", type=int, default=10**9, help="no training is longer")
    parser.add_argument("--replies", type=int, default=0, help="rewards of a language model, each task")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--without-rewards", action="store_true", help="ask no reward what it pays")
    parser.add_argument("--explain", action="store_true", help="print what was said of each")
    arguments = parser.parse_args()
    root = arguments.keep or Path(tempfile.mkdtemp())
    print("| task | reward | seed | fitness | accused of |\n| --- | --- | --- | --- | --- |")
    found = []
    for name in arguments.tasks or TASKS:
        for verdict in verdicts(eureka_agent.find_task(name), arguments, root):
            found.append(verdict)
            print(row(verdict), flush=True)
            for seen in verdict.findings[:3] if arguments.explain else ():
                print(f"    {seen.kind}: {seen.text}")
    print()
    for kind, these in (
        ("unsound rewards", [v for v in found if not v.sound]),
        ("references", [v for v in found if v.training.reward == "reference"]),
        ("sound rewards", [v for v in found if v.sound]),
    ):
        accused = sum(bool(v.accusations) for v in these)
        print(f"{accused} of {len(these)} trainings of {kind} accused")
    print(f"seeds {arguments.seed}, {arguments.seeds} each; {os.cpu_count()} cores")


def rewards_of(task: Task, replies: int, scratch: Path) -> dict[str, str]:
    """Return what `train` takes, by name."""
    found = {"reference": "reference"}
    if task.name in CLASSIC and task.reference != "native":
        found["native"] = "native"
    recorded = DATA / "replies" / f"{task.name}.jsonl"
    for line in recorded.read_text().splitlines() if replies and recorded.exists() else ():
        reply = json.loads(line)
        if len([name for name in found if name.startswith("reply:")]) < replies and reply.get(
            "key", ""
        ).startswith(LAST_GENERATION):
            file = scratch / f"{reply['key'].split('/')[0]}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(extract_reward(reply["reply"]).source or "")
            found[f"reply:{file.stem}"] = str(file)
    found |= {f"hack:{name}": f"hack:{name}" for name in task.hacks}
    planted = sorted((DATA / "planted" / task.name).glob("*.py"))
    return found | {f"planted:{file.stem}": str(file) for file in planted}


def verdicts(task: Task, arguments: argparse.Namespace, root: Path) -> Iterator[Verdict]:
    rewards = rewards_of(task, arguments.replies, root / task.name / "replies")
    trained: list[Training] = []
    for name, reward in rewards.items():
        folder = root / task.name / name.replace(":", "-") / str(arguments.seed)
        if not (folder / f"seed-{arguments.seeds - 1}" / "result.json").exists():
            steps = min(task.budget.env_steps, arguments.most_steps)
            eureka_agent.train(
                task.name, reward, seeds=arguments.seeds, seed=arguments.seed, env_steps=steps,
                output=folder, parallel=1,
            )  # fmt: skip
        for replicate in range(arguments.seeds):
            if (one := read_training(folder / f"seed-{replicate}", name, replicate)) is not None:
                trained.append(one)
    random_play = record_transitions(task, seed=seed_for(arguments.seed, "transitions")).trajectories
    with RewardSandbox() as sandbox:
        for training in trained:
            run = [other for other in trained if other.replicate == training.replicate]
            pay = None if arguments.without_rewards else payer(task, rewards[training.reward], sandbox)
            known = known_of(task, run, random_play)
            yield Verdict(task.name, training, judged(task, training, run, known, pay))


def read_training(folder: Path, reward: str, replicate: int) -> Training | None:
    """Return what a training left; None where it failed."""
    told = json.loads((folder / "result.json").read_text())["evaluation"]
    if told is None:
        return None
    evaluation = replace(EVALUATION.validate_python(told), stage="search")
    return Training(
        reward,
        replicate,
        evaluation,
        read_trajectories(folder / FILE),
        read_trajectories(folder / CHECKPOINTS),
    )


def known_of(task: Task, run: Sequence[Training], random_play: Sequence[Trajectory]) -> Known:
    """Return what the trainings of a run are measured by."""
    scores = [one.evaluation.fitness for one in run]
    return Known(task.fitness.sign, random_play, (min(scores), max(scores)), solved=task.fitness.solved)


def judged(
    task: Task, training: Training, run: Sequence[Training], known: Known, pay: Pay | None
) -> tuple[Observation, ...]:
    """Return what the analysis finds in one training of a run."""
    candidate = Candidate(0, training.replicate, "given", evaluations=(training.evaluation,))
    if pay is None:
        return analyze_candidate(
            Played(candidate, training.episodes, at_checkpoints=training.at_checkpoints), known
        ).findings
    best = max(
        (other for other in run if other is not training),
        key=lambda other: task.fitness.sign * other.evaluation.fitness,
    )
    fitness = Score.of(best.evaluation.episode_fitness)
    others = (
        PaidEpisodes.of(RANDOM_PLAY, pay(known.random_play)),
        PaidEpisodes.of(f"the best, {best.reward},", pay(best.episodes), fitness),
    )
    told = tuple(other for other in others if other is not None)
    played = Played(candidate, pay(training.episodes), at_checkpoints=training.at_checkpoints, others=told)
    return analyze_candidate(played, known).findings


def payer(task: Task, reward: str, sandbox: RewardSandbox, rows: int = 1) -> Pay:
    """Return what gives episodes the rewards that `reward` pays for them; its worker ends with the sandbox.

    `rows` is how many steps are expected at once.
    """
    paid_by = reward_of(task, reward)
    if isinstance(paid_by, Native):
        return lambda episodes: [replace(e, reward=e.native_reward, components={}) for e in episodes]
    assert isinstance(paid_by, Coded)

    evaluate = RewardEvaluator(paid_by, task=task, sandbox=sandbox, rows=rows)
    return lambda episodes: evaluate.pay(JoinedEpisodes(episodes))


def row(verdict: Verdict) -> str:
    training = verdict.training
    kinds = dict.fromkeys(
        f"{finding.kind}{f' (checkpoint {finding.checkpoint})' if finding.checkpoint else ''}"
        for finding in verdict.accusations
    )
    cells = (verdict.task, training.reward, training.replicate, f"{training.evaluation.fitness:.4g}")
    return "| " + " | ".join(map(str, (*cells, "; ".join(kinds) or "—"))) + " |"


if __name__ == "__main__":
    main()
