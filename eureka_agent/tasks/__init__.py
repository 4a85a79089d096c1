"""Tasks, their signals and fitness, and the worlds they are trained in."""

from eureka_agent.tasks.fitness import Fitness, TaskFitness
from eureka_agent.tasks.registry import TaskSummary, find_task, list_tasks, load_task
from eureka_agent.tasks.scaffold import write_task
from eureka_agent.tasks.sparse import SparseReward
from eureka_agent.tasks.task import (
    Behaviour,
    FitnessSpec,
    Signal,
    Signals,
    Stage,
    State,
    Task,
    TaskRef,
    TrainingBudget,
)
from eureka_agent.tasks.tracker import SignalTracker
from eureka_agent.tasks.worlds import GymWorlds, StepResult

__all__ = [
    "Behaviour",
    "Fitness",
    "FitnessSpec",
    "GymWorlds",
    "Signal",
    "SignalTracker",
    "Signals",
    "SparseReward",
    "Stage",
    "State",
    "StepResult",
    "Task",
    "TaskFitness",
    "TaskRef",
    "TaskSummary",
    "TrainingBudget",
    "find_task",
    "list_tasks",
    "load_task",
    "write_task",
]
