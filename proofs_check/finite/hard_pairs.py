"""Drawn pairs beside hard negatives, drawn or not, and images that these are true of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.negatives import hard_edges
from proofs_check.finite.pairs import Pairs
from proofs_check.finite.table_encoder import TableEncoder
from scm.arguments import require

Cosines = Float[np.ndarray, "pairs 2 2"]
"""Scores of x and x~ with y and y', in this order, as `pair_scores` takes them."""


@dataclass(frozen=True, eq=False)
class HardPairs:
    """A drawn pair (x, y), a hard negative y' in T(y) and an image x~ of r(y').

    (X, Y) is drawn with a caption that has a hard negative, y' is one of its distinct hard
    negatives, all equally probable, and x~ the first image of r(y').

    Attributes:
        image: x of each pair of pairs.
        caption: y.
        negative: y'.
        other: x~.
        probability: of each; they sum to 1.
    """

    image: Int[np.ndarray, " pairs"]
    caption: Int[np.ndarray, " pairs"]
    negative: Int[np.ndarray, " pairs"]
    other: Int[np.ndarray, " pairs"]
    probability: Float[np.ndarray, " pairs"]

    @classmethod
    def of(cls, world: FiniteWorld) -> HardPairs:
        """The hard pairs of a world.

        Args:
            world: one in which every scene has an image, and a training caption a hard negative.
        """
        source, target = hard_edges(world)
        pairs = Pairs.of(world)
        pair, edge = np.nonzero(pairs.label[:, None] == source)
        weight = pairs.probability[pair] / np.bincount(source)[source[edge]]
        first = np.unique(world.shown, return_index=True)[1]
        return cls(
            pairs.image[pair],
            source[edge],
            target[edge],
            first[world.said[target[edge]]],
            weight / weight.sum(),
        )

    def where(self, chosen: Bool[np.ndarray, " pairs"]) -> HardPairs:
        """Those that are chosen, at least one, their probabilities in proportion.

        Args:
            chosen: which.

        Raises:
            ArgumentError: if none is chosen.
        """
        require(bool(chosen.any()), "chosen", "at least one hard pair", "none")
        weight = self.probability[chosen]
        return HardPairs(
            self.image[chosen],
            self.caption[chosen],
            self.negative[chosen],
            self.other[chosen],
            weight / weight.sum(),
        )

    def scores(self, critic: Float[np.ndarray, "images captions"]) -> Cosines:
        """Scores of x and x~ with y and y'.

        Args:
            critic: s(x, y), of all images and captions.
        """
        image = np.stack([self.image, self.other], axis=1)
        caption = np.stack([self.caption, self.negative], axis=1)
        return critic[image[:, :, None], caption[:, None, :]]

    def cosines(self, f: TableEncoder, g: TableEncoder) -> Cosines:
        """Inner products of f(x) and f(x~) with g(y) and g(y'), cosines of unit vectors.

        Args:
            f: of images.
            g: of captions.
        """
        return self.scores(f.embeddings @ g.embeddings.T)
