"""`film`: an episode of a trained candidate as a video, and as a contact sheet of key frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import gymnasium as gym

from eureka_agent.api.consent import Consent
from eureka_agent.api.play import pay
from eureka_agent.api.resuming import resumable
from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import ConfigError, StoreError, did_you_mean
from eureka_agent.report.best import fresh_training
from eureka_agent.report.conclusion import best_of
from eureka_agent.report.films.best import middle, titled
from eureka_agent.report.films.lost_moments import lost_moment, step_of, told
from eureka_agent.report.films.making import FilmOrder, film_episodes
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.checked import BASELINES
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, find_run
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.filming import Wanted
from eureka_agent.training.playing import play_policy
from eureka_agent.training.policies import check_can_act, read_policy, saved_policy
from eureka_agent.training.video import can_encode, check_video
from eureka_agent.trajectories.files import FILE, read_trajectories
from eureka_agent.trajectories.trajectory import Trajectory

EPISODES = ("median", "best", "worst")
SHEETS = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True)
class FilmReport:
    """What `film` made."""

    candidate: str
    title: str
    source: str
    """Which episode it is, in words."""
    fitness: float | None
    film: Path | None
    sheet: Path | None
    told: str
    """What the contact sheet shows, in words; empty where none was wanted."""
    lost: str = ""
    """With which step the episode was lost, or why that is not known; empty where nobody looked."""


def film(
    run: str = "latest",
    candidate: str | None = None,
    *,
    output: Path | str | None = None,
    sheet: Path | str | None = None,
    episode: str = "median",
    seed: int | None = None,
    moments: bool = False,
    force: bool = False,
    runs: Path | str = "runs",
    trust: bool = False,
    task: str | None = None,
    env: str | Callable[[], gym.Env] | None = None,
    envs: Path | None = None,
    unsafe_isolation: bool = False,
) -> FilmReport:
    """Film a recorded episode of a candidate, of `reference` or of `sparse`; without a name the run's best.

    `output` (.mp4, or .gif where no encoder is installed) and `sheet` (.png or .jpg) are what is written;
    without either, a film named after the candidate. The training is that of median score on fresh seeds,
    else the first of the search; of its episodes `episode` chooses one. With `seed` its policy plays a fresh
    one. `moments` looks for the step with which the episode was lost, by simulation, and marks it. The run's
    task is loaded, which for a run that is not one's own takes the consent that `resume` takes. Raises
    ConfigError for names that cannot be written, StoreError where there is no such candidate, recording or
    policy, TaskError where nothing can be rendered.
    """
    if episode not in EPISODES:
        raise ConfigError(f"There is no episode called '{episode:.50}'.", allowed=", ".join(EPISODES))
    folder = find_run(Path(runs), run)
    state = RunState.of(read_events(folder.events))
    name = candidate or best_of(state)[0]
    film_path, sheet_path = _paths(output, sheet, name, force=force)
    model, address = (state.config.get(key) for key in ("model", "base_url"))
    loaded, _ = resumable(folder, state, Consent(trust, task, env, envs, model, address, unsafe_isolation))
    training = _training(folder, state, name, sign=loaded.fitness.sign)
    place = folder.training(str(name), training.stage, training.replicate)
    where = f"{training.stage} training {training.replicate} of {name}"
    if seed is None:
        index, played = _chosen(folder, place, episode, where, sign=loaded.fitness.sign)
        source = f"the recorded episode of {episode} fitness, {where}"
    else:
        index, played = 0, _fresh(loaded, state, str(name), place, seed, unsafe=unsafe_isolation)
        source = f"a fresh episode from seed {seed}, {where}"
    found = lost_moment(folder, state, loaded, place, played, index) if moments else ()
    order = titled(FilmOrder(played, "", film_path, sheet_path, lost=step_of(found)), str(name))
    (made,) = film_episodes(loaded, [order], random_play=folder.recording)
    if made.error is not None:
        raise made.error
    return FilmReport(
        str(name), order.title, source, played.fitness, film_path, sheet_path, made.told, told(found)
    )


def _paths(
    output: Path | str | None, sheet: Path | str | None, name: str | None, *, force: bool
) -> tuple[Path | None, Path | None]:
    """Return where film and sheet go; raises ConfigError for what cannot be written, or is there already."""
    film_path, sheet_path = (None if path is None else Path(path) for path in (output, sheet))
    if film_path is None and sheet_path is None:
        film_path = Path(f"film-{name}.{'mp4' if can_encode() else 'gif'}")
    if film_path is not None:
        check_video(film_path)
    if sheet_path is not None and sheet_path.suffix not in SHEETS:
        raise ConfigError(
            f"Cannot write a contact sheet as {sheet_path.name}.", allowed="a name that ends in .png or .jpg"
        )
    there = next((path for path in (film_path, sheet_path) if path is not None and path.exists()), None)
    if there is not None and not force:
        raise ConfigError(
            f"{there} exists already.", fix="Choose another name with -o, or replace it with --force."
        )
    return film_path, sheet_path


def _training(folder: RunFolder, state: RunState, name: str | None, *, sign: float) -> Evaluation:
    """Return the training whose episodes are shown; StoreError where there is none."""
    trained = {n: c.evaluations for n, c in state.candidates.items() if c.evaluations}
    trained |= {n: tuple(state.baselines[n]) for n in BASELINES if state.baselines.get(n)}
    if name is None or name not in trained:
        raise StoreError(
            f"Run {folder.name} has no trained candidate '{name or ''}'.{did_you_mean(name or '', trained)}",
            allowed=", ".join(trained) or "(nothing was trained yet)",
            fix=f"List them with `eureka-agent show {folder.name}`.",
        )
    return fresh_training(state, name, sign=sign) or trained[name][0]


def _chosen(
    folder: RunFolder, place: Path, episode: str, where: str, *, sign: float
) -> tuple[int, Trajectory]:
    """Return the recorded episode that was asked for, and its number among those of its training."""
    played: Sequence[Trajectory] = read_trajectories(place / FILE)
    if not played:
        raise StoreError(
            f"No episode of the {where} is recorded in run {folder.name}: it was deleted to save space, or "
            "its folder was not copied.",
            allowed="a training whose recording is there",
            fix="Have its policy play a fresh episode with --seed 0.",
        )
    ranked = sorted(played, key=lambda one: sign * (one.fitness or 0.0))
    chosen = {"median": middle(played, sign=sign), "best": ranked[-1], "worst": ranked[0]}[episode]
    return next(number for number, one in enumerate(played) if one is chosen), chosen


def _fresh(task: Task, state: RunState, name: str, place: Path, seed: int, *, unsafe: bool) -> Trajectory:
    """Play an episode with a training's policy; a candidate's reward says what it pays for it."""
    path = saved_policy(place)
    if path is None:
        raise StoreError(
            f"{place} holds no policy.",
            allowed="the policy.npz or policy.zip that its training left there",
            fix="Film a recorded episode: leave out --seed.",
        )
    saved = read_policy(path)
    check_can_act(saved, task, path)
    (played,) = play_policy(task, saved, episodes=1, seed=seed, wanted=Wanted())
    source = state.candidates[name].source if name in state.candidates else None
    return played if source is None else pay(task, Coded(source), [played], unsafe=unsafe)[0]
