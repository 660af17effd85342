"""What T6 to T9 and T11 measure alike: optimality, blindness, and what an orbit costs."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Int

from proofs_check.comparison import Comparison
from proofs_check.constructions import (
    NoBlindOptimumError,
    pseudo_optimal_text,
)
from proofs_check.finite_world import FiniteWorld
from proofs_check.information import mutual_information, price
from proofs_check.marginal import marginal
from proofs_check.table_encoder import TableEncoder

IDENTITY = 1e-10
"""Bound on the rounding of two routes to one number: each a sum of terms p log p, at most 14 nats
each and good to a few eps times the number of entries summed into their marginals, 10^5 say."""


def pseudo_optimality(world: FiniteWorld) -> list[Comparison]:
    """g** attains the optimum, and is blind: what T7, T8 and T9 predict.

    Args:
        world: one whose orbits each show one scene, with a hard negative of a training caption.
    """
    blind = pseudo_optimal_text(world)
    return [*same_optimum(world, blind), *ties(world, blind, np.ones(world.captions, bool))]


def same_optimum(world: FiniteWorld, encoder: TableEncoder) -> list[Comparison]:
    """A text encoder loses nothing: not to the infimum, nor to g* at any K."""
    seen = mutual_information(world, labels(encoder))
    return [
        Comparison("I(X; g(Y))", "~=", mutual_information(world), seen, IDENTITY),
    ]


def ties(
    world: FiniteWorld, encoder: TableEncoder, where: Bool[np.ndarray, " captions"]
) -> list[Comparison]:
    """Insensitivity of a text encoder, and the scores of hard negatives that follow from it.

    Args:
        world: the world.
        encoder: of captions.
        where: on which captions it should be blind, whole orbits.
    """


def blind_optimum_exists(world: FiniteWorld) -> float:
    """1 if the construction of g** succeeds, else 0."""
    try:
        pseudo_optimal_text(world)
    except NoBlindOptimumError:
        return 0.0
    return 1.0


def labels(encoder: TableEncoder) -> Int[np.ndarray, " captions"]:
    """Which embedding each caption has; equal numbers, equal embeddings."""
    return np.unique(encoder.embeddings, axis=0, return_inverse=True)[1]


def cost_of_orbits(world: FiniteWorld) -> Float[np.ndarray, " orbits"]:
    """What a critic loses that cannot tell apart the captions of one orbit, for each orbit alone.

    With Q the caption itself outside of the orbit, and the orbit inside,

        I(X; Y) - I(X; Q) = sum over entries of the orbit of p(x, y) log p(x | y) / p(x | orbit).
    """
    p, x, y = world.probability, world.image, world.caption
    orbit = world.orbit[y]
    given_caption = marginal(p, x, y) / marginal(p, y)
    given_orbit = marginal(p, x, orbit) / marginal(p, orbit)
    return np.bincount(orbit, p * np.log(given_caption / given_orbit), world.orbit.max() + 1)


def ambiguity_of_orbits(world: FiniteWorld) -> Float[np.ndarray, " orbits"]:
    """P(O) H(z_inv | O) of each orbit O."""
    p, scene, orbit = world.probability, world.scene, world.orbit[world.caption]
    given_orbit = marginal(p, scene, orbit) / marginal(p, orbit)
    return np.bincount(orbit, -p * np.log(given_orbit), world.orbit.max() + 1)


def no_blind_optimum(world: FiniteWorld, cost: float) -> list[Comparison]:
    """How a world fails to have a blind optimum: none is found, and blindness has a price."""
    return [
        Comparison("blind optimum exists", "~=", 0.0, blind_optimum_exists(world)),
        Comparison("I(X; Y | Q)", "~=", cost, price(world), IDENTITY),
    ]
