"""Conditions on a family of operators and on which captions training shows."""

from __future__ import annotations

import numpy as np

from proofs_check.claim import Condition
from proofs_check.finite.constructions import orbit_criterion
from proofs_check.finite.finite_world import FiniteWorld


def family_of(name: str) -> Condition:
    """The family is one operator."""
    return Condition(f"a world whose family is {name} alone", lambda w: set(w.operators) == {name})


def _makes_hard_negatives(world: FiniteWorld) -> bool:
    said, drawn = world.said, world.support
    return any(
        bool(np.any(drawn[source] & (said[source] != said[target])))
        for _, (source, target) in world.edges
    )


def _is_one_scene_an_orbit(world: FiniteWorld) -> bool:
    return bool(orbit_criterion(world).all())


ONE_SCENE_AN_ORBIT = Condition(
    "a world in which no orbit holds two training captions that say different scenes",
    _is_one_scene_an_orbit,
)
"""T6's criterion on every orbit: z_inv is almost surely a function of Q(Y)."""

SCENES_MEET_IN_AN_ORBIT = Condition(
    "a world in which an orbit holds two training captions that say different scenes",
    lambda world: not _is_one_scene_an_orbit(world),
)
"""T6's criterion fails somewhere."""

MAKES_HARD_NEGATIVES = Condition(
    "a world whose operators make a hard negative of a training caption", _makes_hard_negatives
)
"""P(some T makes a hard negative of Y) > 0."""
