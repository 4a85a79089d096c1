"""A reward as it was found in a repository: which part it is, what it reads, what it needs. Only parsed."""
