"""T7 to T9 and T11: equal loss and retrieval, unequal composition, by what an encoder can see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.results.record import Row, select, values
from figures.figure import FIGURES
from figures.intervals import bar
from figures.style import COLOURS

STUDY = "composition"

OPERATORS = ("SWAP", "REPLACE", "ADD")

METRICS = {
    "held-out loss": "loss $L_{64}$, nats",
    "retrieval": "retrieval\nin distribution",
    "text score": "text score\non hard negatives",
    "group score": "group score\non hard negatives",
    "delta": r"insensitivity $\delta$",
}
"""What is drawn, from above, and how it is called."""

ENCODERS = {
    "transformer": ("optimal", "o"),
    "no positions": ("chance", "^"),
    "bag of words": ("upper", "s"),
    "sorted phrases": ("blind", "v"),
    "colour masked": ("blind", "<"),
    "colour deleted": ("blind", ">"),
}
"""Colour and marker of each text encoder."""

OF_BLIND = {"text score": 0.5, "group score": 0.0, "delta": 0.0}
"""What an encoder scores that tells no caption from its hard negative: ties count one half."""

DASH: dict[str, Any] = {"color": COLOURS["reference"], "markersize": 13, "markeredgewidth": 1.6}
"""How a prediction looks."""

SPREAD = 0.024
"""How far apart encoders stand along the coverage, for their points to be told apart."""


def draw(rows: Sequence[Row]) -> Figure | None:
    """A column of panels an operator, along its coverage."""
    rows = [row for row in select(rows, study=STUDY) if row.labels.get("negatives") != "novel"]
    rows = [row for row in rows if row.labels.get("negatives") != "drawn"]
    if not rows:
        return None
    operators = [name for name in OPERATORS if select(rows, operator=name)]
    figure = Figure(figsize=(3.1 * len(operators) + 0.6, 8.4))
    grid = figure.subplots(len(METRICS), len(operators), sharex=True, sharey="row", squeeze=False)
    for column, operator in zip(grid.T, operators, strict=True):
        here = select(rows, operator=operator)
        for axis, metric in zip(column, METRICS, strict=True):
            _panel(axis, select(here, metric=metric))
            if metric in OF_BLIND:
                axis.axhline(OF_BLIND[metric], color=COLOURS["reference"], lw=1.0, linestyle=":")
        column[0].set_title(operator)
        column[-1].set_xlabel(r"covered fraction of orbits $\rho$")
    for axis, name in zip(grid[:, 0], METRICS.values(), strict=True):
        axis.set_ylabel(name)
    found = {row.labels["encoder"] for row in rows}
    handles = [
        Line2D([], [], marker=marker, color=COLOURS[colour], markersize=5, linewidth=1, label=name)
        for name, (colour, marker) in ENCODERS.items()
        if name in found
    ]
    pixels: dict[str, Any] = {"marker": "o", "linestyle": "", "color": COLOURS["reference"]}
    handles.append(Line2D([], [], markerfacecolor="none", markersize=8, label="pixels", **pixels))
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
        for images, size, filled in (("vectors", 5.0, True), ("pixels", 9.0, False)):
            points = []
            here = select(rows, encoder=name, images=images)
            for rho in sorted({row.labels["rho"] for row in select(here, role="measured")}):
                at, look = rho + shift, {"color": COLOURS[colour], "linewidth": 1.0}
                predicted = values(here, rho=rho, role="predicted")
                if predicted:
                    axis.plot(at, np.mean(predicted), "_", **DASH)
                measured = values(here, rho=rho, role="measured")
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
    if rows and rows[0].metric != "held-out loss":
        axis.set_ylim(-0.08, 1.12)
    axis.set_xlim(-0.08, 1.08)
    axis.grid(color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)


FIGURES.register("composition", draw)
