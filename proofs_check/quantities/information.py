"""Entropies and informations of a finite world, exact, in nats."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.labels import label_of_entries
from proofs_check.finite.marginal import log_conditional


def entropy(law: Float[np.ndarray, " outcomes"]) -> float:
    """The entropy -sum p log p of a law; outcomes of probability 0 add nothing."""
    positive = law[law > 0]
    return -float(positive @ log_conditional(positive, [np.arange(len(positive))]))


def binary_entropy(theta: float) -> float:
    """H_b(theta), of odds theta : 1 - theta."""
    return entropy(np.array([theta, 1.0 - theta]))


def mutual_information(
    world: FiniteWorld, label: Int[np.ndarray, " captions"] | None = None
) -> float:
    """What a label of the caption says about the image, I(X; Q).

    Args:
        world: the world.
        label: Q(y), a number of at least 0 for each caption of W; None for the caption itself,
            hence I(X; Y).

    Raises:
        ArgumentError: if there is not one label for each caption.
    """
    p, x = world.probability, world.image
    q = world.caption if label is None else label_of_entries(world, label)
    return float(p @ (log_conditional(p, [x], [q]) - log_conditional(p, [x])))


def price(world: FiniteWorld, label: Int[np.ndarray, " captions"] | None = None) -> float:
    """The price of seeing the caption through a label alone, I(X; Y | Q) = E log p(x|y) / p(x|q).

    Args:
        world: the world; no condition of T10 is needed.
        label: Q(y), a number of at least 0 for each caption of W; None for the orbits of the
            world's operators.

    Raises:
        ArgumentError: if there is not one label for each caption.
    """
    q = label_of_entries(world, world.orbit if label is None else label)
    p, x, y = world.probability, world.image, world.caption
    return float(p @ (log_conditional(p, [x], [y]) - log_conditional(p, [x], [q])))


def scene_entropy(world: FiniteWorld, label: Int[np.ndarray, " captions"] | None = None) -> float:
    """What a label of the caption leaves open about the scene, H(z_inv | Q).

    Under the conditions of T10 this is the `price`.

    Args:
        world: the world.
        label: as for `price`.

    Raises:
        ArgumentError: if there is not one label for each caption.
    """
    q = label_of_entries(world, world.orbit if label is None else label)
    p = world.probability
    return -float(p @ log_conditional(p, [world.scene], [q]))
