"""T16: what cures do to the benchmark's half of the score, and to the other half."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results.record import Row, by_setting, select, values
from experiments.results.statistics import mean
from experiments.vocabulary import cures as kinds
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.negatives import NONE, OWN_ONLY, SHARED
from figures.figure import FIGURES
from figures.intervals import bar
from figures.style import COLOURS

SORTS = {
    kinds.TEXT_NEGATIVES: "blind",
    "true pairs of the other order": "permitted",
    "both": "SWAP",
    "neither": "image",
    "neither or negatives, where places are salient": "reference",
}
"""Sorts of cures and their colours."""

SHOWN_SHARES = (0.0, 0.05, 0.5)
"""The shares of true pairs that stand in the plane; the curves have all."""

NEAR = 0.03
"""How near points of one sort are that share an arrow and a label."""

STEP = 0.032
"""Height of a line of text as a part of the plane's."""

WIDTH = 40
"""Letters of a line of a label."""

CURVES = (
    (NONE, kinds.TRUE_PAIRS, "permitted", "o", "without negatives"),
    (OWN_ONLY, kinds.PAIRS_AND_NEGATIVES, "SWAP", "s", "with negatives, own-only"),
    (SHARED, kinds.PAIRS_AND_NEGATIVES, "text", "D", "with negatives, shared"),
)
"""Negatives of training, the kind of cure, a colour, a marker and a name."""

RATE = (0.0, 1.0)


@dataclass(frozen=True)
class _Point:
    """A cure in the plane: its name, its sort, and both halves seed by seed."""

    name: str
    sort: str
    familiar: list[float]
    novel: list[float]

    @property
    def at(self) -> np.ndarray:
        return np.array([np.mean(self.familiar), np.mean(self.novel)])


def draw(rows: Sequence[Row]) -> Figure | None:
    """The plane of both halves with an arrow from no cure to each; the odds curves beside it."""
    measured = select(rows, role=roles.MEASURED)
    points = [_point(name, here) for name, here in by_setting(measured).items() if _shown(here)]
    points = [point for point in points if point.familiar and point.novel]
    curves = [row for row in rows if row.labels.get("kind") in (kinds.TRUE_PAIRS, CURVES[1][1])]
    if not points and not curves:
        return None
    figure = Figure(figsize=(11.6, 5.2), layout="constrained")
    plane, odds = figure.subplots(1, 2, width_ratios=(1.75, 1.0))
    _plane(plane, points)
    _odds(odds, curves)
    return figure


def _shown(rows: Sequence[Row]) -> bool:
    labels = rows[0].labels
    shared = labels["share"] and labels["negatives"] == SHARED
    return labels["share"] in SHOWN_SHARES and not shared


def _point(name: str, rows: Sequence[Row]) -> _Point:
    labels = rows[0].labels
    true_pairs = bool(labels["share"] or labels["rho"])
    sorts = list(SORTS)
    if labels["kind"] == kinds.REFERENCE:
        return _Point(name, sorts[4], *_halves(rows))
    if labels["negatives"] == NONE:
        sort = sorts[1] if true_pairs else sorts[3]
    else:
        sort = sorts[2] if true_pairs else sorts[0]
    return _Point(name, sort, *_halves(rows))


def _halves(rows: Sequence[Row]) -> tuple[list[float], list[float]]:
    return (
        values(rows, metric=metrics.FAMILIAR_IMAGE),
        values(rows, metric=metrics.NOVEL_IMAGE),
    )


