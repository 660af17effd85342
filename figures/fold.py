"""T2: the fold, from content to codes, half by half; and its determinant beside the bijection's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.results.record import Row, select
from experiments.vocabulary import metrics
from experiments.vocabulary.settings import BIJECTION, FOLD, LOWER, UPPER
from figures.figure import FIGURES
from figures.style import COLOURS, axis_legend

HALVES = (LOWER, UPPER)
MARKERS = ("o", "s", "^", "D", "v")
SETTINGS = {
    FOLD: ("fold", "blind", "o", r"$2\,p$"),
    BIJECTION: ("bijection", "optimal", "s", r"$p$"),
}
"""How settings are called, coloured and marked, and what |det Dh| is."""

_LEGEND: dict[str, Any] = {
    "loc": "upper center",
    "bbox_to_anchor": (0.5, -0.22),
    "frameon": False,
    "fontsize": 8,
    "handlelength": 1.4,
    "columnspacing": 1.0,
}


def draw(rows: Sequence[Row]) -> Figure:
    """Content, the codes of either half of it, and determinants against density."""
    figure = Figure(figsize=(11.6, 3.5))
    content, lower, upper, volumes = figure.subplots(1, 4)
    for half, axis in zip(HALVES, (lower, upper), strict=True):
        of_half = select(rows, half=half)
        _half(content, of_half, ("z_1", "z_2"), half)
        _half(axis, of_half, ("h_1", "h_2"), half)
        axis.set(xlabel="$h_1$", ylabel="$h_2$", xlim=(0, 1), ylim=(0, 1))
        axis.set_title(f"codes of the {half} half")
    content.set(xlabel="$z_1$", ylabel="$z_2$", title="content")
    content.legend(handles=_handles(), **_LEGEND, ncols=2)
    _volumes(volumes, rows)
    for axis in figure.axes:
        axis.set_box_aspect(1)
    figure.tight_layout()
    return figure


def _half(axis: Axes, rows: Sequence[Row], names: tuple[str, str], half: str) -> None:
    """The grid of a half of content, and those of its points that have a named partner."""
    colour = COLOURS[half]
    grid = select(rows, metric=metrics.CODE)
    for line in dict.fromkeys(row.labels["line"] for row in grid):
        axis.plot(*_points(select(grid, line=line), names), color=colour, lw=0.9)
    partners = select(rows, metric=metrics.SHARED_CODE)
    names_of_pairs = dict.fromkeys(row.labels["line"] for row in partners)
    for line, marker in zip(names_of_pairs, MARKERS, strict=False):
        points = _points(select(partners, line=line), names)
        axis.plot(*points, marker, ms=7, mfc=COLOURS["reference"], mec="white", zorder=3)


def _points(rows: Sequence[Row], names: tuple[str, str]) -> tuple[list[float], list[float]]:
    first, second = (select(rows, coordinate=i) for i in (1, 2))
    if names[0] == "z_1":
        return [row.labels["z_1"] for row in first], [row.labels["z_2"] for row in first]
    return [row.value for row in first], [row.value for row in second]


def _volumes(axis: Axes, rows: Sequence[Row]) -> None:
    for setting, (name, colour, marker, line) in SETTINGS.items():
        of = sorted(
            select(rows, setting=setting, metric=metrics.DETERMINANT),
            key=lambda row: row.labels["density"],
        )
        (r2,) = select(rows, setting=setting, metric=metrics.LOST_R2)
        axis.loglog(
            [row.labels["density"] for row in of],
            [row.value for row in of],
            marker,
            color=COLOURS[colour],
            markersize=3.5,
            label=f"{name}: {line}; $R^2(z_2)$ {r2.value:.2f}",
        )
    axis.set(xlabel="density $p(z)$", ylabel=r"$|\det Dh(z)|$", title="volume")
    axis_legend(axis, **_LEGEND)


def _handles() -> list[Line2D]:
    halves = [Line2D([], [], color=COLOURS[half], label=f"{half} half") for half in HALVES]
    partner = Line2D([], [], marker=MARKERS[0], ls="", color=COLOURS["reference"])
    partner.set_label("a point and its partner")
    return [*halves, partner]


FIGURES.register("fold", draw)
