"""What is to be learned: tasks, their signals and fitness, and the worlds they are learned in."""

from eureka_agent.tasks.fitness import SparseReward, episode_fitness, sparse_rewards
from eureka_agent.tasks.inspection import Recording, inspect_environment
from eureka_agent.tasks.registry import TaskSummary, find_task, list_tasks, load_task
from eureka_agent.tasks.scaffold import write_task
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
    "FitnessSpec",
    "GymWorlds",
    "Recording",
    "Signal",
    "SignalTracker",
    "Signals",
    "SparseReward",
    "Stage",
    "State",
    "StepResult",
    "Task",
    "TaskRef",
    "TaskSummary",
    "TrainingBudget",
    "episode_fitness",
    "find_task",
    "inspect_environment",
    "list_tasks",
    "load_task",
    "sparse_rewards",
    "write_task",
]
