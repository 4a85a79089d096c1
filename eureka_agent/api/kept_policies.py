"""What the kept policies of compared rewards did: their recorded episodes, and films."""

from __future__ import annotations

import importlib.util
import statistics
from collections.abc import Sequence
from pathlib import Path

from eureka_agent.api.paid import Recorded
from eureka_agent.api.several import Named
from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import EurekaError, StoreError
from eureka_agent.evolution.comparing import STAGE, Standing
from eureka_agent.evolution.workbench import Workbench
from eureka_agent.training.filming import Wanted
from eureka_agent.training.playing import play_policy
from eureka_agent.training.policies import read_policy, saved_policy
from eureka_agent.trajectories.files import FILE, read_trajectories


def kept_episodes(one: Named, standing: Standing, bench: Workbench) -> tuple[list[Recorded], list[str]]:
    """Return the recorded episodes of a reward's kept policies, and why some are missing."""
    found, notes = [], []
    for replicate, outcome in enumerate(standing.outcomes):
        if not isinstance(outcome, Evaluation):
            continue
        path = bench.folder_of(standing.reward, STAGE, replicate) / FILE
        try:
            episodes = read_trajectories(path)
        except StoreError as error:
            notes.append(error.what)
            continue
        found += [
            Recorded(one.letter, f"{one.letter}'s policy of seed {replicate}, episode {n}", episode)
            for n, episode in enumerate(episodes)
        ]
    return found, notes


def films_of(
    named: Sequence[Named], stood: Sequence[Standing], bench: Workbench
) -> tuple[dict[str, Path], list[str]]:
    """Film the kept policy of each reward's median seed; a sentence where nothing can be filmed."""
    kind = ".gif" if importlib.util.find_spec("imageio_ffmpeg") is None else ".mp4"
    made: dict[str, Path] = {}
    for one, standing in zip(named, stood, strict=True):
        fitness = standing.scores.fitness
        if not fitness:
            continue
        median = fitness.index(statistics.median_low(fitness))
        policy = saved_policy(bench.folder_of(standing.reward, STAGE, median))
        if policy is None:
            continue
        path = bench.folder / f"film-{one.letter}{kind}"
        try:
            wanted = Wanted(path)
            play_policy(bench.task, read_policy(policy), episodes=1, seed=bench.seed, wanted=wanted)
        except EurekaError as error:
            return made, [f"There is no film of {one.letter}. {error.what} {error.fix}".strip()]
        made[one.letter] = path
    return made, []
