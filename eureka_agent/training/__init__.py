"""How a reward is tried: jobs, evaluation, executors, trainers."""
