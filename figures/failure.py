"""T17 and after: encoders that retrieve perfectly and do not compose, and what changes that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from experiments.results.record import Row, by_setting, select, values
from experiments.results.statistics import mean
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.negatives import DRAWN, NOVEL
from figures.figure import FIGURES
from figures.intervals import bar
from figures.style import COLOURS

CAUSES = {
    "salience": "Places fade from images",
    "paraphrase": "... and either order of mention says a scene",
}
"""Factors that are curves along the salience, and their titles."""

CURVES = {
    metrics.RETRIEVAL: ("retrieval", "reference", "o"),
    metrics.FAMILIAR_IMAGE: ("familiar half (one-sided benchmarks)", "image", "s"),
    metrics.NOVEL_IMAGE: ("novel half", "text", "D"),
    metrics.GROUP_SCORE: (metrics.GROUP_SCORE, "SWAP", "^"),
}
"""How what is measured is called, coloured and marked."""

DOTS = {
    metrics.RETRIEVAL: CURVES[metrics.RETRIEVAL],
    metrics.TEXT_SCORE: (metrics.TEXT_SCORE, "ADD", "D"),
    metrics.GROUP_SCORE: CURVES[metrics.GROUP_SCORE],
}
"""The same, where one factor is varied."""

CHANCE = {metrics.TEXT_SCORE: 0.5, metrics.GROUP_SCORE: 1 / 6}
"""What independent scores have."""

LINE = 0.19
"""Inches of a line of the panel of factors."""


def draw(rows: Sequence[Row]) -> Figure | None:
    """Curves along the salience for each cause; below, where there are any, all other factors.

    Points are means over seeds, bars 95 % intervals; dashed is what T17 predicts of the halves.
    """
    rows = [row for row in rows if row.metric in CURVES or row.metric in DOTS]
    curves = {name: select(rows, factor=name) for name in CAUSES}
    curves = {name: found for name, found in curves.items() if found}
    others = by_setting(row for row in rows if row.labels["factor"] not in CAUSES)
    if not curves and not others:
        return None
    height = LINE * len(others) + 1.0 if others else 0.0
    figure = Figure(figsize=(8.4, 3.6 + height), layout="constrained")
    above: Figure | SubFigure = figure
    below: SubFigure | None = None
    if others:
        above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=(3.6, height))[:, 0]
    if curves:
        axes = above.subplots(1, len(curves), sharey=True, squeeze=False)[0]
        for axis, (name, found) in zip(axes, curves.items(), strict=True):
            _curves(axis, CAUSES[name], found)
        axes[0].set_ylabel("rate")
        handles, labels = axes[0].get_legend_handles_labels()
        above.legend(
            handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=8
        )
    if below is not None:
        axis = below.subplots()
        _factors(axis, others)
        handles, labels = axis.get_legend_handles_labels()
        below.legend(
            handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=8
        )
    return figure


def _curves(axis: Axes, title: str, rows: Sequence[Row]) -> None:
    measured = [row for row in rows if row.labels["role"] == roles.MEASURED]
    saliences = sorted({row.labels["salience"] for row in measured}, reverse=True)
    for metric, (label, colour, marker) in CURVES.items():
        where = {} if metric == metrics.RETRIEVAL else {"negative": NOVEL}
        found = select(rows, metric=metric, **where)
        look: dict[str, Any] = {"color": COLOURS[colour]}
        means = [
            bar(
                axis,
                at,
                values(found, salience=at, role=roles.MEASURED),
                within=(0.0, 1.0),
                linewidth=1.4,
                **look,
            )
            for at in saliences
        ]
        axis.plot(saliences, means, f"-{marker}", markersize=4.5, label=label, **look)
        predicted = select(found, role=roles.PREDICTED)
        if predicted:
            told = [mean(predicted, salience=at) for at in saliences]
            axis.plot(saliences, told, "--", linewidth=1.0, **look)
    axis.plot([], [], "--", color=COLOURS["reference"], linewidth=1.0, label="predicted by T17")
    axis.axhline(
        CHANCE[metrics.GROUP_SCORE],
        color=COLOURS["chance"],
        linewidth=1.0,
        linestyle=":",
        label="group score of chance",
    )
    axis.set_xscale("log")
    axis.invert_xaxis()
    axis.set_xticks(saliences, [f"{salience:g}" for salience in saliences])
    axis.minorticks_off()
    axis.set(ylim=(-0.03, 1.05), xlabel=r"salience $\sigma$ of places in images", title=title)
    axis.grid(axis="y", color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)


def _factors(axis: Axes, settings: dict[str, list[Row]]) -> None:
    names = list(settings)
    for at, name in enumerate(names):
        here = select(settings[name], role=roles.MEASURED)
        negative = NOVEL if select(here, negative=NOVEL) else DRAWN
        for metric, (label, colour, marker) in DOTS.items():
            where = {} if metric == metrics.RETRIEVAL else {"negative": negative}
            found = values(here, metric=metric, **where)
            look: dict[str, Any] = {"color": COLOURS[colour]}
            middle = bar(
                axis, float(at), found, across=True, within=(0.0, 1.0), linewidth=1.2, **look
            )
            named = label if at == 0 else None
            axis.plot(middle, at, marker, markersize=4.5, label=named, **look)
    for label, chance in CHANCE.items():
        axis.axvline(chance, color=COLOURS["chance"], linewidth=1.0, linestyle=":")
        axis.text(chance, -0.7, f"{label}\nof chance", ha="center", fontsize=7)
    axis.set_yticks(range(len(names)), names, fontsize=8)
    axis.set(xlim=(-0.03, 1.03), ylim=(len(names) - 0.5, -0.6), xlabel="rate")
    axis.set_title(
        r"One factor changed, at $\sigma$ = 0.1 unless it says otherwise", fontsize=10, pad=22
    )
    axis.grid(axis="x", color=COLOURS["grid"], linewidth=0.6)
    axis.set_axisbelow(True)


FIGURES.register("failure", draw)
