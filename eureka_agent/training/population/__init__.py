"""Population PPO: one program trains a whole generation, a policy for every reward."""
