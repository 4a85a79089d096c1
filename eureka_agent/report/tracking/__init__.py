"""What follows a run's log while it grows: TensorBoard's event files, and trackers of experiments."""
