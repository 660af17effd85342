"""T14, image and text exchanged: losses of image encoders by coverage, on the optimum of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from experiments.results.record import Row, select, values
from experiments.results.statistics import mean_and_interval
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import PATCH_POOL, PATCH_TRANSFORMER
from figures.figure import FIGURES
from figures.style import COLOURS

ENCODERS = {
    PATCH_POOL: ("patch pool, blind to SWAP", "blind", "o"),
    PATCH_TRANSFORMER: (PATCH_TRANSFORMER, "optimal", "s"),
}

ROUNDING = 1e-8
"""Least distance from 1 that is drawn of a cosine: that of float32."""


def draw(rows: Sequence[Row]) -> Figure:
    """Losses on lines of their optimum, and how far an image is from its counterpart."""
    figure = Figure(figsize=(8.4, 3.6))
    left, right = figure.subplots(1, 2)
    for encoder, (name, colour, marker) in ENCODERS.items():
        here = select(rows, encoder=encoder)
        shade = COLOURS[colour]
        rhos = sorted({row.labels["rho"] for row in here})
        of = {
            role: [
                _mean(select(here, role=role, metric=metrics.FRESH_LOSS, rho=rho)) for rho in rhos
            ]
            for role in (roles.PREDICTED, roles.MEASURED)
        }
        left.plot(rhos, [mean for mean, _, _ in of[roles.PREDICTED]], color=shade, linewidth=1.2)
        for axis, means in (
            (left, of[roles.MEASURED]),
            (right, [_distance(select(here, role=roles.MEASURED), rho) for rho in rhos]),
        ):
            for rho, (mean, low, high) in zip(rhos, means, strict=True):
                axis.plot([rho, rho], [low, high], color=shade, linewidth=1.2)
                axis.plot(rho, mean, marker, color=shade, markersize=5)
        left.plot([], [], f"{marker}-", color=shade, markersize=5, linewidth=1.2, label=name)
    left.plot([], [], "-", color=COLOURS["reference"], label="line: its own optimum")
    left.set(title="loss on fresh images", ylabel="nats")
    right.set(title="an image and the one with its objects exchanged", ylabel="largest 1 - cosine")
    right.set_yscale("log")
    for axis in (left, right):
        axis.set_xlabel(r"covered fraction of orbits $\rho$")
        axis.set_xlim(-0.06, 1.06)
        axis.grid(axis="y", color=COLOURS["grid"], linewidth=0.6)
        axis.set_axisbelow(True)
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=3, frameon=False, fontsize=8)
    figure.tight_layout(rect=(0, 0.25 / figure.get_figheight(), 1, 1))
    return figure


def _mean(rows: Sequence[Row]) -> tuple[float, float, float]:
    mean, interval = mean_and_interval(values(rows))
    return mean, *(interval or (mean, mean))


def _distance(rows: Sequence[Row], rho: float) -> tuple[float, float, float]:
    """The mean over seeds, the smallest and the largest; NaN without one."""
    apart = np.maximum(values(rows, metric=metrics.COUNTERPARTS_APART, rho=rho), ROUNDING)
    if not len(apart):
        return np.nan, np.nan, np.nan
    return float(apart.mean()), float(apart.min()), float(apart.max())


FIGURES.register("blind_images", draw)
