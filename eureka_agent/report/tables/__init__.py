"""A run as tables: rows of plain values, made from its state alone, for notebooks and trackers."""
