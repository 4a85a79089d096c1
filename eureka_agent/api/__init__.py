"""The functions behind every front end, the command line first; one function per use case."""
