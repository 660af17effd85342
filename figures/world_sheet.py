"""A sheet of a world's pairs: pictures over their captions, or vectors as strips of colour."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results.sheets import Picture, ScenePair, Sheet, VectorPairs
from figures.style import COLOURS, house_style, save

_SIDE, _GAP, _CAPTION = 1.75, 0.14, 0.56
"""Inches: the side of a picture, the gap to the next, and what its caption takes."""


def draw_world_sheet(sheet: Sheet, name: str, directory: Path) -> Path:
    """Draw a sheet.

    Args:
        sheet: of `experiments.results.sheets.show`.
        name: of the world.
        directory: where ``name.png`` goes, which is returned.
    """
    (path,) = save(draw_sheet(sheet), directory, name, ("png",))
    return path


def draw_sheet(sheet: Sheet) -> Figure:
    """The figure of a sheet.

    Args:
        sheet: of `experiments.results.sheets.sheet_of`.
    """
    with house_style():
        return _strips(sheet) if isinstance(sheet, VectorPairs) else _pictures(sheet)


def _pictures(pairs: tuple[ScenePair, ...]) -> Figure:
    """Pairs side by side, and below each the examples of its operators, a row each."""
    operators = tuple(pairs[0].examples)
    columns = min(len(pairs), 8 if operators else 4)
    lines = [pairs[start : start + columns] for start in range(0, len(pairs), columns)]
    titles = ("pair", *operators) if operators else ("",)
    rows = len(lines) * len(titles)
    figure = Figure(figsize=(columns * (_SIDE + _GAP), rows * (_SIDE + _CAPTION)))
    grid = figure.subplots(rows, columns, squeeze=False)
    figure.subplots_adjust(0, 0, 1, 1, wspace=_GAP / _SIDE, hspace=_CAPTION / _SIDE)
    for axis in grid.flat:
        axis.set(xticks=[], yticks=[], frame_on=False)
    for block, line in zip(np.split(grid, len(lines)), lines, strict=True):
        for axis, title in zip(block[:, 0], titles, strict=True):
            axis.set_ylabel(title, fontweight="bold", labelpad=6)
        # The last line of pairs may be short.
        for column, pair in zip(block.T, line, strict=False):
            _picture(column[0], pair.picture, bold=bool(operators))
            for axis, operator in zip(column[1:], operators, strict=True):
                _picture(axis, pair.examples[operator])
    return figure


def _picture(axis: Axes, picture: Picture | None, bold: bool = False) -> None:
    if picture is None:
        axis.text(0.5, 0.5, "none", ha="center", color=COLOURS["chance"], transform=axis.transAxes)
        return
    axis.imshow(picture.image, vmin=0.0, vmax=1.0, interpolation="nearest")
    caption = "\n".join(textwrap.wrap(picture.caption, 25))
    axis.set_xlabel(caption, fontsize=8, fontweight="bold" if bold else "normal", linespacing=1.1)


def _strips(pairs: VectorPairs) -> Figure:
    """A row a pair, a column a coordinate, side by side what is shared, of the image, of the text.

    Each strip has a scale of its own, from minus to plus its largest absolute value.
    """
    columns = [
        (side, name, values) for side, of in pairs.blocks.items() for name, values in of.items()
    ]
    widths = [values.shape[1] for *_, values in columns]
    n = len(columns[0][2])
    figure = Figure(figsize=(0.2 * sum(widths) + 0.35 * len(widths), 0.2 * n + 1.0))
    axes = figure.subplots(1, len(columns), squeeze=False, width_ratios=widths)[0]
    for axis, (side, name, values) in zip(axes, columns, strict=True):
        limit = np.abs(values).max()
        axis.imshow(values, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto")
        axis.set(xticks=[], yticks=[], xlabel=f"±{limit:.1f}")
        axis.set_title(name, color=COLOURS.get(side, COLOURS["reference"]))
    numbers = [f"{number}" for number in range(1, n + 1)]
    axes[0].set_yticks(range(n), pairs.captions or numbers)
    if not pairs.captions:
        axes[0].set_ylabel("pair")
    return figure
