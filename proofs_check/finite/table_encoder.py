"""Encoders that are tables: an embedding for each caption or image of a finite world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from scm import CaptionTable
from scm.arguments import require
from scm.array_module import AnyArray, array_module


@dataclass(frozen=True, eq=False)
class TableEncoder:
    """Embeds captions, or images, of a finite world by their indices.

    Attributes:
        embeddings: of each caption or image.

    Raises:
        ArgumentError: if they are no table of finite numbers.
    """

    embeddings: Float[np.ndarray, "items d"]

    def __post_init__(self) -> None:
        table = self.embeddings
        is_table = isinstance(table, np.ndarray) and table.ndim == 2 and table.dtype.kind == "f"
        expected = "a table of finite numbers, one row an item"
        require(is_table and np.isfinite(table).all(), "embeddings", expected, table)

    @property
    def labels(self) -> Int[np.ndarray, " items"]:
        """Which embedding each item has; equal numbers, equal embeddings."""
        return np.unique(self.embeddings, axis=0, return_inverse=True)[1]

    def __call__(self, inputs: Int[AnyArray, " b"]) -> Float[AnyArray, "b d"]:
        """Embed a batch of indices; runs inside jit."""
        return array_module(inputs).asarray(self.embeddings)[inputs]


@dataclass(frozen=True, eq=False)
class TokenTableEncoder:
    """Embeds the captions of a scene world as tokens.

    Attributes:
        table: the world's captions.
        encoder: embeds their indices.

    Raises:
        ArgumentError: if there is not one embedding for each caption.
    """

    table: CaptionTable
    encoder: TableEncoder

    def __post_init__(self) -> None:
        captions, embeddings = len(self.table.rows), len(self.encoder.embeddings)
        require(embeddings == captions, "encoder", f"{captions} embeddings", embeddings)

    def __call__(self, inputs: Int[AnyArray, "b length"]) -> Float[AnyArray, "b d"]:
        """Embed a batch of captions, NaN where one is not well-formed; runs inside jit."""
        rows, formed = self.table.grammar.read(inputs)
        xp = array_module(inputs)
        index = xp.where(formed, self.table.index_of_rows(rows), 0)
        return xp.where(formed[:, None], self.encoder(index), np.nan)


def sphere_codes(n: int) -> Float[np.ndarray, "n 3"]:
    """Distinct unit vectors, spread evenly: the spherical Fibonacci lattice.

    The cosine of two is below 1 - 3.5 / n, so that even 10^5 scenes are told apart where ties are
    cosines within 1e-6.
    """
    place = np.arange(n)
    height = 1.0 - (2.0 * place + 1.0) / n
    angle = np.pi * (3.0 - np.sqrt(5.0)) * place
    radius = np.sqrt(1.0 - height**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=1)
