"""What a person reads of a run: its files and tables, made from the log and from what lies beside it."""
