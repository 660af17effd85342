"""T2: R^2 of every block in both directions in sentence-level worlds."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from experiments.results.record import Row
from figures.blocks import draw_blocks
from figures.figure import FIGURES

TITLES = {"claim": "Assumption 1", "finding": "findings", "control": "controls (must fail)"}


def draw(rows: Sequence[Row]) -> Figure | None:
    """What the sentence study measured."""
    return draw_blocks(rows, TITLES)


FIGURES.register("sentence", draw)
