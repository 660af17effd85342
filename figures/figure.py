"""What a figure is, and the list of figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from experiments.rows import Row
from figures.style import STYLE, save
from scm.registry import Registry

Draw = Callable[[Sequence[Row]], Figure | None]
"""Draws the rows of a report; None if they hold nothing for this figure."""

FIGURES: Registry[Draw] = Registry("figure")
"""Figures by name."""


def draw_all(rows: Sequence[Row], directory: Path) -> list[Path]:
    """Draw every figure that the rows hold something for, as PNG and PDF.

    Returns:
        The files written.
    """
    written: list[Path] = []
    for name, draw in FIGURES.items():
        with mpl.rc_context(STYLE):
            figure = draw(rows)
        if figure is not None:
            written += save(figure, directory, name)
    return written
