"""How a measurement of a block or a concept is drawn beside chance, baseline and ceiling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.results.record import Row, values
from experiments.results.statistics import mean_and_interval
from experiments.vocabulary import roles
from experiments.vocabulary.encoders import IMAGE, TEXT
from figures.style import COLOURS

OFFSETS = {IMAGE: -0.14, TEXT: 0.14}
"""How far the points of a line's two sides stand from it."""

LEGEND_HEIGHT = 0.4
"""Inches at the bottom of a figure that its legend takes."""


def point(
    axis: Axes,
    rows: Sequence[Row],
    at: float,
    side: str,
    pair: tuple[str, str],
    *,
    above: Sequence[Row] = (),
) -> None:
    """Draw the measurement of a predictor and a target; nothing where there is none.

    The point is the mean over seeds, the bar its 95 % interval (of the distance to a ceiling where
    rows say it).

    Args:
        axis: measurements go along x.
        rows: of one metric and one setting.
        at: the line's y.
        side: ``image`` or ``text``, which gives the colour and the distance to the line.
        pair: predictor and target.
        above: what the measurements are above their ceilings, where there are any.
    """
    predictor, target = pair
    at = at + OFFSETS[side]
    measured = values(rows, role=roles.MEASURED, predictor=predictor, target=target)
    if not measured:
        return
    ceilings = values(rows, role=roles.CEILING, target=target)
    mean, interval = mean_and_interval(measured)
    if interval and ceilings and above:
        # Worlds of different seeds have different ceilings: what varies is the distance to them.
        _, interval = mean_and_interval(values(above, predictor=predictor, target=target))
        assert interval is not None
        interval = (interval[0] + float(np.mean(ceilings)), interval[1] + float(np.mean(ceilings)))
    low, high = interval or (mean, mean)
    colour = COLOURS[side]
    axis.plot([low, high], [at, at], color=colour, linewidth=1.4, solid_capstyle="butt")
    axis.plot(mean, at, "o", color=colour, markersize=4.5)
    if ceilings:
        axis.plot(np.mean(ceilings), at, "|", color=COLOURS["reference"], markersize=9, mew=1.6)
    for role, marker in ((roles.CHANCE, "x"), (roles.BASELINE, "D")):
        found = values(rows, role=role, predictor=predictor, target=target)
        if found:
            axis.plot(np.mean(found), at, marker, color=COLOURS["chance"], markersize=3.5)


def lines(axis: Axes, labels: Sequence[str], *, named: bool = True) -> None:
    """Prepare an axis for a line of points at each label, from above.

    Args:
        axis: measurements go along x.
        labels: of the lines, from above.
        named: whether the labels are written.
    """
    axis.set_yticks(range(len(labels)), labels if named else [])
    axis.set_ylim(len(labels) - 0.5, -0.5)
    axis.set_xlim(-0.08, 1.05)
    axis.grid(axis="x", color="#e5e5e5", linewidth=0.6)
    axis.set_axisbelow(True)


def legend(figure: Figure) -> None:
    """Say below a figure what its points mean, and give the rest to its axes."""

    def handle(marker: str, colour: str, label: str) -> Line2D:
        return Line2D([], [], marker=marker, color=COLOURS[colour], linestyle="", label=label)

    handles = [
        handle("o", "image", "image encoder f"),
        handle("o", "text", "text encoder g"),
        handle("|", "reference", "ceiling: predicted from true content"),
        handle("D", "chance", "untrained encoder"),
        handle("x", "chance", "chance: shuffled"),
    ]
    figure.legend(
        handles=handles, loc="lower center", ncols=len(handles), frameon=False, fontsize=8
    )
    figure.tight_layout(rect=(0, LEGEND_HEIGHT / figure.get_figheight(), 1, 1))
