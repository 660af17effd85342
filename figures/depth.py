"""T12: hard negatives against depth, and the price of blindness beside them."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from experiments.results.record import Row, select
from experiments.vocabulary import metrics
from experiments.vocabulary.operators import ADD, REPLACE
from experiments.vocabulary.settings import ALL_THREE, SWAP_OF_ANY, SWAP_OF_NOUNS
from figures.figure import FIGURES
from figures.style import COLOURS

PANELS = (
    (metrics.HARD_NEGATIVES, "distinct hard negatives\na caption, mean"),
    (metrics.PRICE, "price of blindness in nats"),
)

LINES = {
    ALL_THREE: ("reference", "-", "D", 6.5),
    ADD: ("ADD", "-", "o", 4),
    REPLACE: ("REPLACE", "-", "o", 4),
    SWAP_OF_ANY: ("SWAP", "-", "o", 4),
    SWAP_OF_NOUNS: ("SWAP", "--", "s", 4),
}
"""How families are coloured, dashed and marked, and how large: the first two have one price."""


def draw(rows: Sequence[Row]) -> Figure:
    """Both panels along the length of the longest words."""
    figure = Figure(figsize=(7.6, 3.7))
    for axis, (metric, name) in zip(figure.subplots(1, 2), PANELS, strict=True):
        for family, (colour, dashes, marker, size) in LINES.items():
            of = select(rows, metric=metric, setting=family)
            axis.plot(
                [row.labels["depth"] for row in of],
                [row.value for row in of],
                f"{marker}{dashes}",
                color=COLOURS[colour],
                markersize=size,
                linewidth=1.2,
                label=family,
            )
        axis.set(xlabel="depth: longest words over the family", ylabel=name)
        axis.grid(color=COLOURS["grid"], linewidth=0.6)
        axis.set_axisbelow(True)
    counts, price = figure.axes
    counts.set_yscale("log")
    price.set_ylim(bottom=0)
    figure.legend(
        *counts.get_legend_handles_labels(),
        loc="lower center",
        ncols=len(LINES),
        frameon=False,
        fontsize=8,
        columnspacing=1.2,
    )
    figure.tight_layout(rect=(0, 0.25 / figure.get_figheight(), 1, 1))
    return figure


FIGURES.register("depth", draw)
