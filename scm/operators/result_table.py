"""The results of operators caption by caption: hard negatives among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from scm.operators.orbits import Edges


@dataclass(frozen=True, eq=False)
class ResultTable:
    """The distinct results of every caption, in ascending order.

    Attributes:
        target: the results, those of one caption after those of another.
        first: where those of each caption begin.
        count: how many each caption has.
    """

    target: Int[np.ndarray, " results"]
    first: Int[np.ndarray, " captions"]
    count: Int[np.ndarray, " captions"]

    @classmethod
    def of(cls, edges: Edges, captions: int) -> ResultTable:
        """The results to which edges lead.

        Args:
            edges: y - y', by index.
            captions: how many captions there are.
        """
        source, target = np.divmod(np.unique(edges.source * captions + edges.target), captions)
        count = np.bincount(source, minlength=captions)
        return cls(target, np.cumsum(count) - count, count)

    @classmethod
    def of_hard_negatives(cls, edges: Edges, scene: Int[np.ndarray, " captions"]) -> ResultTable:
        """The results that are hard negatives: captions that say another scene.

        Args:
            edges: y - y', by index.
            scene: what each caption says.
        """
        hard = scene[edges.source] != scene[edges.target]
        return cls.of(Edges(edges.source[hard], edges.target[hard]), len(scene))

    def edges_from(
        self, captions: Int[np.ndarray, " n"]
    ) -> tuple[Int[np.ndarray, " edges"], Int[np.ndarray, " edges"]]:
        """All results of some captions, as `layers` asks for them.

        Returns:
            The place among ``captions`` of each y, and its y'.
        """
        place, nth = _counted(self.count[captions])
        return place, self.target[self.first[captions[place]] + nth]

    def in_turn(self, M: int) -> Int[np.ndarray, "captions M"]:
        """M results of each caption, all of them in turn; where it has none, itself.

        Args:
            M: how many, at least 1.
        """
        (has,) = np.nonzero(self.count)
        table = np.repeat(np.arange(len(self.count))[:, None], M, axis=1)
        turn = np.arange(M)[None, :] % self.count[has, None]
        table[has] = self.target[self.first[has, None] + turn]
        return table

    def padded(self) -> Int[np.ndarray, "captions most"]:
        """The results of each caption, then zeros."""
        table = np.zeros((len(self.count), int(self.count.max(initial=0))), np.int32)
        table[_counted(self.count)] = self.target
        return table


def _counted(
    counts: Int[np.ndarray, " n"],
) -> tuple[Int[np.ndarray, " total"], Int[np.ndarray, " total"]]:
    """For counts (2, 0, 1) the pairs (0, 0), (0, 1), (2, 0): whose it is, and which of its own."""
    place = np.repeat(np.arange(len(counts)), counts)
    return place, np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
