"""Novel pairs: hard negatives of training captions, each with an image that it is true of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.negatives import hard_edges
from proofs_check.finite.table_encoder import TableEncoder


@dataclass(frozen=True, eq=False)
class NovelPairs:
    """A training caption y, its hard negative y' in T(y), and an image x~ of r(y').

    Y is a training caption that has a hard negative, y' one of its distinct hard negatives, all
    equally probable. Where no orbit holds two training captions of different scenes, no y' is ever
    drawn: it lies in the orbit of y and says another scene.

    Attributes:
        caption: y of each pair.
        negative: y' of each pair.
        image: x~ of each pair, the first image of r(y'). f* embeds all images of a scene alike.
        probability: of each pair; they sum to 1.
    """

    caption: Int[np.ndarray, " pairs"]
    negative: Int[np.ndarray, " pairs"]
    image: Int[np.ndarray, " pairs"]
    probability: Float[np.ndarray, " pairs"]

    @classmethod
    def of(cls, world: FiniteWorld) -> NovelPairs:
        """The novel pairs of a world.

        Args:
            world: one in which every scene has an image, and a training caption a hard negative.
        """
        caption, negative = hard_edges(world)
        drawn_from = world.support[caption]
        caption, negative = caption[drawn_from], negative[drawn_from]
        drawn = np.bincount(world.caption, world.probability, world.captions)
        weight = drawn[caption] / np.bincount(caption)[caption]
        first_image = np.unique(world.shown, return_index=True)[1]
        image = first_image[world.said[negative]]
        return cls(caption, negative, image, weight / weight.sum())


def squared_distances(
    f: TableEncoder,
    g: TableEncoder,
    image: Int[np.ndarray, " pairs"],
    caption: Int[np.ndarray, " pairs"],
) -> Float[np.ndarray, " pairs"]:
    """||f(x) - g(y)||^2 of each pair.

    Args:
        f: of images.
        g: of captions.
        image: x of each pair, by index.
        caption: y of each pair, by index.
    """
    return np.sum((f.embeddings[image] - g.embeddings[caption]) ** 2, axis=1)
