"""A user's encoder: delta by operator, |dg| against unrelated captions, and halves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results.record import Row, by_setting, select
from experiments.vocabulary import metrics, probe, roles
from experiments.vocabulary.operators import ADD, ATOMIC, REPLACE, SWAP
from figures.figure import FIGURES
from figures.style import COLOURS, axis_legend

LEAST = 0.01
"""Operators that make fewer of a data set's pairs than this share have no line."""

BESIDE = ((probe.BAG, "D", probe.BAG), (probe.UNTRAINED, "x", "untrained, reads order"))
"""Encoders that stand beside the user's, their markers and names."""

CURVES = (
    (probe.NEGATIVE, SWAP, COLOURS[SWAP], "-"),
    (probe.NEGATIVE, REPLACE, COLOURS[REPLACE], "-"),
    (probe.NEGATIVE, ADD, COLOURS[ADD], "-"),
    (probe.PARAPHRASE, None, COLOURS["image"], "--"),
    (probe.UNRELATED, None, COLOURS["reference"], ":"),
)
"""What captions are compared with, by which operator, a colour and a line."""

SCORES = (
    (metrics.FAMILIAR_IMAGE, "familiar half"),
    (metrics.NOVEL_IMAGE, "novel half"),
    (metrics.TEXT_ONLY, "familiar half, not looking"),
    (metrics.GROUP_SCORE, metrics.GROUP_SCORE),
    (metrics.RETRIEVAL, metrics.RETRIEVAL),
)
"""Scores with images, and what they are called."""


def draw(rows: Sequence[Row]) -> Figure | None:
    """A line an operator and data set; a panel of distances a data set; scores with images."""
    settings = list(by_setting(rows))
    lines = [
        (setting, row) for setting in settings for row in _operators(select(rows, setting=setting))
    ]
    scored = bool(select(rows, metric=metrics.FAMILIAR_IMAGE, role=roles.MEASURED))
    if not lines:
        return None
    height = max(3.4, 1.2 + 0.24 * len(lines), 2.4 * len(settings))
    figure = Figure(figsize=(13.2 if scored else 9.6, height), layout="constrained")
    columns = 3 if scored else 2
    grid = figure.add_gridspec(len(settings), columns)
    _delta(figure.add_subplot(grid[:, 0]), rows, lines)
    for place, setting in enumerate(settings):
        here = select(rows, setting=setting)
        _distances(figure.add_subplot(grid[place, 1]), here, setting)
        if scored:
            _scores(figure.add_subplot(grid[place, 2]), here, setting)
    return figure


def _operators(rows: Sequence[Row]) -> list[Row]:
    """The user's delta of each operator that makes enough of the pairs."""
    found = select(rows, metric=metrics.DELTA, role=roles.MEASURED, by=probe.BY_OPERATOR)
    total = sum(row.labels["pairs"] for row in found)
    return [row for row in found if row.labels["pairs"] >= LEAST * total]


def _delta(axis: Axes, rows: Sequence[Row], lines: Sequence[tuple[str, Row]]) -> None:
    deltas = select(rows, metric=metrics.DELTA, by=probe.BY_OPERATOR)
    several = len({setting for setting, _ in lines}) > 1
    names = []
    for at, (setting, row) in enumerate(lines):
        kind = row.labels["kind"]
        names.append(f"{setting}: {kind}" if several else kind)
        colour = COLOURS[kind] if kind in ATOMIC else COLOURS["reference"]
        _interval(axis, row, at, color=colour)
        for encoder, marker, _ in BESIDE:
            for other in select(deltas, setting=setting, kind=kind, encoder=encoder):
                axis.plot(other.value, at, marker, color=COLOURS["chance"], markersize=4)
    axis.plot([], [], "o-", color=COLOURS["reference"], label="encoder, 95 %")
    for _, marker, name in BESIDE:
        axis.plot([], [], marker, color=COLOURS["chance"], markersize=4, label=name)
    axis.set_yticks(range(len(names)), names, fontsize=8)
    axis.set(
        ylim=(len(names) - 0.5, -0.5),
        xlabel=r"$\delta$: distance to the negative / to unrelated captions",
        title="How far does an operator move a caption?",
    )
    axis.set_xlim(left=min(0.0, axis.get_xlim()[0]))
    _grid(axis)
    axis_legend(axis, frameon=False, fontsize=8, loc="best")


def _interval(axis: Axes, row: Row, at: int, **look: Any) -> None:
    """A value with its interval, where there is one."""
    low, high = (row.labels.get(end, row.value) for end in ("low", "high"))
    axis.plot([low, high], [at, at], linewidth=1.6, solid_capstyle="butt", **look)
    axis.plot(row.value, at, "o", markersize=4.5, **look)


def _distances(axis: Axes, rows: Sequence[Row], setting: str) -> None:
    """How |dg| is distributed, by its quantiles."""
    quantiles = select(rows, metric=probe.DISPLACEMENT_QUANTILE, role=roles.MEASURED)
    shown = {None, *(row.labels["kind"] for row in _operators(rows))}
    for of, kind, colour, line in CURVES:
        by = probe.ALL if kind is None else probe.BY_OPERATOR
        here = select(quantiles, of=of, by=by, **({} if kind is None else {"kind": kind}))
        if here and kind in shown:
            axis.plot(
                [row.value for row in here],
                [row.labels["level"] for row in here],
                line,
                color=colour,
                label=of if kind is None else f"negative, {kind}",
            )
    axis.set(
        xlim=(0.0, None),
        ylim=(0.0, 1.0),
        xlabel=r"$|\Delta g|$",
        ylabel="share of pairs",
        title=setting,
    )
    _grid(axis)
    axis_legend(
        axis, frameon=False, fontsize=7.5, loc="upper center", bbox_to_anchor=(0.5, -0.26), ncols=3
    )


def _scores(axis: Axes, rows: Sequence[Row], setting: str) -> None:
    every = select(rows, by=probe.ALL)
    names = []
    for metric, name in SCORES:
        of_metric = select(every, metric=metric)
        for row in select(of_metric, role=roles.MEASURED):
            at = len(names)
            names.append(name)
            _interval(axis, row, at, color=COLOURS["image"])
            for role, marker in ((roles.CHANCE, "|"), (roles.BASELINE, "x")):
                for other in select(of_metric, role=role):
                    axis.plot(other.value, at, marker, color=COLOURS["chance"], markersize=7)
    axis.plot([], [], "|", color=COLOURS["chance"], label="chance", markersize=7)
    axis.plot([], [], "x", color=COLOURS["chance"], label="untrained text encoder", markersize=7)
    axis.set_yticks(range(len(names)), names, fontsize=8)
    axis.set(xlim=(-0.03, 1.03), ylim=(len(names) - 0.5, -0.5), title=f"{setting}, with images")
    _grid(axis)
    axis_legend(axis, frameon=False, fontsize=7.5, loc="best")


def _grid(axis: Axes) -> None:
    axis.grid(axis="x", color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)


FIGURES.register(probe.PROBE, draw)
