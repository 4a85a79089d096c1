"""Waiting for several language models at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")


def side_by_side(do: Callable[[_T], None], items: Sequence[_T], most: int) -> None:
    """Do something with each item in at most `most` threads.

    After the first error none is begun, what was is finished, and the error is raised.
    """
    failed = threading.Event()

    def do_unless_failed(item: _T) -> None:
        if failed.is_set():
            return
        try:
            do(item)
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(max(1, most), thread_name_prefix="asking") as pool:
        for future in [pool.submit(do_unless_failed, item) for item in items]:
            future.result()
