"""What is learned from labels: the kinds of learned rewards, their settings, and the parts they are made of.

It imports `captioning` and `annotation`; what puts the rooms together lies one folder up.
"""
