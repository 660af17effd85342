"""How long a step of training takes, and how much memory there was."""

from __future__ import annotations

import dataclasses
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from itertools import islice
from typing import Any

from experiments.progress import Output
from experiments.training.config import TrainingConfig
from experiments.training.loop import chunks
from experiments.training.members import members
from experiments.training.mesh import device_mesh


def step_seconds(
    config: TrainingConfig, seeds: Sequence[int] = (0,), length: int = 100, times: int = 5
) -> float:
    """Seconds of a step of all seeds in one program, the median over chunks but for the first.

    Args:
        config: what is trained, compiled for as many steps as it has, of which some are done.
        seeds: trained together.
        length: number of steps of a chunk, at least 1.
        times: how many chunks are timed, at least 1.
    """
    done = length * (times + 1)
    timed = dataclasses.replace(config, steps=max(done, config.steps))
    taken, start = [], time.perf_counter()
    for _ in islice(chunks(members(timed, seeds), device_mesh(), length=length), times + 1):
        taken.append(time.perf_counter() - start)
        start = time.perf_counter()
    # The first compiles.
    return statistics.median(taken[1:]) / length


def peak_memory(console: Output) -> dict[str, Any]:
    """Print the largest resident memory of this process so far.

    Args:
        console: to print to.
    """
    resident = peak_rss()
    console.print(f"peak memory        {resident / 2**30:.2f} GiB")
    return {"peak_rss_bytes": resident}


def peak_rss() -> int:
    """Largest resident memory of this process so far, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
