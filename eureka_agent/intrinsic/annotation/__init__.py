"""Who labels captions: what is asked, when and of whom, how answers are read, and how far they are believed.

It imports `captioning`, and no other room of `intrinsic`.
"""
