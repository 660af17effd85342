"""Worlds whose price of insensitivity has a closed form, for T10."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from proofs_check.comparison import Comparison, Relation
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.labels import bags_of_words
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.binomial import binomial_mean
from proofs_check.quantities.contrastive import exact_loss, sampled_loss
from proofs_check.quantities.information import price
from proofs_check.theorems.pseudo_optimality import ROUNDING
from proofs_check.theorems.solved_world import SolvedWorld
from proofs_check.theorems.worlds import configured_world, covered_fraction
from scm import SceneConfig
from scm.operators.orbits import Edges

SIZES = (64, 256)
"""The batch sizes K at which losses are compared with their closed form."""

BATCHES = 100
"""Batches drawn for a sampled loss: its error is some 1e-3 nats."""

DEVIATIONS = 4.0
"""A normal mean strays so far, in standard errors, with probability 6e-5; and the draws are the
same each time."""


def covered(config: SceneConfig, price_at: Callable[[float], float]) -> SolvedWorld:
    """The world of a coverage, and what its price is.

    Args:
        config: with one coverage.
        price_at: the price at the fraction of orbits that is covered.
    """
    world, rho = configured_world(config), covered_fraction(config)
    return SolvedWorld.of(world, lambda world: [price_is(world, price_at(rho))])


def equiprobable(config: SceneConfig, N: int, V: int) -> SolvedWorld:
    r"""N equiprobable orbits, those that are covered of V equiprobable scenes.

    The price is rho log V. A scene of a covered orbit has probability 1 / (V N), so that with
    l(p) = E log(1 + Bin(K - 1, p)) the best L_K is

    .. math:: \rho\, l(1 / V N) + (1 - \rho)\, l(1 / N)

    of critics that see the caption, and l(1 / N) of those that see its orbit.

    Args:
        config: with one coverage, under which orbits are equiprobable.
        N: how many orbits the coverage's operator has.
        V: scenes in each.
    """
    world, rho = configured_world(config), covered_fraction(config)

    def closed_forms(world: FiniteWorld) -> list[Comparison]:
        comparisons = [price_is(world, rho * float(np.log(V)))]
        for K in SIZES:
            fine, coarse = binomial_mean(np.log(np.arange(1.0, K + 1)), np.array([1 / V, 1]) / N)
            aware = float(rho * fine + (1 - rho) * coarse)
            comparisons += _losses("critics that see Y", Pairs.of(world), K, aware)
            blind = Pairs.of(world, world.orbit)
            comparisons += _losses("critics that see Q", blind, K, float(coarse))
        return comparisons

    return SolvedWorld.of(world, closed_forms)


def bag_of_words(
    config: SceneConfig, price_at: Callable[[float], float], relation: Relation = "~="
) -> SolvedWorld:
    """The world of a coverage as a bag of words sees it: captions of the same words in one orbit.

    Args:
        config: with one coverage.
        price_at: the price at the fraction of the operator's orbits that is covered.
        relation: how the price stands to it.
    """
    world, rho = configured_world(config), covered_fraction(config)
    bag = bags_of_words(world)
    first = np.unique(bag, return_index=True)[1]
    edges = Edges(first[bag], np.arange(world.captions))
    return SolvedWorld.of(
        dataclasses.replace(world, operators={"BAG OF WORDS": edges}),
        lambda world: [price_is(world, price_at(rho), relation)],
    )


def price_is(world: FiniteWorld, predicted: float, relation: Relation = "~=") -> Comparison:
    """The price of the world's family beside a closed form.

    Args:
        world: the world.
        predicted: the closed form, in nats.
        relation: how the price stands to it.
    """
    return Comparison("I(X; Y | Q) in closed form", relation, predicted, price(world), ROUNDING)


def _losses(critics: str, pairs: Pairs, K: int, predicted: float) -> list[Comparison]:
    """L_K of the best critic: its closed form beside that by components, and beside a sample."""
    exact = exact_loss(pairs, K)
    sample = sampled_loss(pairs, _best_critic(pairs), K, batches=BATCHES, seed=0)
    assert sample.standard_error is not None
    reach = DEVIATIONS * sample.standard_error
    return [
        Comparison(f"L_{K} of {critics}", "~=", predicted, exact, ROUNDING),
        Comparison(f"L_{K} of {critics}, sampled", "~=", predicted, sample.value, reach),
    ]


def _best_critic(pairs: Pairs) -> Float[np.ndarray, "images labels"]:
    """Pointwise mutual information, -inf where no pair is drawn."""
    scores = np.full((pairs.image.max() + 1, pairs.label.max() + 1), -np.inf)
    scores[pairs.image, pairs.label] = pairs.pointwise_information
    return scores
