"""What must never be written anywhere: the values of this process's variables that hold keys."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

_NAMES = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(_|$)|_PAT$", re.IGNORECASE)
SHORTEST = 6
"""A shorter value is no key, and striking it out would spoil ordinary words."""


def secrets_in(env: Mapping[str, str] = os.environ) -> list[str]:
    """Return the values of all variables whose names say that they hold a secret."""
    values = (value.strip() for name, value in env.items() if _NAMES.search(name))
    return sorted({value for value in values if len(value) >= SHORTEST})


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return text with every secret struck out, the longest first: one may be part of another."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
