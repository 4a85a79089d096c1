"""The dashboard: runs as live pages on this machine, and a way to say something to them.

It reads run folders and never writes into one, but for messages in its inbox.
"""
