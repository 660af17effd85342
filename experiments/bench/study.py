"""What a typical study takes: its time, how much of it is compilation, and what workers save."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from experiments.compilation import compilations
from experiments.job import perform
from experiments.plan import every_setting, make_plan
from experiments.progress import Output
from experiments.results.units import Units
from experiments.studies import STUDIES
from experiments.workers import HERE, Crew

TYPICAL = "blind_images"
"""A few settings of a thousand steps, on pairs of a small world, with probes of composition."""

WORKERS = 2
"""Processes that share the study, beside one that does it alone."""


def study_programs(console: Output) -> dict[str, Any]:
    """Train and probe the quick preset of `TYPICAL`, and print programs and seconds.

    Args:
        console: to print to.
    """
    before = compilations()
    alone = _seconds(HERE)
    compiled = compilations() - before
    console.print(
        f"study {TYPICAL:<12} {alone:.0f} s, of which {compiled.seconds:.0f} s in "
        f"{compiled.programs} programs compiled, or found ({compiled.found})"
    )
    shared = _seconds(Crew(WORKERS))
    console.print(f"by {WORKERS} workers       {shared:.0f} s, {shared / alone:.2f} of that")
    return {
        "study": {
            "name": TYPICAL,
            "seconds": alone,
            "programs": compiled.programs,
            "programs_found": compiled.found,
            "compilation_seconds": compiled.seconds,
            "workers": WORKERS,
            "seconds_by_workers": shared,
        }
    }


def _seconds(crew: Crew) -> float:
    """What the study takes, its processes' start included."""
    study = STUDIES[TYPICAL]
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, crew.team() as team:
        units = Units.create(Path(folder))
        plan = make_plan(every_setting(study, study.settings("quick")), units)
        perform(plan, units, team)
    return time.perf_counter() - start
