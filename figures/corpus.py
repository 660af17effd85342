"""A corpus of captions: how its coverage and its price grow with it, by operator and depth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results.record import Row, by_setting, select
from experiments.vocabulary import corpora, metrics
from experiments.vocabulary.operators import ATOMIC
from figures.figure import FIGURES
from figures.style import COLOURS, axis_legend

STYLES: dict[Any, str] = {1: "-", 2: "--"}
"""Lines by depth; dotted where it is any."""

CLOSE = 1.1
"""Sizes with a smaller ratio share a tick."""


def draw(rows: Sequence[Row]) -> Figure | None:
    """One column for the corpus and one for each file of pairs: coverage above, price below."""
    settings = by_setting(rows)
    if not settings:
        return None
    figure = Figure(figsize=(4.2 * len(settings), 6.4))
    axes = figure.subplots(2, len(settings), squeeze=False)
    for column, (setting, found) in enumerate(settings.items()):
        above, below = axes[:, column]
        _curves(above, select(found, metric=corpora.COVERAGE_SEEN))
        _curves(below, select(found, metric=metrics.PRICE))
        above.set(title=setting, ylabel="share with a neighbour" if not column else "")
        below.set(ylabel="price at least, in nats" if not column else "")
        for axis in (above, below):
            axis.set(xlabel="captions", xscale="log")
            sizes = _apart({row.labels["captions"] for row in found})
            axis.set_xticks(sizes, [f"{size:,}" for size in sizes], rotation=30)
            axis.minorticks_off()
            axis.set_ylim(bottom=0)
            axis.grid(color=COLOURS["grid"], linewidth=0.6)
            axis.set_axisbelow(True)
            axis_legend(axis, frameon=False, fontsize=7)
    figure.tight_layout()
    return figure


def _curves(axis: Axes, rows: Sequence[Row]) -> None:
    """A line for each operator and depth, with the interval at each size as a bar."""
    kinds = dict.fromkeys((row.labels["operator"], row.labels["depth"]) for row in rows)
    for operator, depth in kinds:
        of_kind = select(rows, operator=operator, depth=depth)
        line = sorted(of_kind, key=lambda row: row.labels["captions"])
        colour = COLOURS[operator if operator in ATOMIC else "reference"]
        x = [row.labels["captions"] for row in line]
        look: dict[str, Any] = {"color": colour, "linestyle": STYLES.get(depth, ":")}
        axis.plot(x, [row.value for row in line], marker="o", markersize=3, lw=1.2, **look)
        axis.plot([], [], label=f"{operator}, depth {depth}", **look)
        for row in line:
            if "low" in row.labels:
                ends = [row.labels["low"], row.labels["high"]]
                axis.plot([row.labels["captions"]] * 2, ends, color=colour, lw=0.8)


def _apart(sizes: Iterable[int]) -> list[int]:
    """Sizes whose labels do not stand on each other: of those close together the largest."""
    found: list[int] = []
    for size in sorted(sizes, reverse=True):
        if not found or size * CLOSE <= found[-1]:
            found.append(size)
    return found


FIGURES.register("corpus", draw)
