"""The report of a run as one file: drawings and a page, made from its views."""
