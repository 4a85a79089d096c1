"""Films who was confirmed in a finished run; draws sheets of winner, reference, and the winner's worst."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eureka_agent.errors import EurekaError, TaskError
from eureka_agent.files import write_atomic
from eureka_agent.report.best import BestPictures, Kind, Sheet, fresh_training
from eureka_agent.report.films.lost_moments import lost_moment, step_of, told
from eureka_agent.report.films.making import Filmed, FilmOrder, film_episodes
from eureka_agent.store.checked import BASELINES
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.moment_search import Effort
from eureka_agent.training.video import INSTALL, can_encode
from eureka_agent.trajectories.files import FILE, read_trajectories
from eureka_agent.trajectories.trajectory import Trajectory

MOST_PICTURES, OTHERS_PICTURES = 150, 75
"""Of the film of the winner and of each other one: more of them would make runs noticeably longer."""
MOST_OTHERS = 3
"""Films beside the winner's: the baselines, and who else was confirmed."""
WALL_S = 240.0
"""It is given up after so long; a machine that has time for it takes a tenth of that."""
MOMENT_STEPS, MOMENT_WALL_S = 30_000, 60.0
"""Simulated steps and seconds after which nobody looks any longer for the moment of failure."""
AGAIN = "Then `eureka-agent film` makes one, with --seed 0 of a fresh episode."
NOT_BEGUN = BestPictures(
    film=False, not_drawn="There is no film: it was interrupted. `eureka-agent film` makes one."
)
NO_ENCODER = f"There is no film: PyAV, which writes MP4 files, is not installed; `{INSTALL}` does so."


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


@dataclass(frozen=True, eq=False)
class _Wanted:
    """An order, whose episode it is, and of which kind its sheet is."""

    name: str
    order: FilmOrder
    kind: Kind | None = None
    lost: str = ""


def _drawn(
    folder: RunFolder, state: RunState, task: Task, winner: str, stop: threading.Event | None
) -> BestPictures:
    wanted = list(_orders(folder, state, task, winner))
    if not any(one.kind == "winner" for one in wanted):
        return BestPictures(
            film=False, not_drawn="There is no film: no episode of the winner's was recorded."
        )
    worst = _worst(folder, state, task, winner, stop)
    wanted += [] if worst is None else [worst]
    made = film_episodes(
        task, [one.order for one in wanted], random_play=folder.recording, wall_s=WALL_S, stop=stop
    )
    done = [one for one, what in zip(wanted, made, strict=True) if what.error is None]
    films = [one for one in done if one.order.video is not None]
    return BestPictures(
        film=any(one.kind == "winner" for one in films),
        not_drawn=_lacks(wanted, made),
        sheets=tuple(
            Sheet(kind=one.kind, told=what.told, lost=one.lost)
            for one, what in zip(wanted, made, strict=True)
            if one.kind is not None and what.error is None
        ),
        films=tuple(one.name for one in films if one.kind != "winner"),
    )


def _lacks(wanted: Sequence[_Wanted], made: Sequence[Filmed]) -> str:
    """Return what was not drawn and why; empty where nothing lacks."""
    failed: dict[str, TaskError] = {}
    for one, what in zip(wanted, made, strict=True):
        if what.error is not None:
            failed["the winner's worst episode" if one.kind == "worst" else one.name] = what.error
            if one.kind == "winner":
                return _why(what.error)
    if failed:
        return f"Nothing was drawn of {', '.join(failed)}: {_told(next(iter(failed.values())))}"
    return "" if can_encode() else NO_ENCODER


def _orders(folder: RunFolder, state: RunState, task: Task, winner: str) -> Iterator[_Wanted]:
    """Yield what is filmed of those that were confirmed, the winner first."""
    sign, best = task.fitness.sign, folder.best_reward.parent
    rows = state.confirmation.table if state.confirmation else ()
    others = [row.name for row in rows if row.name not in (winner, *BASELINES)]
    kinds: dict[str, Kind] = {winner: "winner", "reference": "reference"}
    for name in (winner, *[*BASELINES, *others][:MOST_OTHERS]):
        played = _episodes(folder, state, name, sign=sign)
        if not played:
            continue
        kind = kinds.get(name)
        path = folder.best_film if name == winner else folder.other_film(name)
        order = FilmOrder(
            middle(played, sign=sign),
            "",
            path if can_encode() else None,
            None if kind is None else best / f"{kind}.jpg",
            MOST_PICTURES if name == winner else OTHERS_PICTURES,
        )
        if order.video is not None or order.sheet is not None:
            title = f"{name} (winner)" if name == winner else name
            yield _Wanted(name, titled(order, title), kind)


def _worst(
    folder: RunFolder, state: RunState, task: Task, winner: str, stop: threading.Event | None
) -> _Wanted | None:
    """Return the sheet of the winner's worst episode, with the step that lost it if that is found."""
    every = [one for one in _all_episodes(folder, state, winner) if one[2].fitness is not None]
    if not every:
        return None
    training, index, worst = min(every, key=lambda one: task.fitness.sign * (one[2].fitness or 0.0))
    effort = Effort(MOMENT_STEPS, MOMENT_WALL_S, stop)
    found = lost_moment(folder, state, task, training, worst, index, effort)
    order = FilmOrder(worst, "", None, folder.best_reward.parent / "worst.jpg", lost=step_of(found))
    return _Wanted(winner, titled(order, f"the worst recorded episode of {winner}"), "worst", told(found))


def titled(order: FilmOrder, name: str) -> FilmOrder:
    """Return an order whose title says whose episode it is and what it scored."""
    score = order.episode.fitness
    return replace(order, title=name if score is None else f"{name}, fitness {score:.4g}")


def middle(episodes: Sequence[Trajectory], *, sign: float) -> Trajectory:
    """Return the episode of median fitness; of two in the middle the worse."""
    ranked = sorted(episodes, key=lambda episode: sign * (episode.fitness or 0.0))
    return ranked[(len(ranked) - 1) // 2]


def _episodes(folder: RunFolder, state: RunState, name: str, *, sign: float) -> list[Trajectory]:
    chosen = fresh_training(state, name, sign=sign)
    if chosen is None:
        return []
    return read_trajectories(folder.training(name, chosen.stage, chosen.replicate) / FILE)


def _all_episodes(folder: RunFolder, state: RunState, name: str) -> list[tuple[Path, int, Trajectory]]:
    """Return recorded episodes on fresh seeds, each with its training's folder and its number there."""
    confirmed = [one for one in state.candidates[name].evaluations if one.stage == "confirm"]
    trainings = [folder.training(name, one.stage, one.replicate) for one in confirmed]
    return [
        (training, index, episode)
        for training in trainings
        for index, episode in enumerate(read_trajectories(training / FILE))
    ]


def _why(error: EurekaError) -> str:
    """Return what kept from filming and what to do about it, as sentences for the summary."""
    return f"There is no film: {_told(error)} {AGAIN}"


def _told(error: EurekaError) -> str:
    parts = [part.rstrip(".") for part in (error.what, error.fix) if part]
    return ". ".join(parts) + "."
