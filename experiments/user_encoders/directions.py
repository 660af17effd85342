"""Directions of embeddings, dense or sparse, and how far they are apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array, issparse

from proofs_check.quantities.directions import unit


@dataclass(frozen=True, eq=False)
class Directions:
    """Unit vectors, one a row.

    Attributes:
        rows: an array [n, d] of numpy, or a sparse one.
    """

    rows: Any

    @classmethod
    def of(cls, embeddings: Float[np.ndarray, "n d"]) -> Directions:
        """Those of embeddings.

        Args:
            embeddings: one a row, none of them 0.
        """
        return cls(unit(embeddings))

    @classmethod
    def of_counts(cls, counts: csr_array) -> Directions:
        """Those of rows of counts.

        Args:
            counts: one a row, none of them empty.
        """
        lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)))
        return cls(csr_array(counts.multiply(1.0 / lengths[:, None])))

    def distance(
        self, left: Int[np.ndarray, " n"], right: Int[np.ndarray, " n"]
    ) -> Float[np.ndarray, " n"]:
        """D = 1 - cos = |u - v|^2 / 2, exactly 0 where two are equal.

        Args:
            left: rows.
            right: rows.
        """
        apart = self.rows[left] - self.rows[right]
        return 0.5 * _row_sums(apart.multiply(apart) if issparse(apart) else apart**2)

    def cosine_with(
        self, left: Int[np.ndarray, " n"], vectors: Directions
    ) -> Float[np.ndarray, " n"]:
        """The cosine of each of some rows with a unit vector of its own.

        Args:
            left: rows.
            vectors: one for each.
        """
        some = self.rows[left]
        return _row_sums(some.multiply(vectors.rows) if issparse(some) else some * vectors.rows)

    def take(self, rows: Int[np.ndarray, " n"]) -> Directions:
        """Some of them.

        Args:
            rows: which.
        """
        return Directions(self.rows[rows])

    def mean_of_others(
        self, block: Int[np.ndarray, " n"], group: Int[np.ndarray, " n"]
    ) -> tuple[Any, Int[np.ndarray, " n"]]:
        """For each row the mean over all rows of its block that are of another group.

        Args:
            block: of each row, from 0.
            group: of each row, from 0; a group lies inside one block.

        Returns:
            The means, 0 where there is no other row, and the number of the other rows.
        """
        sums, counts = [], []
        for label in (block, group):
            inside = csr_array((np.ones(len(label)), (label, np.arange(len(label)))))
            sums.append((inside @ self.rows)[label])
            counts.append(np.bincount(label)[label])
        others = counts[0] - counts[1]
        scale = (1.0 / np.maximum(others, 1))[:, None]
        total = sums[0] - sums[1]
        return csr_array(total.multiply(scale)) if issparse(total) else total * scale, others

    def distance_to_others(
        self, block: Int[np.ndarray, " n"], group: Int[np.ndarray, " n"]
    ) -> Float[np.ndarray, " n"]:
        """For each row the mean of d over all rows of its block that are of another group.

        Args:
            block: of each row, from 0.
            group: of each row, from 0; a group lies inside one block.

        Returns:
            The means, NaN where there is no other row.
        """
        means, others = self.mean_of_others(block, group)
        cosines = self.cosine_with(np.arange(len(block)), Directions(means))
        return np.where(others > 0, np.maximum(1.0 - cosines, 0.0), np.nan)


def _row_sums(values: Any) -> Float[np.ndarray, " n"]:
    return np.asarray(values.sum(axis=1), float)
