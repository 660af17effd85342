"""Classes as columns, which linear and kernel probes regress on or read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Array, Float, Int


def one_hot(
    classes: Int[np.ndarray, "n concepts"] | Int[Array, "n concepts"], n_classes: Sequence[int]
) -> Float[np.ndarray, "n columns"]:
    """A column for each class of each concept, 1 in that class and 0 elsewhere.

    Args:
        classes: the class of each row, a column a concept.
        n_classes: number of classes of each concept.
    """
    blocks = zip(np.asarray(classes).T, n_classes, strict=True)
    return np.concatenate([np.eye(count)[column] for column, count in blocks], axis=1)
