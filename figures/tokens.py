"""T5, continuous: R^2 of every block in both directions, by number of tokens."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from experiments.results.record import Row
from figures.blocks import draw_blocks
from figures.figure import FIGURES

TITLES = {"claim": "Assumption 4", "finding": "findings", "control": "controls\n(must fail)"}


def draw(rows: Sequence[Row]) -> Figure | None:
    """What the token study measured."""
    return draw_blocks(rows, TITLES)


FIGURES.register("tokens", draw)
