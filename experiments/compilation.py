"""Compilation: how many programs were compiled in how long, and where they are kept.

XLA compiles a program whenever it meets new shapes, which takes seconds for a training program. JAX
can keep what it compiled in a folder; the command line has it do so, see `keep_programs`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import jax
import platformdirs

from experiments.results.files import writable_directory
from scm.arguments import ArgumentError

FOLDER = "TOKENSCM_CACHE"
"""The environment variable that names another folder for compiled programs; empty: none is kept."""

_COMPILED = "/jax/core/compile/backend_compile_duration"
_FOUND = "/jax/compilation_cache/cache_hits"


@dataclass(frozen=True)
class Compilations:
    """What compiling took.

    Attributes:
        programs: number of programs that were compiled or found.
        found: how many of them were found in the folder of compiled programs.
        seconds: time that both took.
    """

    programs: int = 0
    found: int = 0
    seconds: float = 0.0

    def __add__(self, other: Compilations) -> Compilations:
        """Both together."""
        return Compilations(
            self.programs + other.programs, self.found + other.found, self.seconds + other.seconds
        )

    def __sub__(self, before: Compilations) -> Compilations:
        """What came after ``before``."""
        return Compilations(
            self.programs - before.programs,
            self.found - before.found,
            self.seconds - before.seconds,
        )


_lock = Lock()
_so_far = Compilations()


def compilations() -> Compilations:
    """What this process, and those that worked for it, compiled since this module was imported."""
    return _so_far


def count(more: Compilations) -> None:
    """Add what another process compiled that worked for this one."""
    global _so_far
    with _lock:
        _so_far += more


def _on_duration(event: str, duration_secs: float, **_: object) -> None:
    if event == _COMPILED:
        count(Compilations(programs=1, seconds=duration_secs))


def _on_event(event: str, **_: object) -> None:
    if event == _FOUND:
        count(Compilations(found=1))


jax.monitoring.register_event_duration_secs_listener(_on_duration)
jax.monitoring.register_event_listener(_on_event)


def keep_programs() -> Path | None:
    """Have JAX keep compiled programs from now on, and look for them where it kept them before.

    They are kept in the user's cache folder, or in that which the environment variable `FOLDER`
    names; some tens of MB for the quick preset. Nobody else needs them: the folder may be removed.

    Returns:
        The folder, or None if `FOLDER` is empty, or the user has no folder to write in.

    Raises:
        ArgumentError: if the folder that `FOLDER` names cannot be written to.
    """
    named = os.environ.get(FOLDER)
    if named == "":
        return None
    try:
        default = platformdirs.user_cache_path("token-scm") / "programs"
        directory = writable_directory(FOLDER, Path(named) if named else default)
    except ArgumentError:
        if named:
            raise
        return None
    jax.config.update("jax_compilation_cache_dir", str(directory))
    # Most programs are small and compiled in a tenth of a second, but there are hundreds.
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    return directory
