"""Captions in the wild: how hard negatives are made, and how that depends on what an atom is."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results.record import Row, select
from experiments.vocabulary import captions as words
from experiments.vocabulary import readings
from experiments.vocabulary.operators import ADD, REPLACE, SWAP
from figures.figure import FIGURES
from figures.style import COLOURS, axis_legend

KINDS = {
    SWAP: COLOURS["SWAP"],
    REPLACE: COLOURS["REPLACE"],
    ADD: COLOURS["ADD"],
    words.ITERATED: "#8d99ae",
    readings.REMOVE: "#c9ada7",
    words.WITH_REMOVAL: "#ddd0cc",
    readings.FUNCTION: "#e9e3d5",
    readings.REORDER: "#d9d9d9",
    readings.OTHER: "#efefef",
    readings.SAME: "#ffffff",
}
"""Colours of what a pair is counted as, from left to right."""

COUNTED = {"concepts first": "-", "concepts and relations": "--", "every word": ":"}

CONTROLS = {
    words.RANDOM: COLOURS["chance"],
    words.NEAREST: COLOURS["image"],
    words.SHUFFLED: COLOURS["text"],
}

MOST = 6
"""Data sets whose curves are drawn."""


def draw(rows: Sequence[Row]) -> Figure:
    """Bars are all pairs of a category; lines those that are one SWAP, REPLACE or ADD."""
    shares = select(rows, metric=words.SHARE)
    settings = list(dict.fromkeys(row.setting for row in shares))
    curves = select(rows, metric=words.BY_DEFINITION)
    datasets = list(dict.fromkeys(row.labels["dataset"] for row in curves))[:MOST]
    height = max(3.2, 0.24 * len(settings) + 1.4)
    figure = Figure(figsize=(6.0 + 2.9 * len(datasets), height))
    widths = [2.0, *(1.0 for _ in datasets)]
    axes = figure.subplots(1, 1 + len(datasets), width_ratios=widths, squeeze=False)[0]
    _bars(axes[0], shares, settings)
    for axis, dataset in zip(axes[1:], datasets, strict=True):
        _curves(axis, select(curves, dataset=dataset))
        axis.set_title(dataset)
        axis.sharey(axes[1])
    figure.tight_layout()
    if datasets:
        named = axes[1].get_legend_handles_labels()
        look = {"ncols": 4, "frameon": False, "fontsize": 7}
        figure.legend(*named, loc="upper right", bbox_to_anchor=(1.0, 0.04), **look)
    return figure


def _bars(axis: Axes, rows: Sequence[Row], settings: Sequence[str]) -> None:
    left = dict.fromkeys(settings, 0.0)
    for kind, colour in KINDS.items():
        here = select(rows, kind=kind)
        if not here:
            continue
        places = [settings.index(row.setting) for row in here]
        starts = [left[row.setting] for row in here]
        axis.barh(
            places,
            [row.value for row in here],
            left=starts,
            color=colour,
            label=kind,
            height=0.78,
            edgecolor="white",
            linewidth=0.4,
        )
        left |= {row.setting: left[row.setting] + row.value for row in here}
    names = {row.setting: f"{row.setting} ({row.labels['of']:,})" for row in rows}
    axis.set_yticks(range(len(settings)), [names[setting] for setting in settings], fontsize=7)
    axis.invert_yaxis()
    axis.set(xlim=(0.0, 1.0), xlabel="share of pairs")
    axis_legend(
        axis,
        loc="upper center",
        bbox_to_anchor=(0.4, -0.12 * 3.2 / max(3.2, 0.24 * len(settings))),
        ncols=4,
        frameon=False,
        fontsize=7,
    )


def _curves(axis: Axes, rows: Sequence[Row]) -> None:
    for counted, look in COUNTED.items():
        for name, colour in ({words.PAIRS: "black"} | CONTROLS).items():
            here = select(rows, counted=counted, pairs=name)
            if not here or (name != words.PAIRS and counted != next(iter(COUNTED))):
                continue
            label = counted if name == words.PAIRS else name
            x = [row.labels["atom_words"] for row in here]
            y = [row.value for row in here]
            axis.plot(x, y, look, marker=".", color=colour, linewidth=1.2, label=label)
    axis.axhline(
        words.PAPER,
        color=COLOURS["reference"],
        linewidth=0.8,
        linestyle=(0, (1, 3)),
        label="the paper",
    )
    axis.set(xlabel="most words of an atom", ylim=(-0.02, 1.02))
    axis.set_ylabel("one SWAP, REPLACE or ADD")
    axis.grid(color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)


FIGURES.register("captions", draw)
