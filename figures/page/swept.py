"""The rows of a sweep as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from figures.page.saved import Sweep

MOST = 2000
"""Rows that a page shows; all are in the file."""

_HIDDEN = ("run",)


@dataclass(frozen=True)
class SweepTable:
    """Rows of a sweep.

    Attributes:
        names: of the columns that tell rows apart, the value last.
        lines: cells in the order of the columns, line by line; None where a row has none.
        of: how many rows there are.
    """

    names: tuple[str, ...]
    lines: tuple[tuple[Any, ...], ...]
    of: int


def table_of(sweep: Sweep) -> SweepTable:
    """The first rows of a sweep, in those columns that differ.

    Args:
        sweep: of any size.
    """
    columns = [row.to_json() for row in sweep.rows]
    names = dict.fromkeys(name for one in columns for name in one)
    others = [
        name
        for name in names
        if name not in (*sweep.grids, *_HIDDEN, "setting", "metric", "value")
        and len({one.get(name) for one in columns}) > 1
    ]
    chosen = (*sweep.grids, "metric", *others, "value")
    lines = tuple(tuple(one.get(name) for name in chosen) for one in columns[:MOST])
    return SweepTable(chosen, lines, len(columns))
