"""What all figures share: size, type, colours, and how they are saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from experiments.files import writable_directory, write_atomically

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
}


def save(
    figure: Figure, directory: Path, name: str, suffixes: Sequence[str] = ("png", "pdf")
) -> list[Path]:
    """Write ``name.png`` and ``name.pdf``, or other suffixes, into ``directory``, atomically."""
    writable_directory("out", directory)
    paths = [directory / f"{name}.{suffix}" for suffix in suffixes]
    with mpl.rc_context(STYLE):
        for path in paths:
            # No creation date: the same rows give the same file.
            metadata = {"CreationDate": None} if path.suffix == ".pdf" else {"Software": None}
            write_atomically(
                path,
                lambda temporary, metadata=metadata: figure.savefig(temporary, metadata=metadata),
            )
    return paths
