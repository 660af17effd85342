"""Notebooks of marimo, one a file; ``tokenscm explore`` opens them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

NOTEBOOKS: Mapping[str, str] = MappingProxyType(
    {
        "world": "a world as its settings move: pairs, hard negatives, price and orbits",
        "run": "a trained run, and what its encoders make of hard negatives",
        "claim": "a claim put to worlds of yours, or drawn at random, and to worlds that break it",
    }
)
"""What each shows, by name."""


def notebook_file(name: str) -> Path:
    """The file of a notebook.

    Args:
        name: one of `NOTEBOOKS`.
    """
    return Path(__file__).parent / f"{name}.py"
