"""T13: what hard negatives add to the loss, against how many there are and the size of batches."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from experiments.results.record import Row, select
from experiments.vocabulary import metrics
from experiments.vocabulary.encoders import BLIND, OPTIMAL
from experiments.vocabulary.negatives import OWN_ONLY, SHARED
from figures.figure import FIGURES
from figures.style import COLOURS

LINES = {
    (BLIND, SHARED): ("blind, shared", "blind", "-", "o"),
    (BLIND, OWN_ONLY): ("blind, own-only", "blind", "--", "s"),
    (OPTIMAL, SHARED): ("true optimum, shared", "optimal", "-", "o"),
    (OPTIMAL, OWN_ONLY): ("true optimum, own-only", "optimal", "--", "s"),
}
"""How an encoder with a kind of negatives is called, coloured, dashed and marked."""


def draw(rows: Sequence[Row]) -> Figure:
    """A panel along M at one K, and one along K at one M."""
    rows = select(rows, metric=metrics.SURCHARGE)
    figure = Figure(figsize=(7.6, 3.7))
    axes = figure.subplots(1, 2, sharey=True)
    for axis, along, fixed, name in (
        (axes[0], "M", "K", "hard negatives a caption $M$"),
        (axes[1], "K", "M", "pairs in a batch $K$"),
    ):
        here = select(rows, by=along)
        for (encoder, negatives), (label, colour, dashes, marker) in LINES.items():
            of = select(here, encoder=encoder, negatives=negatives)
            axis.plot(
                [row.labels[along] for row in of],
                [row.value for row in of],
                f"{marker}{dashes}",
                color=COLOURS[colour],
                markersize=4,
                linewidth=1.2,
                label=label,
            )
        (at,) = {row.labels[fixed] for row in here}
        axis.set(xlabel=name, title=f"${fixed} = {at:g}$")
        axis.grid(color=COLOURS["grid"], linewidth=0.6)
        axis.set_axisbelow(True)
    axes[1].set_xscale("log", base=2)
    axes[0].set_ylabel("surcharge in nats")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=4, frameon=False, fontsize=8)
    figure.tight_layout(rect=(0, 0.25 / figure.get_figheight(), 1, 1))
    return figure


FIGURES.register("surcharge", draw)
