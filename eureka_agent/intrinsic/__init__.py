"""Rewards learned from an annotator's labels of captions while a policy trains (arXiv 2410.23022)."""
