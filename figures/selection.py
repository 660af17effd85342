"""T6 and after: how encoders treat novel captions, along each factor that is varied."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results.record import Row, select
from experiments.results.statistics import mean
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import AWARE, BAG, DEEP, PLACES, SORTED_PHRASES
from experiments.vocabulary.factors import FRESH
from experiments.vocabulary.negatives import NOVEL
from figures.figure import FIGURES
from figures.intervals import bar
from figures.style import COLOURS

PANELS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "encoder": ("text encoder", ("encoder",)),
    "embedding": ("embedding size", ("embedding",)),
    "set_size": ("training pairs", ("set_size",)),
    "shown": ("shown by a rule or at random", ("operator", "shown")),
    "nouns": ("nouns", ("nouns",)),
    "steps": ("training steps", ("steps",)),
    "rho": (r"covered fraction of orbits $\rho$", ("rho",)),
    "images": ("images", ("images",)),
}
"""For each factor, its name and the columns that say where a point is."""

UNORDERED = ("encoder", "shown", "images")
"""Factors whose points are in the order of the rows, the base first; others go by their size."""

LINES = {
    metrics.FAMILIAR_IMAGE: ("familiar half", "image", "o"),
    metrics.NOVEL_IMAGE: ("novel half", "text", "s"),
    metrics.GROUP_SCORE: (metrics.GROUP_SCORE, "REPLACE", "^"),
    metrics.DISPLACEMENT_COSINE: (r"$\cos(\Delta f, \Delta g)$", "ADD", "P"),
    metrics.DELTA: (r"insensitivity $\delta$", "SWAP", "D"),
}
"""How what is measured is called, coloured and marked."""

WORDS = {
    AWARE: "trans-\nformer",
    DEEP: "deep\ntrans-\nformer",
    PLACES: "words\nin\nplaces",
    SORTED_PHRASES: "sorted\nphrases",
    BAG: "bag of\nwords",
    "structured": "rule",
    "hashed": "random",
}
"""What is written below points."""

ROOM = {"shown": 1.4}
"""How much wider than others the points of a factor are written."""

LEGEND_HEIGHT = 0.5
"""Inches at the bottom that the legend takes."""

SPREAD = 0.13
"""How far lines stand apart at one point."""


def draw(rows: Sequence[Row]) -> Figure | None:
    """A panel a factor; points are means over seeds, bars 95 % intervals, dots seeds."""
    rows = select(rows, role=roles.MEASURED, negative=NOVEL)
    base = select(rows, factor="base")
    panels = {name: select(rows, factor=name) for name in PANELS}
    panels = {name: [*base, *found] for name, found in panels.items() if found}
    if not panels:
        return None
    across = min(4, len(panels))
    down = -(-len(panels) // across)
    figure = Figure(figsize=(2.5 * across, 2.6 * down + LEGEND_HEIGHT))
    room = [ROOM.get(name, 1.0) * len(_places(name, found)) for name, found in panels.items()]
    widths = [max(5.0, *room[column::across]) for column in range(across)]
    grid = figure.subplots(
        down, across, sharey=True, squeeze=False, gridspec_kw={"width_ratios": widths}
    )
    for axis, (name, found) in zip(grid.flat, panels.items(), strict=False):
        _panel(axis, name, found)
    for axis in list(grid.flat)[len(panels) :]:
        axis.axis("off")
    for axis in grid[:, 0]:
        axis.set_ylabel(r"rate, cosine, or $\delta$")
    top = max(row.value for row in rows if row.metric in LINES)
    low = min(row.value for row in rows if row.metric in LINES)
    grid[0, 0].set_ylim(min(-0.06, low - 0.06), max(1.06, top + 0.06))
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="lower center",
        ncols=4,
        frameon=False,
        fontsize=8,
        columnspacing=1.2,
        handletextpad=0.4,
    )
    figure.tight_layout(rect=(0, LEGEND_HEIGHT / figure.get_figheight(), 1, 1))
    return figure


def _panel(axis: Axes, name: str, rows: Sequence[Row]) -> None:
    title, columns = PANELS[name]
    places = _places(name, rows)
    for index, (metric, (label, colour, marker)) in enumerate(LINES.items()):
        shift = SPREAD * (index - (len(LINES) - 1) / 2)
        found = select(rows, metric=metric)
        means = []
        for at, place in enumerate(places):
            here = [row.value for row in found if _place(row, columns) == place]
            means.append(bar(axis, at + shift, here, color=COLOURS[colour], linewidth=1.4))
            axis.plot([at + shift] * len(here), here, ".", color=COLOURS[colour], markersize=3)
        at = np.arange(len(places)) + shift
        axis.plot(at, means, marker, color=COLOURS[colour], markersize=4.5, label=label)
    for height, dashes, label in (
        (0.5, ":", "rates of a blind encoder"),
        (1.0 - mean(rows, metric=metrics.TEXT_ONLY), "--", "novel half of text alone"),
    ):
        axis.axhline(height, color=COLOURS["reference"], lw=1.0, linestyle=dashes, label=label)
    axis.set_xticks(range(len(places)), [_written(name, place) for place in places], fontsize=7.5)
    axis.set_xlim(-0.5, len(places) - 0.5)
    axis.set_title(title, fontsize=9.5)
    axis.grid(axis="y", color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)


def _places(name: str, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Where a factor has points, from the left."""
    _, columns = PANELS[name]
    places = list(dict.fromkeys(_place(row, columns) for row in rows))
    return places if name in UNORDERED else sorted(places, key=partial(_size, name))


def _place(row: Row, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row.labels[column] for column in columns)


def _size(name: str, place: tuple[Any, ...]) -> float:
    """The size of a point; fresh draws come after every fixed set."""
    return math.inf if name == "set_size" and place[0] == FRESH else float(place[0])


def _written(name: str, place: tuple[Any, ...]) -> str:
    if name == "set_size":
        return "fresh" if place[0] == FRESH else f"{place[0]:,}"
    return "\n".join(WORDS.get(one, one) if isinstance(one, str) else f"{one:g}" for one in place)


FIGURES.register("selection", draw)
