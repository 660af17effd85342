"""T7 to T9 and T11: equal loss and retrieval, unequal composition, by what an encoder can see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.results.record import Row, select, values
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import (
    AWARE,
    BAG,
    COLOUR_DELETED,
    COLOUR_MASKED,
    NO_POSITIONS,
    SORTED_PHRASES,
)
from experiments.vocabulary.images import PIXELS, VECTORS
from experiments.vocabulary.negatives import ALL, DRAWN, NOVEL
from experiments.vocabulary.operators import ATOMIC
from figures.figure import FIGURES
from figures.intervals import bar
from figures.style import COLOURS

PANELS: tuple[tuple[str, str | None, str], ...] = (
    (metrics.HELD_OUT_LOSS, None, "loss $L_{64}$, nats"),
    (metrics.RETRIEVAL, None, "retrieval\nin distribution"),
    (metrics.TEXT_SCORE, DRAWN, "text score,\ndrawn negatives"),
    (metrics.FAMILIAR_IMAGE, NOVEL, "familiar half,\nnovel negatives"),
    (metrics.NOVEL_IMAGE, NOVEL, "novel half,\nnovel negatives"),
    (metrics.GROUP_SCORE, NOVEL, "group score,\nnovel negatives"),
    (metrics.DISPLACEMENT_COSINE, ALL, r"$\cos(\Delta f, \Delta g)$"),
    (metrics.DELTA, ALL, r"insensitivity $\delta$"),
)
"""What is drawn, from above: the metric, of which hard negatives, and how it is called."""

ENCODERS = {
    AWARE: ("optimal", "o"),
    NO_POSITIONS: ("chance", "^"),
    BAG: ("upper", "s"),
    SORTED_PHRASES: ("blind", "v"),
    COLOUR_MASKED: ("blind", "<"),
    COLOUR_DELETED: ("blind", ">"),
}
"""Colour and marker of each text encoder."""

OF_BLIND = {
    metrics.TEXT_SCORE: 0.5,
    metrics.FAMILIAR_IMAGE: 0.5,
    metrics.NOVEL_IMAGE: 0.5,
    metrics.GROUP_SCORE: 0.0,
    metrics.DISPLACEMENT_COSINE: 0.0,
    metrics.DELTA: 0.0,
}
"""What an encoder scores that tells no caption from its hard negative: ties count one half."""

DASH: dict[str, Any] = {"color": COLOURS["reference"], "markersize": 13, "markeredgewidth": 1.6}
"""How a prediction looks."""

SPREAD = 0.024
"""How far apart encoders stand along the coverage, for their points to be told apart."""


def draw(rows: Sequence[Row]) -> Figure:
    """A column of panels an operator, along its coverage.

    Halves are of negatives that are never drawn, of which there are none where all is covered.
    """
    operators = [name for name in ATOMIC if select(rows, operator=name)]
    figure = Figure(figsize=(3.1 * len(operators) + 0.6, 1.6 * len(PANELS)))
    grid = figure.subplots(len(PANELS), len(operators), sharex=True, sharey="row", squeeze=False)
    for column, operator in zip(grid.T, operators, strict=True):
        here = select(rows, operator=operator)
        for axis, (metric, negatives, _) in zip(column, PANELS, strict=True):
            where = {} if negatives is None else {"negatives": negatives}
            _panel(axis, select(here, metric=metric, **where))
            if metric in OF_BLIND:
                axis.axhline(OF_BLIND[metric], color=COLOURS["reference"], lw=1.0, linestyle=":")
        column[0].set_title(operator)
        column[-1].set_xlabel(r"covered fraction of orbits $\rho$")
    for axis, (*_, name) in zip(grid[:, 0], PANELS, strict=True):
        axis.set_ylabel(name)
    found = {row.labels["encoder"] for row in rows}
    handles = [
        Line2D([], [], marker=marker, color=COLOURS[colour], markersize=5, linewidth=1, label=name)
        for name, (colour, marker) in ENCODERS.items()
        if name in found
    ]
    pixels: dict[str, Any] = {"marker": "o", "linestyle": "", "color": COLOURS["reference"]}
    handles.append(Line2D([], [], markerfacecolor="none", markersize=8, label=PIXELS, **pixels))
    dash: dict[str, Any] = DASH | {"markersize": 9, "linestyle": ""}
    handles.append(Line2D([], [], marker="_", label="predicted", **dash))
    dotted: dict[str, Any] = {"color": COLOURS["reference"], "linestyle": ":"}
    handles.append(Line2D([], [], label="predicted of the blind", **dotted))
    figure.legend(handles=handles, loc="lower center", ncols=5, frameon=False, fontsize=8)
    figure.tight_layout(rect=(0, 0.5 / figure.get_figheight(), 1, 1))
    return figure


def _panel(axis: Axes, rows: Sequence[Row]) -> None:
    names = [name for name in ENCODERS if select(rows, encoder=name)]
    for place, name in enumerate(names):
        colour, marker = ENCODERS[name]
        shift = SPREAD * (place - 0.5 * (len(names) - 1))
        for images, size, filled in ((VECTORS, 5.0, True), (PIXELS, 9.0, False)):
            points = []
            here = select(rows, encoder=name, images=images)
            for rho in sorted({row.labels["rho"] for row in select(here, role=roles.MEASURED)}):
                at, look = rho + shift, {"color": COLOURS[colour], "linewidth": 1.0}
                predicted = values(here, rho=rho, role=roles.PREDICTED)
                if predicted:
                    axis.plot(at, np.mean(predicted), "_", **DASH)
                measured = values(here, rho=rho, role=roles.MEASURED)
                points.append((at, bar(axis, at, measured, **look)))
            if points:
                axis.plot(
                    *zip(*points, strict=True),
                    marker=marker,
                    color=COLOURS[colour],
                    markersize=size,
                    markerfacecolor=COLOURS[colour] if filled else "none",
                    linewidth=0.8 if filled else 0.0,
                )
    if rows and rows[0].metric != metrics.HELD_OUT_LOSS:
        axis.set_ylim(-0.08, 1.12)
    axis.set_xlim(-0.08, 1.08)
    axis.grid(color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)


FIGURES.register("composition", draw)