def _plane(axis: Axes, points: Sequence[_Point]) -> None:
    starts = [point for point in points if point.name == NONE]
    others = [point for point in points if point.name != NONE]
    for sort, colour in SORTS.items():
        axis.plot([], [], "o", color=COLOURS[colour], label=sort)
        for cluster in _clusters([point for point in others if point.sort == sort]):
            for start in starts:
                look: dict[str, Any] = {
                    "arrowstyle": "-|>",
                    "color": COLOURS[colour],
                    "alpha": 0.45,
                }
                end = np.mean([point.at for point in cluster], axis=0)
                axis.annotate(
                    "",
                    (end[0], end[1]),
                    (start.at[0], start.at[1]),
                    arrowprops={"arrowstyle": "-|>", **look},
                )
    for point in others:
        _cross(axis, point, COLOURS[SORTS[point.sort]])
    for start in starts:
        _cross(axis, start, "black", markersize=9.0)
        axis.annotate(
            "no cure",
            (start.at[0], start.at[1]),
            (-60, 34),
            textcoords="offset points",
            ha="right",
            va="center",
            arrowprops={"arrowstyle": "-", "linewidth": 0.8},
            fontsize=9.5,
            fontweight="bold",
        )
    _labels(axis, others)
    for at, what, side in (
        ((0.5, 0.5), "reads no order", "left"),
        ((1.0, 1.0), "composes", "right"),
        ((1.0, 0.0), "rejects what it never saw (T16)", "right"),
    ):
        axis.plot(
            *at,
            marker="*",
            markersize=15,
            markerfacecolor="none",
            color=COLOURS["reference"],
            zorder=1,
        )
        axis.annotate(
            what,
            at,
            (10 if side == "left" else -10, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=8.5,
            fontstyle="italic",
            color=COLOURS["reference"],
        )
    axis.set(
        xlim=(0.47, 1.03),
        ylim=(-0.05, 1.05),
        xlabel="the benchmark's half: a familiar image prefers its caption",
        ylabel="the other half: a novel image prefers its caption",
        title="What a cure does to the benchmark, and to composition",
    )
    axis.legend(
        title="training is shown", loc="upper left", frameon=False, fontsize=8, title_fontsize=8
    )
    axis.grid(color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)


def _cross(axis: Axes, point: _Point, colour: str, markersize: float = 5.5) -> None:
    """A point with the interval of each half."""
    x, y = point.at
    look: dict[str, Any] = {"color": colour, "linewidth": 1.3, "within": RATE}
    bar(axis, float(x), point.novel, **look)
    bar(axis, float(y), point.familiar, across=True, **look)
    axis.plot(x, y, "o", color=colour, markersize=markersize, zorder=3)


def _clusters(points: Sequence[_Point]) -> list[list[_Point]]:
    """Points that lie within `NEAR` of the first of their cluster."""
    found: list[list[_Point]] = []
    for point in points:
        for cluster in found:
            if np.linalg.norm(cluster[0].at - point.at) < NEAR:
                cluster.append(point)
                break
        else:
            found.append([point])
    return found


def _labels(axis: Axes, points: Sequence[_Point]) -> None:
    """Names to the right of the plane, each on a line of its own with a thread to its point."""
    boxes = []
    for sort in SORTS:
        for cluster in _clusters([point for point in points if point.sort == sort]):
            names = "; ".join(point.name for point in cluster)
            text = textwrap.fill(names, WIDTH, break_long_words=False)
            boxes.append((np.mean([point.at for point in cluster], axis=0), text, sort))
    boxes.sort(key=lambda box: box[0][1])
    heights = [STEP * (1 + text.count("\n")) + 0.4 * STEP for _, text, _ in boxes]
    for (at, text, sort), y in zip(
        boxes, _spread([box[0][1] for box in boxes], heights), strict=True
    ):
        axis.annotate(
            text,
            at,
            (1.06, y),
            textcoords="data",
            ha="left",
            va="center",
            fontsize=7.5,
            color=COLOURS[SORTS[sort]],
            annotation_clip=False,
            linespacing=1.05,
            arrowprops={
                "arrowstyle": "-",
                "color": COLOURS[SORTS[sort]],
                "linewidth": 0.5,
                "alpha": 0.6,
                "shrinkB": 3,
            },
        )


def _spread(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Places near those wanted, from below, at which boxes of some heights do not overlap."""
    places: list[float] = []
    floor = -0.05
    for at, height in zip(wanted, heights, strict=True):
        place = max(at, floor + height / 2)
        places.append(place)
        floor = place + height / 2
    # What stands above the top is pushed down again.
    ceiling = 1.05
    for index in reversed(range(len(places))):
        places[index] = min(places[index], ceiling - heights[index] / 2)
        ceiling = places[index] - heights[index] / 2
    return places


def _odds(axis: Axes, rows: Sequence[Row]) -> None:
    """Group scores by the share of true pairs, with negatives and without, and the tilt's."""
    scores = select(rows, metric=metrics.GROUP_SCORE)
    for negatives, kind, colour, marker, name in CURVES:
        here = select(scores, negatives=negatives, kind=kind, role=roles.MEASURED)
        shares = sorted({row.labels["share"] for row in here})
        look: dict[str, Any] = {"color": COLOURS[colour]}
        means = [
            bar(axis, share, values(here, share=share), within=RATE, linewidth=1.4, **look)
            for share in shares
        ]
        axis.plot(shares, means, marker, linestyle="-", markersize=5, label=name, **look)
    told = select(scores, negatives=OWN_ONLY, kind=CURVES[1][1], role=roles.PREDICTED)
    shares = sorted({row.labels["share"] for row in told})
    axis.plot(
        shares,
        [mean(told, share=share) for share in shares],
        "--",
        color=COLOURS["reference"],
        label="without, tilted as T16 has it",
    )
    crossing = values(rows, metric=metrics.CROSSING, negatives=OWN_ONLY)
    tilt = values(rows, metric=metrics.TILT, negatives=OWN_ONLY, role=roles.MEASURED)
    if crossing and tilt:
        at = float(np.mean(crossing))
        axis.axvline(at, color=COLOURS["reference"], linewidth=0.8)
        axis.annotate(
            f"from {100 * at:.0f} % on\n(tilt: {np.mean(tilt):.1f} nats)",
            (at, 0.0),
            (4, 0),
            textcoords="offset points",
            ha="left",
            va="bottom",
            fontsize=7.5,
            color=COLOURS["reference"],
        )
    axis.axhline(1 / 6, color=COLOURS["chance"], linestyle=":", label="chance")
    axis.set(
        xscale="log",
        ylim=(-0.03, 1.03),
        ylabel="group score (Winoground)",
        xlabel="share of true pairs of the other order",
        title="Do negatives help composition?",
    )
    if shares:
        axis.set_xticks(shares, [f"{share:g}" for share in shares])
    axis.minorticks_off()
    axis.grid(axis="y", color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)
    axis.legend(frameon=False, fontsize=7.5, loc="upper left")


FIGURES.register("cures", draw)
