"""Runs on disk: one folder a run, whose event log is the truth."""
