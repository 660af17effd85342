"""Labels of captions: what a text encoder may see of them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from proofs_check.finite.finite_world import FiniteWorld
from scm.arguments import require, require_indices


def label_of_entries(
    world: FiniteWorld, label: Int[np.ndarray, " labels"]
) -> Int[np.ndarray, " entries"]:
    """The label of the caption at each entry of a world's joint law.

    Args:
        world: the world.
        label: Q(y), an integer of at least 0 for each caption of W.

    Raises:
        ArgumentError: if there is not one such integer for each caption.
    """
    require_indices("label", label, count=world.captions)
    return label[world.caption]


def bags_of_words(world: FiniteWorld) -> Int[np.ndarray, " captions"]:
    """What a bag of words sees of each caption, as a label; the world's captions are in words.

    Raises:
        ArgumentError: if the captions are not in words.
    """
    require(world.words is not None, "world", "captions in words", None)
    assert world.words is not None
    bags = [" ".join(sorted(caption.split())) for caption in world.words]
    return np.unique(bags, return_inverse=True)[1]
