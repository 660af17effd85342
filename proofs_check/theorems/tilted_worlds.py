"""Worlds whose negatives are drawn, of which closed forms say by how much critics tilt."""

from __future__ import annotations

from functools import partial

import numpy as np

from proofs_check.comparison import Comparison
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.negatives import shared_negatives
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.information import scene_entropy
from proofs_check.quantities.minimise import reach, shares
from proofs_check.quantities.shared_negatives import least_loss_by_descent
from proofs_check.theorems.pseudo_optimality import ROUNDING
from proofs_check.theorems.solved_world import SolvedWorld
from proofs_check.theorems.worlds import orders
from scm.operators.orbits import Edges

_NOISE = 0.3
"""How often images show another scene than that of their caption, any of the others."""


def _tilts(world: FiniteWorld, predicted: float) -> list[Comparison]:
    """How far negatives move the first caption below the second, from critics by descent.

    In a world all of whose pairs are drawn, so that both scores are finite.
    """
    start = np.random.default_rng(1).normal(size=(world.images, world.captions))
    with_negatives, without = (
        least_loss_by_descent(world, shared_negatives(world, M), start=start) for M in (1, 0)
    )
    moved = with_negatives.scores - without.scores
    law = Pairs.of(world).table()
    bound = sum(reach(shares(law, found.gap, axis=1)) for found in (with_negatives, without))
    tilt = moved[:, 1] - moved[:, 0]
    furthest = float(tilt[np.argmax(np.abs(tilt - predicted))])
    return [Comparison("tilt against the first caption", "~=", predicted, furthest, bound)]


def _noisy(theta: float, edges: Edges) -> FiniteWorld:
    """Two orbits of two captions, odds theta : 1 - theta, and images that may be of any scene."""
    scene, image = np.divmod(np.arange(16), 4)
    p = np.tile([theta, 1 - theta], 2) / 2
    every = np.arange(4)
    return FiniteWorld(
        scenes=4,
        shown=every,
        said=every,
        image=image,
        scene=scene,
        caption=scene,
        probability=np.where(image == scene, 1 - _NOISE, _NOISE / 3) * p[scene],
        operators={"T": edges},
    )


def tilted(theta: float, edges: Edges, predicted: float) -> SolvedWorld:
    """Two orbits of two captions, and the tilt against the first of each.

    Args:
        theta: the odds of the first.
        edges: of the family, one of `SWAPPED` and `ADDED`.
        predicted: the tilt for one negative a caption.
    """
    return SolvedWorld.of(_noisy(theta, edges), partial(_tilts, predicted=predicted))


SWAPPED = Edges(np.arange(4), np.arange(4) ^ 1)
"""Each caption of an orbit is made of the other."""


ADDED = Edges(np.array([1, 3]), np.array([0, 2]))
"""The first caption is made of the second, and cannot be undone."""


def both_orders() -> SolvedWorld:
    """Every caption is as often a negative as it is drawn, and T13's surcharge is that of all."""

    def closed_forms(world: FiniteWorld) -> list[Comparison]:
        predicted = 0.5 * np.log(2) - scene_entropy(world, np.zeros(world.captions, int))
        found = least_loss_by_descent(world, shared_negatives(world, 1))
        return [Comparison("least L where nu = p, M = 1", "~=", predicted, found.value, ROUNDING)]

    return SolvedWorld.of(orders(1.0), closed_forms)
