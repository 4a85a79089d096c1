"""All programs of this folder."""

from __future__ import annotations

import door_cookies
import door_docstrings
import door_headers
import door_impure
import door_names
from door_program import Program

REWARDS: list[Program] = [
    *door_docstrings.PROGRAMS,
    *door_cookies.PROGRAMS,
    *door_names.PROGRAMS,
    *door_impure.PROGRAMS,
]
HEADERS: list[Program] = door_headers.PROGRAMS
PROGRAMS = [*REWARDS, *HEADERS]
