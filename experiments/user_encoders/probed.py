"""Pairs of captions as indices of distinct texts and images, and which of them are independent."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from experiments.captions.pairs import CaptionPair
from scm.arguments import require

NONE = -1
"""The index of what a pair does not have."""


@dataclass(frozen=True, eq=False)
class ProbedPairs:
    """Pairs, with each text and each image once.

    Attributes:
        pairs: at least one.
        texts: all captions, negatives and paraphrases.
        images: files of all images.
        caption: y of each pair, an index of ``texts``.
        negative: y'.
        positive: y+, `NONE` where there is none.
        image: x, an index of ``images``; `NONE` where there is none.
        negative_image: x~, `NONE` where there is none.
        dataset: of each pair, from 0, in the order in which they come.
        group: pairs that share a caption or an image are of one; one lies inside a data set.
    """

    pairs: Sequence[CaptionPair]
    texts: tuple[str, ...]
    images: tuple[str, ...]
    caption: Int[np.ndarray, " n"]
    negative: Int[np.ndarray, " n"]
    positive: Int[np.ndarray, " n"]
    image: Int[np.ndarray, " n"]
    negative_image: Int[np.ndarray, " n"]
    dataset: Int[np.ndarray, " n"]
    group: Int[np.ndarray, " n"]

    @classmethod
    def of(cls, pairs: Sequence[CaptionPair]) -> ProbedPairs:
        """Those of files.

        Args:
            pairs: as they were read.

        Raises:
            ArgumentError: if there is none.
        """
        require(len(pairs) > 0, "file", "at least one pair of captions", 0)
        texts, images = {}, {}
        columns = {
            name: np.array([_index(known, getattr(pair, name)) for pair in pairs])
            for name, known in (
                ("caption", texts),
                ("negative", texts),
                ("positive", texts),
                ("image", images),
                ("negative_image", images),
            )
        }
        datasets: dict[str, int] = {}
        dataset = np.array([_index(datasets, pair.dataset) for pair in pairs])
        group = _groups(pairs, dataset)
        return cls(pairs, tuple(texts), tuple(images), **columns, dataset=dataset, group=group)

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """Names of the data sets."""
        return tuple(dict.fromkeys(pair.dataset for pair in self.pairs))

    @cached_property
    def firsts(self) -> Int[np.ndarray, " captions"]:
        """The first pair of each caption of each data set, one data set and group after another."""
        keys = np.stack([self.dataset, self.group, self.caption], axis=1)
        return np.unique(keys, axis=0, return_index=True)[1]

    @cached_property
    def first(self) -> Int[np.ndarray, " n"]:
        """For each pair the place in ``firsts`` of its caption."""
        keys = np.stack([self.dataset, self.group, self.caption], axis=1)
        return np.unique(keys, axis=0, return_inverse=True)[1]

    def unrelated(self, draws: int, rng: np.random.Generator) -> Int[np.ndarray, "n draws"]:
        """For each pair some captions of its data set, of other groups, as drawn with replacement.

        Args:
            draws: how many.
            rng: what draws.

        Returns:
            Indices of ``texts``; `NONE` where a data set has one group.
        """
        dataset, group = self.dataset[self.firsts], self.group[self.firsts]
        # Captions stand data set by data set and group by group: what is left out is one stretch.
        start, stop = (np.searchsorted(dataset, self.dataset, side) for side in ("left", "right"))
        left, right = (np.searchsorted(group, self.group, side) for side in ("left", "right"))
        others = (stop - start) - (right - left)
        place = start[:, None] + rng.integers(
            np.maximum(others, 1)[:, None], size=(len(self.pairs), draws)
        )
        place = np.where(place >= left[:, None], place + (right - left)[:, None], place)
        found = self.caption[self.firsts][np.minimum(place, len(self.firsts) - 1)]
        return np.where(others[:, None] > 0, found, NONE)


def _index(known: dict[str, int], value: str | None) -> int:
    return NONE if value is None else known.setdefault(value, len(known))


def _groups(pairs: Sequence[CaptionPair], dataset: Int[np.ndarray, " n"]) -> Int[np.ndarray, " n"]:
    """Components of pairs that share a caption or an image, from 0, data set by data set.

    Where y' has an image it is a caption as y is.
    """
    known: dict[Hashable, int] = {}
    rows, keys = [], []
    for row, pair in enumerate(pairs):
        captions = [pair.caption, *([pair.negative] if pair.negative_image else [])]
        images = [one for one in (pair.image, pair.negative_image) if one]
        for key in (*(("caption", one) for one in captions), *(("image", one) for one in images)):
            rows.append(row)
            keys.append(known.setdefault((pair.dataset, *key), len(known)))
    n = len(pairs)
    shared = csr_array(
        (np.ones(len(rows)), (rows, np.array(keys) + n)), shape=(n + len(known),) * 2
    )
    component = connected_components(shared, directed=False)[1][:n]
    return np.unique(np.stack([dataset, component], axis=1), axis=0, return_inverse=True)[1]
