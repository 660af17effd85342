"""What is read off the lines of a figure."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D


def xy(line: Line2D) -> np.ndarray:
    """The points of a line, one a row."""
    return np.asarray(line.get_xydata(), float).reshape(-1, 2)


def points(axis: Axes, marker: str) -> np.ndarray:
    """The points that stand alone with a marker, from the left, one a row."""
    alone = [tuple(xy(line)[0]) for line in axis.lines if _alone(line, marker)]
    return np.array(sorted(alone), float).reshape(-1, 2)


def _alone(line: Line2D, marker: str) -> bool:
    return line.get_marker() == marker and len(xy(line)) == 1


def same_lines(one: Figure | None, other: Figure | None) -> bool:
    """Whether two figures show the same lines in the same axes."""
    if one is None or other is None or len(one.axes) != len(other.axes):
        return False
    return all(
        len(left.lines) == len(right.lines)
        and all(np.array_equal(xy(a), xy(b)) for a, b in zip(left.lines, right.lines, strict=True))
        for left, right in zip(one.axes, other.axes, strict=True)
    )
