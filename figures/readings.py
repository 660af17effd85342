"""T12: captions of scene worlds, whose operators are known, read as captions in free text are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from experiments.results.record import Row, by_setting, select
from experiments.vocabulary import captions as words
from figures.figure import FIGURES


def draw(rows: Sequence[Row]) -> Figure | None:
    """A panel a world: what is made by each operator, from left to right as it is read."""
    shares = select(rows, metric=words.SHARE)
    if not shares:
        return None
    settings = by_setting(shares)
    kinds = list(dict.fromkeys(row.labels["kind"] for row in shares))
    figure = Figure(figsize=(3.1 * len(settings), 2.6))
    axes = figure.subplots(1, len(settings), squeeze=False)[0]
    for axis, (setting, here) in zip(axes, settings.items(), strict=True):
        made = list(dict.fromkeys(row.labels["operator"] for row in here))
        table = np.zeros((len(made), len(kinds)))
        for row in here:
            table[made.index(row.labels["operator"]), kinds.index(row.labels["kind"])] = row.value
        axis.imshow(table, cmap="Blues", vmin=0.0, vmax=1.0)
        for (i, j), share in np.ndenumerate(table):
            colour = "white" if share > 0.5 else "black"
            axis.text(j, i, f"{share:.3f}", ha="center", va="center", color=colour, fontsize=7)
        axis.set_xticks(range(len(kinds)), kinds, fontsize=7)
        axis.set_yticks(range(len(made)), made, fontsize=7)
        axis.set_xlabel("read as")
        axis.set_title(setting, fontsize=8)
    axes[0].set_ylabel("made by")
    figure.tight_layout()
    return figure


FIGURES.register("readings", draw)
