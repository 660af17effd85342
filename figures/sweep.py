"""A quick plot of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results.record import Row, select
from experiments.results.statistics import mean
from experiments.vocabulary import roles
from figures.style import house_style, save

LINES = ("-", "--", ":", "-.")

ACROSS = 4
"""Most panels beside each other."""

_OWN = ("role", "predictor", "probe", "run")
"""Columns that do not tell lines of a panel apart."""


def draw_sweep(rows: Sequence[Row], names: Sequence[str], directory: Path) -> list[Path]:
    """Write `sweep_figure`.

    Args:
        rows: of `experiments.sweep.sweep`.
        names: its grids.
        directory: where ``sweep.png`` and ``sweep.pdf`` go.
    """
    return save(sweep_figure(rows, names), directory, "sweep")


def sweep_figure(rows: Sequence[Row], names: Sequence[str]) -> Figure:
    """All that was measured against the first grid: a panel a metric and predictor.

    Lines are targets, or whatever else tells measurements of one metric apart; further grids are
    told apart by line style.

    Args:
        rows: of `experiments.sweep.sweep`.
        names: its grids.
    """
    rows = select(rows, role=roles.MEASURED)
    rows = [row for row in rows if row.labels.get("probe", "kernel") == "kernel"]
    panels = list(dict.fromkeys(_panel(row) for row in rows))
    across = min(ACROSS, len(panels))
    down = -(-len(panels) // ACROSS)
    with house_style():
        figure = Figure(figsize=(3.4 * across + 1.5, 3.2 * down))
        grid = figure.subplots(down, across, squeeze=False)
        for axis in list(grid.flat)[len(panels) :]:
            axis.axis("off")
        for axis, panel in zip(grid.flat, panels, strict=False):
            _lines(axis, [row for row in rows if _panel(row) == panel], names)
            metric, predictor = panel
            axis.set_title(metric if predictor is None else f"{metric} from {predictor}")
        for axis in grid[:, 0]:
            axis.set_ylabel("mean over seeds")
        figure.tight_layout()
    return figure


def _panel(row: Row) -> tuple[str, str | None]:
    return row.metric, row.labels.get("predictor")


def _lines(axis: Axes, rows: Sequence[Row], names: Sequence[str]) -> None:
    x_name, *others = names
    values = list(dict.fromkeys(row.labels[x_name] for row in rows))
    variants = list(dict.fromkeys(tuple(row.labels[name] for name in others) for row in rows))

    def line_of(row: Row) -> tuple[tuple[str, ...], tuple]:
        kept = [name for name in row.labels if name not in (*names, *_OWN)]
        what = tuple(str(row.labels[name]) for name in kept)
        return what, tuple(row.labels[name] for name in others)

    lines = list(dict.fromkeys(map(line_of, rows)))
    for what, rest in lines:
        here = [row for row in rows if line_of(row) == (what, rest)]
        means = [mean(here, **{x_name: value}) for value in values]
        label = ", ".join([*what, *map(str, rest)])
        dashes = LINES[variants.index(rest) % len(LINES)]
        axis.plot(range(len(values)), means, "o", linestyle=dashes, label=label or None)
    axis.set_xticks(range(len(values)), [str(value) for value in values])
    axis.set_xlabel(x_name)
    if any(what or rest for what, rest in lines):
        axis.legend(fontsize=7, frameon=False)
