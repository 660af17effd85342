"""Speed and memory: what `tokenscm bench` measures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from experiments.bench.peer import peer_step, require_torch
from experiments.bench.recipe import default_recipe, throughput
from experiments.bench.reference import reference_step
from experiments.bench.scale import batches, seeds_together
from experiments.bench.speed import peak_memory
from experiments.bench.study import study_programs
from experiments.progress import Output
from experiments.results.files import writable_directory, write_json
from scm.arguments import require

Section = Callable[[Output], dict[str, Any]]
"""Measures something, prints it, and gives it by name for the file."""

SECTIONS: tuple[Section, ...] = (
    batches,
    reference_step,
    default_recipe,
    throughput,
    seeds_together,
    study_programs,
    peak_memory,
)
"""What is measured, in order: batches first, so that the memory they took is theirs alone."""


def bench(out: Path | None, *, peer: bool = False) -> dict[str, Any]:
    """Measure, print, and write to ``out`` if it is given.

    Args:
        out: a JSON file.
        peer: whether to measure the reference step in PyTorch too.

    Raises:
        ArgumentError: if ``out`` cannot be written, or PyTorch is asked for and not installed;
            nothing is measured then.
    """
    if out is not None:
        require(not out.is_dir(), "out", "a file", str(out))
        writable_directory("out", out.absolute().parent)
    if peer:
        require_torch()
    console = Output()
    found: dict[str, Any] = {}
    for section in (*SECTIONS, *((peer_step,) if peer else ())):
        found |= section(console)
        if out is not None:
            write_json(out, found)
    return found
