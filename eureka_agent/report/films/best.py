"""Films the winner of a finished run, and draws contact sheets of it, of the reference, and of its worst."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from eureka_agent.errors import EurekaError
from eureka_agent.files import write_atomic
from eureka_agent.report.best import BestPictures, Kind, Sheet, fresh_training
from eureka_agent.report.films.making import Filmed, FilmOrder, film_episodes
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.video import INSTALL, can_encode
from eureka_agent.trajectories.files import FILE, read_trajectories
from eureka_agent.trajectories.trajectory import Trajectory

MOST_PICTURES = 150
"""Of the film that every run makes: more of them would make runs noticeably longer."""
WALL_S = 120.0
"""It is given up after so long; a machine that has time for it takes a tenth of that."""
AGAIN = "Then `eureka-agent film` makes one, with --seed 0 of a fresh episode."
NOT_BEGUN = BestPictures(
    film=False, not_drawn="There is no film: it was interrupted. `eureka-agent film` makes one."
)


def film_best(
    folder: RunFolder, state: RunState, task: Task, stop: threading.Event | None = None
) -> BestPictures | None:
    """Make what can be made, write it into `best/`, and return it; None where the run has no winner.

    Whatever keeps from filming is said in what is returned: the run is done and stays so. It is given up
    once `stop` is set.
    """
    winner = state.confirmation.winner if state.confirmation else None
    if winner is None:
        return None
    try:
        stopped = stop is not None and stop.is_set()
        drawn = NOT_BEGUN if stopped else _drawn(folder, state, task, winner, stop)
    except EurekaError as error:
        drawn = BestPictures(film=False, not_drawn=_why(error))
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError) as error:
        drawn = BestPictures(film=False, not_drawn=f"There is no film: {type(error).__name__}: {error}.")
    write_atomic(folder.best_pictures, drawn.model_dump_json(indent=2) + "\n")
    return drawn


def _drawn(
    folder: RunFolder, state: RunState, task: Task, winner: str, stop: threading.Event | None
) -> BestPictures:
    orders = dict(_orders(folder, state, task, winner))
    if "winner" not in orders:
        return BestPictures(
            film=False, not_drawn="There is no film: no episode of the winner's was recorded."
        )
    made = film_episodes(task, list(orders.values()), random_play=folder.recording, wall_s=WALL_S, stop=stop)
    by_kind: dict[Kind, Filmed] = dict(zip(orders, made, strict=True))
    failed = next((one.error for one in made if one.error is not None), None)
    sheets = tuple(Sheet(kind=kind, told=one.told) for kind, one in by_kind.items() if one.error is None)
    film = by_kind["winner"].error is None and can_encode()
    lacks = _why(failed) if failed is not None else "" if film else NO_ENCODER
    return BestPictures(film=film, not_drawn=lacks, sheets=sheets)


NO_ENCODER = f"There is no film: PyAV, which writes MP4 files, is not installed; `{INSTALL}` does so."


def _orders(folder: RunFolder, state: RunState, task: Task, winner: str) -> list[tuple[Kind, FilmOrder]]:
    sign, best = task.fitness.sign, folder.best_reward.parent
    found: list[tuple[Kind, FilmOrder]] = []
    kinds: tuple[tuple[Kind, str], ...] = (("winner", winner), ("reference", "reference"))
    for kind, name in kinds:
        played = _episodes(folder, state, name, sign=sign)
        if played:
            video = folder.best_film if kind == "winner" and can_encode() else None
            order = FilmOrder(
                middle(played, sign=sign), "", video, best / f"{kind}.jpg", most_pictures=MOST_PICTURES
            )
            found.append((kind, titled(order, f"{name} ({kind})" if kind == "winner" else name)))
    every = [e for e in _all_episodes(folder, state, winner) if e.fitness is not None]
    if every:
        worst = min(every, key=lambda episode: sign * (episode.fitness or 0.0))
        order = FilmOrder(worst, "", None, best / "worst.jpg")
        found.append(("worst", titled(order, f"the worst recorded episode of {winner}")))
    return found


def titled(order: FilmOrder, name: str) -> FilmOrder:
    """Return an order whose title says whose episode it is and what it scored."""
    score = order.episode.fitness
    title = name if score is None else f"{name}, fitness {score:.4g}"
    return FilmOrder(order.episode, title, order.video, order.sheet, order.most_pictures)


def middle(episodes: Sequence[Trajectory], *, sign: float) -> Trajectory:
    """Return the episode of median fitness; of two in the middle the worse."""
    ranked = sorted(episodes, key=lambda episode: sign * (episode.fitness or 0.0))
    return ranked[(len(ranked) - 1) // 2]


def _episodes(folder: RunFolder, state: RunState, name: str, *, sign: float) -> list[Trajectory]:
    chosen = fresh_training(state, name, sign=sign)
    if chosen is None:
        return []
    return read_trajectories(folder.training(name, chosen.stage, chosen.replicate) / FILE)


def _all_episodes(folder: RunFolder, state: RunState, name: str) -> list[Trajectory]:
    confirmed = [one for one in state.candidates[name].evaluations if one.stage == "confirm"]
    paths = [folder.training(name, one.stage, one.replicate) / FILE for one in confirmed]
    return [episode for path in paths for episode in read_trajectories(path)]


def _why(error: EurekaError) -> str:
    """Return what kept from filming and what to do about it, as sentences for the summary."""
    told = error.what.rstrip(".")
    fix = error.fix.rstrip(".")
    return f"There is no film: {told}. {fix}. {AGAIN}" if fix else f"There is no film: {told}. {AGAIN}"
