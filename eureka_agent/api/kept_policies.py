"""What the kept policies of compared rewards did: their recorded episodes, and films."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from eureka_agent.api.paid import Recorded, ask_all
from eureka_agent.api.several import Named
from eureka_agent.archive.candidate import Evaluation, of_median_fitness
from eureka_agent.errors import EurekaError, StoreError
from eureka_agent.evolution.comparing import STAGE, Standing
from eureka_agent.evolution.workbench import Workbench
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.report.films.best import NO_ENCODER, middle, titled
from eureka_agent.report.films.making import Filmed, FilmOrder, film_episodes
from eureka_agent.training.filming import Wanted
from eureka_agent.training.playing import play_policy
from eureka_agent.training.policies import read_policy, saved_policy
from eureka_agent.training.video import can_encode
from eureka_agent.trajectories.files import FILE, read_trajectories
from eureka_agent.trajectories.trajectory import Trajectory

EPISODES = 5
"""That a policy plays anew for its film."""


class Shown(NamedTuple):
    """What a kept policy looks like: one episode."""

    film: Path | None
    """None where no MP4 can be written here."""
    sheet: Path
    """A contact sheet, as JPEG."""
    told: str
    """What the sheet shows, in words."""


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
    named: Sequence[Named], stood: Sequence[Standing], bench: Workbench, sandbox: RewardSandbox
) -> tuple[dict[str, Shown], list[str]]:
    """Film the kept policy of each reward's median seed, by letter; sentences say what is not shown and why.

    A film, and the contact sheet that a page shows, are written into the bench's folder.
    """
    orders: dict[str, FilmOrder] = {}
    lacks: dict[str, str] = {}
    for one, standing in zip(named, stood, strict=True):
        try:
            episode = _median_episode(one, standing, bench, sandbox)
        except EurekaError as error:
            lacks[one.letter] = _why(error)
            continue
        if episode is not None:
            orders[one.letter] = _order(one, episode, bench.folder)
    made: Sequence[Filmed] = ()
    try:
        made = film_episodes(bench.task, list(orders.values())) if orders else ()
    except EurekaError as error:
        lacks |= dict.fromkeys(orders, _why(error))
    shown: dict[str, Shown] = {}
    for (letter, order), one in zip(orders.items(), made, strict=False):
        if one.error is None and order.sheet is not None:
            shown[letter] = Shown(order.video, order.sheet, one.told)
        elif one.error is not None:
            lacks[letter] = _why(one.error)
    notes = [
        f"There is no film of {', '.join(letter for letter in lacks if lacks[letter] == why)}. {why}"
        for why in dict.fromkeys(lacks.values())
    ]
    return shown, notes if can_encode() or not shown else [*notes, NO_ENCODER]


def _median_episode(
    one: Named, standing: Standing, bench: Workbench, sandbox: RewardSandbox
) -> Trajectory | None:
    """Return the episode of median fitness that the policy of the median seed plays, with what it is paid.

    None where a training failed, or no policy was kept.
    """
    trained = [outcome for outcome in standing.outcomes if isinstance(outcome, Evaluation)]
    if not standing.scores.fitness or not trained:
        return None
    sign = bench.task.fitness.sign
    seed = of_median_fitness(trained, sign=sign).replicate
    policy = saved_policy(bench.folder_of(standing.reward, STAGE, seed))
    if policy is None:
        return None
    played = play_policy(bench.task, read_policy(policy), episodes=EPISODES, seed=bench.seed, wanted=Wanted())
    episode = middle(played, sign=sign)
    asked = ask_all(bench.task, sandbox, {one.letter: one.reward}, [Recorded(one.letter, "", episode)])
    return next(iter(asked.filled.get(one.letter, ())), episode)


def _order(one: Named, episode: Trajectory, folder: Path) -> FilmOrder:
    video = folder / f"film-{one.letter}.mp4" if can_encode() else None
    order = FilmOrder(episode, "", video, folder / f"film-{one.letter}.jpg")
    return titled(order, f"{one.letter} · {Path(one.name).name}")


def _why(error: EurekaError) -> str:
    return f"{error.what} {error.fix}".strip()
