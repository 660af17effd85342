"""Labels of captions: what a text encoder may see of them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from proofs_check.finite_world import FiniteWorld
from scm.checks import require


def label_of_entries(
    world: FiniteWorld, label: Int[np.ndarray, " labels"]
) -> Int[np.ndarray, " entries"]:
    """The label of the caption at each entry of a world's joint law.

    Args:
        world: the world.
        label: Q(y), a number of at least 0 for each caption of W.

    Raises:
        ValueError: if there is not one such number for each caption.
    """
    fits = len(label) == world.captions and bool(np.all(label >= 0))
    require(fits, "label", f"{world.captions} numbers of at least 0", label)
    return label[world.caption]


def bags_of_words(world: FiniteWorld) -> Int[np.ndarray, " captions"]:
    """What a bag of words sees of each caption, as a label; the world's captions are in words."""
    assert world.words is not None
    bags = [" ".join(sorted(caption.split())) for caption in world.words]
    return np.unique(bags, return_inverse=True)[1]
