"""What T6 to T9 and T11 measure alike: optimality, blindness, and what an orbit costs.

Blindness of an encoder that is built to be blind, and all that follows from it, is an identity. The
evidence is that it loses nothing, what orbits cost by images alone, and, where a world is small,
that all its encoders have been looked at.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from proofs_check.comparison import Comparison
from proofs_check.finite.constructions import (
    NoBlindOptimumError,
    orbit_criterion,
    pseudo_optimal_text,
    true_optimal_image,
    true_optimal_text,
)
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.labelings import MOST_CAPTIONS, Labelings
from proofs_check.finite.pairs import Pairs
from proofs_check.finite.table_encoder import TableEncoder
from proofs_check.quantities.contrastive import exact_loss, limit_loss
from proofs_check.quantities.hard_negative_scores import accuracy
from proofs_check.quantities.information import price
from proofs_check.quantities.insensitivity import insensitivity
from proofs_check.quantities.orbit_costs import (
    ambiguity_of_orbits,
    cost_of_orbits,
    costless_orbits,
    rounding_of_orbits,
    scenes_of_orbits,
)

ROUNDING = 1e-10
"""Bound on the rounding of two routes to one number, for tables of up to 10^5 entries: a marginal
of n terms is good to n eps of itself, so its logarithm and the mean of logarithms to n eps; four
marginals meet, and 4 * 10^5 eps < 1e-10.
Whether something is free is no such test: see `orbit_costs`."""

AGAINST = "orbits where optima of all encoders are against T6"
"""How many orbits an optimum is blind on where the criterion forbids it, or none where not."""

SIZES = (2, 64)
"""The batch sizes K at which losses are compared."""


def pseudo_optimality(world: FiniteWorld) -> list[Comparison]:
    """g** attains the optimum, and is blind: what T7, T8 and T9 predict.

    Args:
        world: one whose orbits each hold training captions of one scene.
    """
    blind = pseudo_optimal_text(world)
    return [
        *all_encoders(world),
        *costs_of_orbits(world),
        *same_optimum(world, blind),
        *ties(world, blind, np.ones(world.captions, bool)),
    ]


def all_encoders(world: FiniteWorld) -> list[Comparison]:
    """T6 of all text encoders of a small world; nothing of a world that is too large for that."""
    if world.captions > MOST_CAPTIONS:
        return []
    found, permits = Labelings(world), orbit_criterion(world)
    exists = float(found.blind_optima > 0)
    return [
        Comparison(AGAINST, "~=", 0.0, float(np.sum(found.permitted != permits))),
        Comparison("some optimum of all encoders is blind", "~=", float(permits.all()), exists),
    ]


def costs_of_orbits(
    world: FiniteWorld, where: Bool[np.ndarray, " orbits"] | None = None
) -> list[Comparison]:
    """I(X; Y | O) = H(z_inv | O) of each orbit O, and 0 just where it says one scene.

    Args:
        world: the world.
        where: which orbits; all unless given.
    """
    looked_at = np.ones(world.orbit.max() + 1, bool) if where is None else where
    against = (costless_orbits(world) != (scenes_of_orbits(world) <= 1)) & looked_at
    error = np.abs(cost_of_orbits(world) - ambiguity_of_orbits(world)) * looked_at
    bound = rounding_of_orbits(world)
    worst = np.argmax(error / np.where(bound > 0, bound, 1.0))
    return [
        Comparison("orbits whose cost is against T6", "~=", 0.0, float(against.sum())),
        Comparison(
            "I(X; Y | O) less H(z | O)", "~=", 0.0, float(error[worst]), float(bound[worst])
        ),
    ]


def same_optimum(world: FiniteWorld, encoder: TableEncoder) -> list[Comparison]:
    """A text encoder loses nothing, with the best critics of it and by cosine with f*.

    Args:
        world: the world.
        encoder: of captions, as good as g*.
    """
    pairs, seen_pairs = Pairs.of(world), Pairs.of(world, encoder.labels)
    best, reached = (np.array([exact_loss(law, K) for K in SIZES]) for law in (pairs, seen_pairs))
    lost = float(np.abs(reached - best).max())
    optimal, own = (
        limit_loss(pairs, _cosines(world, text)) for text in (true_optimal_text(world), encoder)
    )
    return [
        Comparison("I(X; g(Y))", "~=", pairs.information, seen_pairs.information, ROUNDING),
        Comparison(f"L_K above optimum, most of K = {SIZES}", "~=", 0.0, lost, ROUNDING),
        Comparison(
            "L_inf by cosine above that of g*", "~=", 0.0, own - optimal, ROUNDING, identity=True
        ),
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
    g = encoder.embeddings
    source, target = world.family
    inside = where[source]
    source, target = source[inside], target[inside]
    if not len(source):
        return []
    moved = delta(world, encoder, where)
    comparisons = [Comparison("delta(T)", "~=", 0.0, moved, identity=True)]
    hard = world.support[source] & (world.said[source] != world.said[target])
    if hard.any():
        image = np.zeros(world.captions, int)
        image[world.caption] = world.image
        f = true_optimal_image(world).embeddings[image[source[hard]]]
        text, tied = accuracy(
            np.sum(f * g[source[hard]], axis=1), np.sum(f * g[target[hard]], axis=1)
        )
        comparisons += [
            Comparison("text score on hard negatives", "~=", 0.5, float(text), identity=True),
            Comparison("ties on hard negatives", "~=", 1.0, float(tied), identity=True),
        ]
    return comparisons


def delta(world: FiniteWorld, encoder: TableEncoder, where: Bool[np.ndarray, " captions"]) -> float:
    """Delta of the whole family, over the edges from some captions; 0 if there are none.

    Of an encoder that is collapsed where all of training is one scene, which has no such ratio,
    the largest change of an embedding.

    Args:
        world: the world.
        encoder: of captions.
        where: the captions that edges may start from.
    """
    source, target = world.family
    inside = where[source]
    if not inside.any():
        return 0.0
    original, edited = (encoder.embeddings[end[inside]] for end in (source, target))
    drawn = encoder.embeddings[world.caption]
    found = insensitivity(original, edited, drawn, None, world.probability)
    return float(np.abs(original - edited).max() if found.collapsed else found.delta)


def no_blind_optimum(world: FiniteWorld) -> list[Comparison]:
    """How a world whose orbits hold two equiprobable scenes fails to have a blind optimum.

    None is found, and blindness has a price.
    """
    exists = blind_optimum_exists(world)
    return [
        *all_encoders(world),
        Comparison("blind optimum exists", "~=", 0.0, exists, identity=True),
        Comparison("I(X; Y | Q)", "~=", float(np.log(2)), price(world), ROUNDING),
    ]


def blind_optimum_exists(world: FiniteWorld) -> float:
    """1 if the construction of g** succeeds, else 0."""
    try:
        pseudo_optimal_text(world)
    except NoBlindOptimumError:
        return 0.0
    return 1.0


def constant_orbits(world: FiniteWorld, encoder: TableEncoder) -> Bool[np.ndarray, " orbits"]:
    """On which orbits of the family a text encoder is constant.

    Args:
        world: the world.
        encoder: of captions.
    """
    pairs = np.unique(np.stack([world.orbit, encoder.labels]), axis=1)
    return np.bincount(pairs[0]) == 1


def _cosines(world: FiniteWorld, text: TableEncoder) -> Float[np.ndarray, "images captions"]:
    """Cosines of f* with a text encoder."""
    return true_optimal_image(world).embeddings @ text.embeddings.T
