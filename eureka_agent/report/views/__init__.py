"""The facts of a run as frozen data: what a report, a notebook or a dashboard shows, without how it looks.

Each module has one view and the pure function that makes it from the state of a run and from what was found
in its recordings. Nothing here draws, escapes or reads a file.
"""
