"""Training policies with rewards: jobs, evaluation, executors, trainers."""
