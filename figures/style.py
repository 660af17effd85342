"""What all figures share: size, type, colours, and how they are saved."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.results.files import writable_directory, write_atomically

COLOURS = {
    "image": "#1f6f8b",
    "text": "#d1603d",
    "reference": "#4a4a4a",
    "chance": "#b0b0b0",
    "SWAP": "#6a4c93",
    "REPLACE": "#2a9d8f",
    "ADD": "#d08c2f",
    "optimal": "#1f6f8b",
    "blind": "#b23a48",
    "lower": "#2a9d8f",
    "upper": "#d08c2f",
    "permitted": "#2a7f62",
    "forbidden": "#b23a48",
    "grid": "#e5e5e5",
}

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "figure.dpi": 110,
    "savefig.bbox": "tight",
    "pdf.fonttype": 42,
    # Names inside a drawing follow from what is drawn, not from chance.
    "svg.hashsalt": "token-scm",
}


SUFFIXES = ("png", "pdf")
"""The kinds of file of a figure."""

_UNDATED: Mapping[str, Mapping[str, None]] = {
    "png": {"Software": None},
    "pdf": {"CreationDate": None},
    "svg": {"Date": None},
}
"""What each kind of file would say of when or by what it was made."""


def house_style() -> AbstractContextManager[None]:
    """A context in which figures look like ours: the library's defaults, and what we change.

    What a user has set for figures of their own does not count.
    """
    return style.context(STYLE, after_reset=True)


def axis_legend(axis: Axes, **look: Any) -> None:
    """The legend of an axis, where something in it has a name.

    Args:
        axis: what is drawn.
        **look: of the legend, see `matplotlib.axes.Axes.legend`.
    """
    if axis.get_legend_handles_labels()[0]:
        axis.legend(**look)


def render(figure: Figure, suffix: str) -> bytes:
    """The content of a figure's file. It holds no date: the same rows give the same file.

    Args:
        figure: what to draw.
        suffix: the kind of file: ``png``, ``pdf`` or ``svg``.
    """
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format=suffix, metadata=_UNDATED[suffix])
    return buffer.getvalue()


def save(
    figure: Figure, directory: Path, name: str, suffixes: Sequence[str] = SUFFIXES
) -> list[Path]:
    """Write ``name.png`` and ``name.pdf``, or other suffixes, into ``directory``, atomically.

    Args:
        figure: what to draw.
        directory: where the files go, made if it is not there.
        name: of the files, without a suffix.
        suffixes: the kinds of file.

    Returns:
        The paths of the files, in the order of their suffixes.
    """
    return write_files(
        directory, {f"{name}.{suffix}": render(figure, suffix) for suffix in suffixes}
    )


def write_files(directory: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files by name into a directory, each atomically.

    Args:
        directory: where the files go, made if it is not there.
        contents: of each file, by its name.

    Returns:
        Their paths, in the same order.
    """
    writable_directory("out", directory)
    paths = [directory / name for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        write_atomically(path, lambda temporary, content=content: temporary.write_bytes(content))
    return paths
