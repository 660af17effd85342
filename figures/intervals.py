"""How a mean over seeds is drawn: the 95 % interval as a bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from experiments.results.statistics import mean_and_interval


def bar(
    axis: Axes,
    at: float,
    values: Sequence[float],
    *,
    across: bool = False,
    within: tuple[float, float] = (-math.inf, math.inf),
    **look: Any,
) -> float:
    """Draw the 95 % interval of the mean over seeds, where there is one, and return the mean.

    Args:
        axis: where.
        at: x of an upright bar, or y of one across.
        values: one a seed.
        across: whether values go along x.
        within: the least and the largest value that there can be, where bars end.
        look: of the line.
    """
    mean, interval = mean_and_interval(values)
    if interval is not None:
        low, high = within
        ends = [max(interval[0], low), min(interval[1], high)]
        line = (ends, [at, at]) if across else ([at, at], ends)
        axis.plot(*line, **look)
    return mean
