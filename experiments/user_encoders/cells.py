"""The groups of pairs that numbers are told of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Int

from experiments.captions.reading import Reading
from experiments.user_encoders.probed import ProbedPairs
from experiments.vocabulary import probe


@dataclass(frozen=True, eq=False)
class Cell:
    """Some pairs of one data set.

    Attributes:
        setting: the data set.
        by: what they are grouped by, see `experiments.vocabulary.probe`.
        labels: what they have in common, by the names of their columns.
        chosen: which pairs, at least one.
    """

    setting: str
    by: str
    chosen: Int[np.ndarray, " k"]
    labels: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What they have in common, in words."""
        return " ".join(str(label) for label in self.labels.values()) or probe.ALL


def cells_of(pairs: ProbedPairs, readings: Sequence[Reading]) -> list[Cell]:
    """All pairs of each data set, and those of each operator, depth and category.

    Args:
        pairs: captions and hard negatives.
        readings: how each is made, see `experiments.captions.reading.read_pairs`.
    """
    found = []
    for number, setting in enumerate(pairs.datasets):
        (rows,) = np.nonzero(pairs.dataset == number)
        found.append(Cell(setting, probe.ALL, rows))
        kinds = [readings[int(row)].kind for row in rows]
        depths = [readings[int(row)].depth for row in rows]
        categories = [pairs.pairs[int(row)].category for row in rows]
        for by, names, keys in (
            (probe.BY_OPERATOR, ("kind",), zip(kinds, strict=True)),
            (probe.BY_DEPTH, ("kind", "depth"), zip(kinds, depths, strict=True)),
            (probe.BY_CATEGORY, ("category",), zip(categories, strict=True)),
        ):
            for key, chosen in _grouped(keys, rows).items():
                # What is no operator has no depth, and some data sets have no categories.
                if key[-1]:
                    labels = dict(zip(names, key, strict=True))
                    found.append(Cell(setting, by, chosen, labels))
    return found


def _grouped(
    keys: Iterable[tuple[Any, ...]], rows: Int[np.ndarray, " n"]
) -> dict[tuple[Any, ...], Int[np.ndarray, " k"]]:
    """Rows by their keys, the most frequent first."""
    found: dict[tuple[Hashable, ...], list[int]] = {}
    for key, row in zip(keys, rows, strict=True):
        found.setdefault(key, []).append(int(row))
    largest = sorted(found, key=lambda key: (-len(found[key]), key))
    return {key: np.array(found[key]) for key in largest}
