"""What is read of steps: captions, who writes them, which were met, and features beside them.

It imports no other room of `intrinsic`.
"""
