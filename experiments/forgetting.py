"""What a process forgets between tasks, so that long jobs take no more memory than short ones."""

from __future__ import annotations

import ctypes
import sys

import jax
import psutil

from experiments.training.chunk import train_chunk

PROGRAMS = 1.75 * 2**30
"""Bytes that a process takes before it forgets programs; without any it takes 0.6 GiB."""

GROWTH = 2**25
"""Bytes that it takes more before it forgets again, where other things than programs take more."""

_left = 0
"""Bytes that this process took when it had last forgotten programs."""


def drop_programs() -> None:
    """Forget what was traced of a task's training, and all programs where memory asks.

    No later task asks for it, and of the programs themselves `Ahead` holds few. To trace, lower and
    find all others again takes seconds a task.
    """
    global _left
    getattr(train_chunk, "clear_cache")()  # noqa: B009 - types do not tell that it has one
    _return_memory()
    if _taken() > max(PROGRAMS, _left + GROWTH):
        jax.clear_caches()
        _return_memory()
        _left = _taken()


def _return_memory() -> None:
    """Have the allocator return what is free to the system, where it keeps it, as glibc's does.

    Else what a task took stays taken, and what programs took, 0.7 GiB of 1.3, so that they would be
    forgotten again and again.
    """
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


def _taken() -> int:
    return psutil.Process().memory_info().rss
