"""A quick plot of a sweep: what was asked for, and no more."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results.record import Row, select, values
from experiments.results.statistics import mean
from experiments.vocabulary import roles
from figures.intervals import bar
from figures.style import house_style, save

LINES = ("-", "--", ":", "-.")

ACROSS = 4
"""Most panels beside each other."""

WIDE = 30.0
"""The ratio of values above which an axis is logarithmic, where they lie evenly on one."""

WRITTEN = 36
"""Most cells of a heat map in which numbers are written."""

_OWN = ("role", "predictor", "probe", "run")
"""Columns that do not tell lines of a panel apart."""

Told = tuple[str, ...]
"""What tells measurements of one metric apart, as (target,)."""


def draw_sweep(rows: Sequence[Row], names: Sequence[str], directory: Path) -> list[Path]:
    """Write `sweep_figure`, where there is one.

    Args:
        rows: of `experiments.sweep.sweep`.
        names: its grids.
        directory: where ``sweep.png`` and ``sweep.pdf`` go.
    """
    figure = sweep_figure(rows, names)
    return [] if figure is None else save(figure, directory, "sweep")


def sweep_figure(rows: Sequence[Row], names: Sequence[str]) -> Figure | None:
    """All that was measured, against the grids; None where there are none.

    One grid, or more than two: a panel a metric and predictor, its lines targets, or whatever else
    tells measurements of one metric apart, with 95 % intervals over seeds; further grids are told
    apart by line style. Two grids: a heat map for each of these lines.

    Args:
        rows: of `experiments.sweep.sweep`.
        names: its grids.
    """
    rows = select(rows, role=roles.MEASURED)
    rows = [row for row in rows if row.labels.get("probe", "kernel") == "kernel"]
    if not names or not rows:
        return None
    # A grid of one value is told by the table.
    varied = [name for name in names if len(_levels(rows, name)) > 1] or names[:1]
    constant = set(names) - set(varied)
    rows = [replace(row, labels=_without(row.labels, constant)) for row in rows]
    with house_style():
        figure = _maps(rows, varied) if len(varied) == 2 else _curves(rows, varied)
        figure.tight_layout()
    return figure


def _without(labels: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in labels.items() if name not in names}


def _curves(rows: Sequence[Row], names: Sequence[str]) -> Figure:
    panels = list(dict.fromkeys(map(_panel, rows)))
    figure, axes = _panels(len(panels))
    for place, (axis, panel) in enumerate(zip(axes, panels, strict=True)):
        here = [row for row in rows if _panel(row) == panel]
        _lines(axis, here, names)
        told = {_told(row, names) for row in here}
        axis.set_title(_titled(panel, next(iter(told)) if len(told) == 1 else ()))
        if place % ACROSS == 0:
            axis.set_ylabel("mean over seeds")
    return figure


def _maps(rows: Sequence[Row], names: Sequence[str]) -> Figure:
    panels = list(dict.fromkeys((_panel(row), _told(row, names)) for row in rows))
    figure, axes = _panels(len(panels))
    for axis, (panel, told) in zip(axes, panels, strict=True):
        here = [row for row in rows if (_panel(row), _told(row, names)) == (panel, told)]
        _map(axis, here, names)
        axis.set_title(_titled(panel, told))
    return figure


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    across = min(ACROSS, count)
    down = -(-count // ACROSS)
    figure = Figure(figsize=(3.4 * across + 1.5, 3.2 * down))
    axes = list(figure.subplots(down, across, squeeze=False).flat)
    for axis in axes[count:]:
        axis.axis("off")
    return figure, axes[:count]


def _panel(row: Row) -> tuple[str, str | None]:
    return row.metric, row.labels.get("predictor")


def _titled(panel: tuple[str, str | None], told: Told) -> str:
    metric, predictor = panel
    title = metric if predictor is None else f"{metric} from {predictor}"
    return "\n".join([title, *filter(None, [", ".join(told)])])


def _told(row: Row, names: Sequence[str]) -> Told:
    return tuple(str(value) for name, value in row.labels.items() if name not in (*names, *_OWN))


def _lines(axis: Axes, rows: Sequence[Row], names: Sequence[str]) -> None:
    x_name, *others = names
    levels = _levels(rows, x_name)
    at = _places(axis, levels)
    variants = list(dict.fromkeys(tuple(row.labels[name] for name in others) for row in rows))

    def line_of(row: Row) -> tuple[Told, tuple[Any, ...]]:
        return _told(row, names), tuple(row.labels[name] for name in others)

    lines = list(dict.fromkeys(map(line_of, rows)))
    for told, rest in lines:
        here = [row for row in rows if line_of(row) == (told, rest)]
        label = ", ".join([*told, *map(str, rest)])
        dashes = LINES[variants.index(rest) % len(LINES)]
        measured = [values(here, **{x_name: level}) for level in levels]
        means = [float(np.mean(some)) if some else float("nan") for some in measured]
        (line,) = axis.plot(at, means, "o", linestyle=dashes, label=label or None)
        for x, some in zip(at, measured, strict=True):
            bar(axis, x, some, color=line.get_color(), alpha=0.5)
    # Few seeds have intervals far wider than all that was measured: they leave the panel then.
    low, high = min(row.value for row in rows), max(row.value for row in rows)
    if low < high:
        axis.set_ylim(low - 0.1 * (high - low), high + 0.1 * (high - low))
    axis.set_xlabel(x_name)
    if len(lines) > 1:
        axis.legend(fontsize=7, frameon=False)


def _map(axis: Axes, rows: Sequence[Row], names: Sequence[str]) -> None:
    x_name, y_name = names
    across, down = _levels(rows, x_name), _levels(rows, y_name)
    cells = np.array([[mean(rows, **{x_name: x, y_name: y}) for x in across] for y in down])
    image = axis.imshow(cells, origin="lower", aspect="auto", cmap="viridis")
    axis.figure.colorbar(image, ax=axis, shrink=0.8)
    shown = [_short(level) for level in across]
    axis.set_xticks(range(len(across)), shown, rotation=30 if max(map(len, shown)) > 6 else 0)
    axis.set_yticks(range(len(down)), [_short(level) for level in down])
    axis.set_xlabel(x_name)
    axis.set_ylabel(y_name)
    if cells.size <= WRITTEN:
        for y, x in itertools.product(range(len(down)), range(len(across))):
            dark = float(np.asarray(image.norm(cells[y, x]))) < 0.6
            look = {"color": "white" if dark else "black", "fontsize": 8}
            axis.text(x, y, f"{cells[y, x]:.2f}", ha="center", va="center", **look)


def _levels(rows: Sequence[Row], name: str) -> list[Any]:
    """The values of a grid, in their order; numbers by size."""
    found = list(dict.fromkeys(row.labels[name] for row in rows))
    return sorted(found) if _are_numbers(found) else found


def _places(axis: Axes, levels: Sequence[Any]) -> list[float]:
    """Where values stand along x: numbers by size, on a logarithmic axis where they call for it."""
    if not _are_numbers(levels):
        axis.set_xticks(range(len(levels)), [str(level) for level in levels])
        return [float(place) for place in range(len(levels))]
    if levels[0] > 0 and levels[-1] / levels[0] >= WIDE:
        axis.set_xscale("log")
    return [float(level) for level in levels]


def _are_numbers(levels: Sequence[Any]) -> bool:
    return all(type(level) in (int, float) for level in levels)


def _short(level: Any) -> str:
    return f"{level:g}" if isinstance(level, float) else str(level)
