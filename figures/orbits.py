"""T6 to T9: orbits drawn with their captions, and whether an optimum may be blind on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Patch

from experiments.results.record import Row, select
from experiments.vocabulary import metrics
from figures.figure import FIGURES
from figures.style import COLOURS

MAY_BE_BLIND = {1.0: "permitted", 0.0: "forbidden"}

_COLUMNS, _WIDTH, _HEIGHT, _GAP, _MARGIN = 2, 2.3, 0.5, 0.3, 0.22
"""Captions of an orbit in a line; inches from one to the next and from line to line; from orbit to
orbit; and from a caption's line to its orbit's edge."""


def draw(rows: Sequence[Row]) -> Figure:
    """A panel a family: its captions, those of training marked, and its orbits in colour."""
    settings = list(dict.fromkeys(row.setting for row in rows))
    places = {setting: _places(select(rows, setting=setting)) for setting in settings}
    lines = -(-len(settings) // 2)
    heights = [
        max(-min(y for _, y in places[setting].values()) for setting in settings[at : at + 2])
        + 0.65
        for at in range(0, len(settings), 2)
    ]
    figure = Figure(figsize=(2 * (_COLUMNS * _WIDTH + _GAP), sum(heights) + 0.4 * lines + 0.3))
    axes = figure.subplots(lines, 2, squeeze=False, height_ratios=heights).ravel()
    for axis in axes:
        axis.set_axis_off()
    for axis, setting, height in zip(
        axes, settings, [h for h in heights for _ in "ab"], strict=False
    ):
        _panel(axis, select(rows, setting=setting), places[setting])
        axis.set_xlim(-_WIDTH / 2 - 0.05, (_COLUMNS - 0.5) * _WIDTH + 0.05)
        axis.set_ylim(0.3 - height, 0.3)
    _legend(figure)
    figure.tight_layout(rect=(0, 0.4 / figure.get_figheight(), 1, 1))
    return figure


def _places(rows: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """Where each caption goes: orbit below orbit, each in lines of `_COLUMNS`."""
    captions = select(rows, metric=metrics.PROBABILITY)
    places: dict[str, tuple[float, float]] = {}
    y = 0.0
    for orbit in sorted({row.labels["orbit"] for row in captions}):
        for index, row in enumerate(select(captions, orbit=orbit)):
            line, column = divmod(index, _COLUMNS)
            places[row.labels["caption"]] = (column * _WIDTH, y - line * _HEIGHT)
        y = min(height for _, height in places.values()) - _HEIGHT - _GAP / 2
    return places


def _panel(axis: Axes, rows: Sequence[Row], places: dict[str, tuple[float, float]]) -> None:
    captions = select(rows, metric=metrics.PROBABILITY)
    for criterion in select(rows, metric=metrics.BLIND_OPTIMUM):
        inside = [
            places[row.labels["caption"]]
            for row in select(captions, orbit=criterion.labels["orbit"])
        ]
        colour = COLOURS[MAY_BE_BLIND[criterion.value]]
        _box(axis, inside, colour)
    for edge in select(rows, metric=metrics.EDGE):
        ends = [places[edge.labels[end]] for end in ("caption", "result")]
        axis.plot(*zip(*ends, strict=True), color=COLOURS["reference"], lw=1.2, zorder=1)
    for row in captions:
        drawn = row.value > 0
        axis.text(
            *places[row.labels["caption"]],
            row.labels["caption"],
            ha="center",
            va="center",
            fontsize=8.5,
            color="white" if drawn else COLOURS["reference"],
            bbox={
                "boxstyle": "round,pad=0.35",
                "facecolor": COLOURS["reference"] if drawn else "white",
                "edgecolor": COLOURS["reference"],
                "linestyle": "-" if drawn else "--",
                "linewidth": 0.9,
            },
        )
    (price,) = select(rows, metric=metrics.PRICE)
    axis.set_title(f"{price.setting} ({price.claim}): price {price.value:.2f} nats", fontsize=9.5)


def _box(axis: Axes, inside: Sequence[tuple[float, float]], colour: str) -> None:
    """The region of an orbit."""
    left, low = (min(at) for at in zip(*inside, strict=True))
    right, high = (max(at) for at in zip(*inside, strict=True))
    half = _WIDTH / 2 - 0.05
    axis.add_patch(
        FancyBboxPatch(
            (left - half, low - _MARGIN),
            right - left + 2 * half,
            high - low + 2 * _MARGIN,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=f"{colour}22",
            edgecolor=colour,
            linewidth=1.0,
            zorder=0,
        )
    )


def _legend(figure: Figure) -> None:
    grey = COLOURS["reference"]

    def caption(label: str, face: str, style: Literal["-", "--"]) -> Patch:
        return Patch(facecolor=face, edgecolor=grey, linestyle=style, label=label)

    def orbit(label: str, kind: str) -> Patch:
        return Patch(facecolor=f"{COLOURS[kind]}22", edgecolor=COLOURS[kind], label=label)

    handles = [
        caption("caption of training (S)", grey, "-"),
        caption("other caption", "white", "--"),
        Line2D([], [], color=grey, lw=1.2, label="operator"),
        orbit("orbit where an optimum may be blind", "permitted"),
        orbit("orbit where none may be", "forbidden"),
    ]
    figure.legend(
        handles=handles, loc="lower center", ncols=len(handles), frameon=False, fontsize=8
    )


FIGURES.register("orbits", draw)
