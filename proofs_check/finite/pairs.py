"""The joint law of an image and a label of its caption."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from proofs_check.finite.components import components
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.independence import independent
from proofs_check.finite.labels import label_of_entries
from proofs_check.finite.marginal import cells, log_conditional
from scm.arguments import SUM, require, require_indices, require_law


@dataclass(frozen=True, eq=False)
class Pairs:
    """The law p(x, q), sparse: no pair is there twice, and each has a probability above 0.

    Attributes:
        image: x of each pair.
        label: q of each pair.
        probability: of each pair.

    Raises:
        ArgumentError: if a pair is there twice, tables are of different lengths, or probabilities
            are not positive with sum 1.
    """

    image: Int[np.ndarray, " pairs"]
    label: Int[np.ndarray, " pairs"]
    probability: Float[np.ndarray, " pairs"]

    def __post_init__(self) -> None:
        # A world's probabilities, added up pair by pair.
        require_law("probability", self.probability, positive=True, slack=2 * SUM)
        pairs = len(self.probability)
        require_indices("image", self.image, count=pairs)
        require_indices("label", self.label, count=pairs)
        distinct = len(np.unique(cells(self.image, self.label)))
        require(distinct == pairs, "pairs", "each pair of image and label once", distinct)

    @classmethod
    def of(cls, world: FiniteWorld, label: Int[np.ndarray, " captions"] | None = None) -> Pairs:
        """The pairs of a world.

        Args:
            world: the world.
            label: Q(y), a number of at least 0 for each caption of W; None for the caption itself.

        Raises:
            ArgumentError: if there is not one label for each caption.
        """
        drawn = world.caption if label is None else label_of_entries(world, label)
        _, first, cell = np.unique(
            cells(world.image, drawn), return_index=True, return_inverse=True
        )
        return cls(world.image[first], drawn[first], np.bincount(cell, world.probability))

    def table(self) -> Float[np.ndarray, "images labels"]:
        """p(x, q) of the images and labels that are drawn, in order, 0 among them."""
        images, row = np.unique(self.image, return_inverse=True)
        labels, column = np.unique(self.label, return_inverse=True)
        law = np.zeros((len(images), len(labels)))
        law[row, column] = self.probability
        return law

    @cached_property
    def pointwise_information(self) -> Float[np.ndarray, " pairs"]:
        """The best critic, log p(x, q) / (p(x) p(q)), at each pair; it is -inf elsewhere."""
        given_label = log_conditional(self.probability, [self.image], [self.label])
        return given_label - log_conditional(self.probability, [self.image])

    @property
    def information(self) -> float:
        """I(X; Q)."""
        return float(self.probability @ self.pointwise_information)

    @cached_property
    def component(self) -> Int[np.ndarray, " pairs"]:
        """The component C of the graph of images and labels that each pair is in."""
        return components(self.image, self.label)

    @cached_property
    def is_separated(self) -> bool:
        """Whether image and label are independent given their component."""
        return independent(self.probability, self.image, self.label, self.component)
