"""T14 and T15: paired distance and centroid gap, score gaps and what a probe of images tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from experiments.results.record import Row, select, values
from experiments.results.statistics import mean
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import AWARE
from experiments.vocabulary.images import VECTORS
from experiments.vocabulary.negatives import NOVEL
from experiments.vocabulary.operators import ATOMIC
from experiments.vocabulary.orbits import ALL_SCENES, IN_DISTRIBUTION, ONE_SCENE
from figures.figure import FIGURES
from figures.intervals import bar
from figures.style import COLOURS

SIDE = {True: "blind", False: "optimal"}
"""The colour of an encoder that is blind, or is not."""

MARKERS = dict(zip(ATOMIC, "os^", strict=True))

PAIRS = {IN_DISTRIBUTION: "training\n", NOVEL: "novel\n"}

FARTHEST = 2.0
"""The distance of opposite unit vectors."""

SPREAD = 0.011
"""How far points of one rho stand apart."""

NATS = 1.0
"""Scores that are closer are drawn on a linear scale."""

LARGEST_GAP = 50.0


def draw(rows: Sequence[Row]) -> Figure | None:
    """Distances where one scene of an orbit is drawn; scores and probes by coverage."""
    rows = select(rows, images=VECTORS)
    if not rows:
        return None
    figure = Figure(figsize=(11.4, 6.4))
    far, centroids, gaps, told = figure.subplots(2, 2).flat
    _distances(far, select(rows, metric=metrics.PAIRED_DISTANCE, rho=0.0))
    far.set(title="paired distance of image and caption", ylabel="rms distance")
    _distances(centroids, select(rows, metric=metrics.CENTROID_GAP, rho=0.0))
    centroids.set(title="centroid gap of images and captions", ylabel="distance of means")
    _score_gaps(gaps, select(rows, metric=metrics.SCORE_GAP))
    _scenes_told(told, select(rows, metric=metrics.SCENE_TOLD))
    for axis in (far, centroids, gaps, told):
        axis.grid(axis="y", color=COLOURS["grid"], linewidth=0.6)
        axis.set_axisbelow(True)
    _legend(figure)
    return figure


def _distances(axis: Axes, rows: Sequence[Row]) -> None:
    """A column for each operator and kind of pairs, blind and order-aware beside each other."""
    ticks, names = [], []
    for place, operator in enumerate(ATOMIC):
        for index, (pairs, name) in enumerate(PAIRS.items()):
            at = 2.4 * place + index
            ticks.append(at)
            names.append(name + operator if index else name)
            for blind in (True, False):
                here = _of_encoder(select(rows, operator=operator, pairs=pairs), blind=blind)
                x = at + (-0.16 if blind else 0.16)
                _dash(axis, x, select(here, role=roles.BASELINE), "chance")
                if blind:
                    _dash(axis, x, select(here, role=roles.PREDICTED), "reference")
                measured = select(here, role=roles.MEASURED)
                _point(axis, x, measured, MARKERS[operator], SIDE[blind], FARTHEST)
    axis.set_xticks(ticks, names, fontsize=8)
    axis.set_ylim(0.0, FARTHEST)


def _score_gaps(axis: Axes, rows: Sequence[Row]) -> None:
    """Filled points of covered orbits, open ones of uncovered."""
    for orbits in (ALL_SCENES, ONE_SCENE):
        _by_coverage(axis, select(rows, orbits=orbits), np.inf, hollow=orbits == ONE_SCENE)
    bound = select(rows, role=roles.BOUND)
    bounds = {row.labels["rho"]: row.value for row in sorted(bound, key=lambda r: r.labels["rho"])}
    if bounds:
        axis.plot(list(bounds), list(bounds.values()), ":", color=COLOURS["reference"], lw=1.4)
    axis.set_yscale("symlog", linthresh=NATS, linscale=0.6)
    axis.set_ylim(-0.06, LARGEST_GAP)
    title = "scores of two scenes of an orbit with one caption: gap"
    axis.set(title=title, ylabel="nats")


def _scenes_told(axis: Axes, rows: Sequence[Row]) -> None:
    _by_coverage(axis, rows, 1.0)
    for operator in ATOMIC:
        chance = select(rows, role=roles.CHANCE, operator=operator)
        if chance:
            level = chance[0].value
            axis.axhline(level, color=COLOURS["chance"], linewidth=0.9, linestyle=":")
            at = blended_transform_factory(axis.transAxes, axis.transData)
            look = {"fontsize": 7, "ha": "right", "va": "bottom", "transform": at}
            axis.text(0.94, level, f"chance, {operator}", **look)
    axis.set(title="a probe of the image tells the scene within its orbit", ylabel="accuracy")
    axis.set_ylim(0.0, 1.06)


def _by_coverage(axis: Axes, rows: Sequence[Row], most: float, *, hollow: bool = False) -> None:
    """A line over rho for each operator and encoder."""
    for place, operator in enumerate(ATOMIC):
        for blind in (True, False):
            here = select(rows, operator=operator, role=roles.MEASURED)
            here = _of_encoder(here, blind=blind)
            shift = SPREAD * (2 * place - 2 + (-0.5 if blind else 0.5))
            rhos = sorted({row.labels["rho"] for row in here})
            look = (MARKERS[operator], SIDE[blind], most)
            means = [
                _point(axis, rho + shift, select(here, rho=rho), *look, hollow=hollow)
                for rho in rhos
            ]
            dashes = "--" if hollow else "-"
            colour = COLOURS[SIDE[blind]]
            axis.plot(np.add(rhos, shift), means, dashes, color=colour, linewidth=0.9)
    axis.set_xlim(-0.06, 1.06)
    axis.set_xlabel(r"covered fraction of orbits $\rho$")


def _of_encoder(rows: Sequence[Row], *, blind: bool) -> list[Row]:
    return [row for row in rows if (row.labels["encoder"] != AWARE) == blind]


def _point(
    axis: Axes,
    at: float,
    rows: Sequence[Row],
    marker: str,
    colour: str,
    most: float,
    *,
    hollow: bool = False,
) -> float:
    """The mean over seeds, with its 95 % interval within 0 and the most there can be."""
    if not rows:
        return np.nan
    shade = COLOURS[colour]
    limits = (0.0, most)
    height = bar(axis, at, values(rows), within=limits, color=shade, linewidth=1.2, alpha=0.5)
    face = "white" if hollow else shade
    axis.plot(at, height, marker, color=shade, markerfacecolor=face, markersize=5)
    return height


def _dash(axis: Axes, at: float, rows: Sequence[Row], colour: str) -> None:
    if rows:
        axis.plot(at, mean(rows), "_", color=COLOURS[colour], markersize=13, markeredgewidth=1.8)


def _legend(figure: Figure) -> None:
    def handle(marker: str, colour: str, label: str, **look: Any) -> Line2D:
        shade = COLOURS[colour]
        return Line2D([], [], marker=marker, color=shade, linestyle="", label=label, **look)

    handles = [
        handle("o", "blind", "text encoder blind to the operator"),
        handle("o", "optimal", "order-aware text encoder"),
        *(handle(marker, "reference", name) for name, marker in MARKERS.items()),
        handle("_", "reference", r"predicted, $\|h(\tilde z)-h(z)\|$"),
        handle("_", "chance", "untrained"),
        handle("o", "reference", "orbits that are not covered", markerfacecolor="white"),
        Line2D([], [], linestyle=":", color=COLOURS["reference"], label="gap the loss may hide"),
    ]
    figure.legend(handles=handles, loc="lower center", ncols=5, frameon=False, fontsize=8)
    figure.tight_layout(rect=(0, 0.5 / figure.get_figheight(), 1, 1), h_pad=1.6)


FIGURES.register("vision", draw)
