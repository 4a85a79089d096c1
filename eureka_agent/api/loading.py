"""`load_run`: everything that was recorded of a run, for Python and notebooks, from its folder alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eureka_agent.api.runs import exportable, status_of
from eureka_agent.errors import StoreError
from eureka_agent.files import refuse_links
from eureka_agent.report.conclusion import Conclusion, best_of, conclusion_of
from eureka_agent.report.html import figures
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.tables.candidates import candidates_table, refusals_table
from eureka_agent.report.tables.table import Table
from eureka_agent.report.tables.trainings import CheckpointSteps, curves_table, trainings_table
from eureka_agent.report.tables.usage import usage_table
from eureka_agent.report.views.cost import CostView, cost_view
from eureka_agent.report.views.curves import components_view, learning_curves
from eureka_agent.report.views.fitness import FitnessView, fitness_view
from eureka_agent.report.views.lineage import lineage_view
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, find_run
from eureka_agent.store.lock import holder_of
from eureka_agent.store.ownership import is_own
from eureka_agent.store.state import RunState

if TYPE_CHECKING:
    from eureka_agent.rewards.facade import Library
    from eureka_agent.rewards.loader import RewardFunction
    from eureka_agent.training.population.policy_file import SavedPolicy


@dataclass(frozen=True, eq=False)
class Run:
    """A run as its log had it when it was loaded: finished, running, killed, or of an earlier version.

    Its tables are `Table`s: rows and columns of plain values, and data frames where pandas is installed. Its
    drawings are `Picture`s, which notebooks show; where there is nothing to draw yet, they say so.
    """

    folder: Path
    state: RunState
    """What the log says; the tables hold most of it."""
    steps: CheckpointSteps
    verdict: Conclusion
    """What it came to, or that it is not at its end."""
    status: str
    """As in the list of runs."""

    @property
    def name(self) -> str:
        """The run's name."""
        return self.folder.name

    @property
    def settings(self) -> dict[str, Any]:
        """Its options by name."""
        return dict(self.state.config)

    @property
    def best(self) -> str | None:
        """Id of the winner, or of the leader until there is one."""
        return best_of(self.state)[0]

    @cached_property
    def candidates(self) -> Table:
        """A row a candidate: what became of it, and its scores."""
        return candidates_table(self.state)

    @cached_property
    def trainings(self) -> Table:
        """A row a training, of whatever phase: one reward with one seed."""
        return trainings_table(self.state)

    @cached_property
    def confirmation(self) -> Table:
        """A row a reward and fresh seed: the winner's, other finalists', reference and sparse."""
        return trainings_table(self.state, phase="confirm")

    @cached_property
    def curves(self) -> Table:
        """Learning curves in long form: a row a training, curve and checkpoint."""
        return curves_table(self.state, self.steps)

    @cached_property
    def refusals(self) -> Table:
        """A row for each error for which the critic refused a candidate."""
        return refusals_table(self.state)

    @cached_property
    def usage(self) -> Table:
        """A row for each reply of a language model, with its tokens and its price."""
        return usage_table(self.state)

    @cached_property
    def cost(self) -> CostView:
        """What the run took in all: steps, time, money."""
        return cost_view(self.state)

    def plot_search(self) -> Picture:
        """Draw every candidate by generation and score, the leader as a line, and the fresh seeds beside."""
        return figures.search_figure(self._fitness)

    def plot_confirmation(self) -> Picture:
        """Draw the scores on fresh seeds, with their means and 95 % intervals."""
        return figures.confirmation_figure(self._fitness)

    def plot_learning(self) -> Picture:
        """Draw how winner, reference and sparse learned on fresh seeds."""
        return figures.learning_figure(learning_curves(self.state))

    def plot_lineage(self) -> Picture:
        """Draw which reward was made from which, with the line that led to the best."""
        return figures.lineage_figure(lineage_view(self.state, {}, self.best), self._fitness)

    def plot_components(self, candidate: str | None = None) -> Picture:
        """Draw what each component of the best reward, or of a candidate's, paid over one training."""
        name = self.best if candidate is None else self._known(candidate)
        return figures.components_figure(components_view(self.state, name))

    def source(self, candidate: str | None = None) -> str:
        """Return the code of the winner, or of a candidate; StoreError where there is no such reward."""
        return self.state.candidates[self._exportable(candidate)].source or ""

    def reward(self, candidate: str | None = None, *, library: Library = "numpy") -> RewardFunction:
        """Return the winner's reward, or a candidate's, as a function; see `load_reward`.

        Its module is run here, by a closed loader, as with any reward that you load: read `source()` first
        where the run is not yours.
        """
        from eureka_agent.rewards.loader import load_reward

        # A text of several lines is code; a single one might be taken for the path of a file.
        return load_reward(self.source(candidate) + "\n", library=library)

    def policy(self) -> SavedPolicy:
        """Return the policy beside the saved reward: of the winner's training of median score on fresh seeds.

        Nothing in its file is executed. Raises StoreError where the run left none.
        """
        from eureka_agent.training.policies import read_policy, saved_policy

        if not is_own(self.state.run_id, self.state.config):
            refuse_links(self.folder)
        best = RunFolder(self.folder).best_reward.parent
        path = saved_policy(best)
        if path is None:
            raise StoreError(
                f"Run {self.name} has no saved policy.",
                allowed="a finished run that found a reward, of a version that keeps its policy",
                fix="Train one with `eureka-agent train`, or wait until the run is finished.",
            )
        return read_policy(path)

    def __repr__(self) -> str:
        return f"<Run {self.name}: {self.status}. {self.verdict.sentence}>"

    @cached_property
    def _fitness(self) -> FitnessView:
        return fitness_view(self.state)

    def _exportable(self, candidate: str | None) -> str:
        return exportable(RunFolder(self.folder), self.state, candidate)

    def _known(self, candidate: str) -> str:
        """Return the name of a candidate that has a reward; StoreError for any other."""
        return candidate if candidate in self.state.candidates else self._exportable(candidate)


def load_run(run: str | Path = "latest", *, runs: Path | str = "runs") -> Run:
    """Return what was recorded of a run: tables, drawings, its reward and its policy.

    `run` is a name under `runs`, the beginning of one, a folder, or `latest`. Works on runs of every state
    and of earlier versions; of a running one, load it again to see more. Nothing that the log names is loaded
    or executed. Raises StoreError where there is no such run, or its log cannot be read.
    """
    folder = find_run(Path(runs), str(run))
    events = read_events(folder.events)
    state = RunState.of(events)
    status = status_of(state, holder_of(folder.root))
    steps = CheckpointSteps.of(events, state)
    return Run(folder.root, state, steps, conclusion_of(folder, state), status)
