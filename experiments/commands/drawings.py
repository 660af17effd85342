"""What commands draw of results that are written: their figures, and the page that shows all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from experiments.results.record import Row
from figures import draw_all, remove_all
from figures.page import remove_page, write_page


def draw_report(directory: Path, rows: Sequence[Row]) -> list[Path]:
    """Draw the figures of a report, then its page; what was drawn of other rows goes first.

    Args:
        directory: of the report, where all else is written.
        rows: of the report.

    Returns:
        The files written.

    Raises:
        FigureError: if a figure cannot be drawn from the rows.
    """
    remove_page(directory)
    remove_all(directory / "figures")
    return [*draw_all(rows, directory / "figures"), write_page(directory)]
