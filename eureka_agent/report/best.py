"""What stands in `best/` beside the reward: policy, film and contact sheets of its confirmation."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from eureka_agent.archive.candidate import Evaluation, of_median_fitness
from eureka_agent.escaping import markdown
from eureka_agent.files import read_own_text
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.training.policies import saved_policy

Kind = Literal["winner", "reference", "worst"]
TITLES: dict[Kind, str] = {
    "winner": "The winner",
    "reference": "The reference",
    "worst": "The winner's worst recorded episode",
}


class Sheet(BaseModel):
    """A contact sheet in `best/`, called `<kind>.jpg`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Kind
    told: str
    """What it shows, in words."""
    lost: str = ""
    """Where the episode was lost, or why that is not known; empty where nobody looked."""


class BestPictures(BaseModel):
    """What was drawn, as `best/pictures.json` says it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    film: bool
    not_drawn: str = ""
    """Why there is no film, or no sheet, in a sentence or two; empty where nothing lacks."""
    sheets: tuple[Sheet, ...] = ()
    films: tuple[str, ...] = ()
    """Of whom else there is a film, in `best/films/`: the baselines, and others that were confirmed."""


def fresh_training(state: RunState, name: str, *, sign: float) -> Evaluation | None:
    """Return the training of median fitness on fresh seeds of a candidate or a baseline, if it has any."""
    known = state.candidates[name].evaluations if name in state.candidates else state.baselines.get(name, ())
    confirmed = [one for one in known if one.stage == "confirm"]
    return of_median_fitness(confirmed, sign=sign) if confirmed else None


def read_pictures(folder: RunFolder) -> BestPictures | None:
    """Return what was drawn of a run's best; None where nobody tried, or the file is none of ours."""
    try:
        return BestPictures.model_validate_json(read_own_text(folder.best_pictures), strict=False)
    except ValidationError:
        return None


def best_words(folder: RunFolder, state: RunState, *, sign: float) -> str:
    """Return which policy and which film stand beside the saved reward, for the summary."""
    winner = state.confirmation.winner if state.confirmation else None
    chosen = None if winner is None else fresh_training(state, winner, sign=sign)
    if chosen is None or winner is None:
        return ""
    policy = saved_policy(folder.best_reward.parent)
    told = (
        [] if policy is None else [f"`best/{policy.name}` is the policy that it taught on {_seed(chosen)}."]
    )
    drawn = read_pictures(folder)
    if drawn is not None and drawn.film:
        told.append("`best/film.mp4` shows an episode of that training.")
    if drawn is not None and drawn.films:
        told.append("`best/films/` shows the others that were confirmed.")
    if drawn is not None and drawn.not_drawn:
        told.append(markdown(drawn.not_drawn))
    return " ".join(told)


def _seed(chosen: Evaluation) -> str:
    return f"confirmation seed {chosen.replicate}, the one of median score ({chosen.fitness:.4g})"
