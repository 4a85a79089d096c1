"""Training on a device: physics, rewards, policies and updates of a generation in one compiled program."""
