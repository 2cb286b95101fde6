"""Gives back the memory that only starting needed."""

from __future__ import annotations

import ctypes
import gc


def release() -> None:
    """Collects what starting left behind, keeps the rest out of later collections, and returns free pages."""
    gc.collect()
    # What is loaded now lives as long as the server; looking through it again at each collection would cost turns.
    gc.freeze()
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return  # not glibc: its allocator keeps nothing back that it could be asked for
