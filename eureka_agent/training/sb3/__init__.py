"""Trying a reward with Stable-Baselines3's PPO, one process a candidate."""
