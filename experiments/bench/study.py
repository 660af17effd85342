"""What a typical study takes: its time, and how much of it is compilation."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from experiments.compilation import compilations
from experiments.progress import Output
from experiments.results.units import Units
from experiments.studies import STUDIES, probed
from experiments.training.run import finish

TYPICAL = "blind_images"
"""A few settings of a thousand steps, on pairs of a small world, with probes of composition."""


def study_programs(console: Output) -> dict[str, Any]:
    """Train and probe the quick preset of `TYPICAL`, and print programs and seconds.

    Args:
        console: to print to.
    """
    study = STUDIES[TYPICAL]
    before, start = compilations(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        units = Units.create(Path(folder))
        for setting in study.settings("quick"):
            seeds = () if setting.run is None else probed(finish(setting.run, units))
            study.rows(setting, seeds)
    seconds = time.perf_counter() - start
    compiled = compilations() - before
    console.print(
        f"study {study.name:<12} {seconds:.0f} s, of which {compiled.seconds:.0f} s in "
        f"{compiled.programs} programs compiled, or found ({compiled.found})"
    )
    return {
        "study": {
            "name": study.name,
            "seconds": seconds,
            "programs": compiled.programs,
            "programs_found": compiled.found,
            "compilation_seconds": compiled.seconds,
        }
    }
