"""The loop. Read `loop.py` first."""
