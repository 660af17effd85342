"""Conditions that several statements share, as exact tests of a finite world."""

from __future__ import annotations

import numpy as np

from proofs_check.claim import Condition
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.independence import independent


def _is_recoverable(world: FiniteWorld) -> bool:
    return np.array_equal(world.said[world.caption], world.scene)


def _images_show_scenes(world: FiniteWorld) -> bool:
    return np.array_equal(world.shown[world.image], world.scene)


def _is_independent_given_scene(world: FiniteWorld) -> bool:
    return independent(world.probability, world.image, world.caption, world.scene)


FINITE = Condition("a FiniteWorld", lambda world: isinstance(world, FiniteWorld))
"""The exact tables that all other conditions read."""

RECOVERABLE = Condition("a world whose captions say the scene they are of", _is_recoverable)
"""z_inv = r(Y) almost surely."""

IMAGE_SHOWS_SCENE = Condition(
    "a world whose images show the scene they are of", _images_show_scenes
)
"""X determines z_inv."""

INDEPENDENT_GIVEN_SCENE = Condition(
    "a world whose images and captions are independent given the scene",
    _is_independent_given_scene,
)
"""X and Y are independent given z_inv. Tested to the rounding of the table's marginals."""

EVERY_SCENE_HAS_AN_IMAGE = Condition(
    "a world with an image of every scene",
    lambda world: len(np.unique(world.shown)) == world.scenes,
)
"""Hard negatives have images that they are true of."""

ASSUMPTION_4 = (FINITE, RECOVERABLE, IMAGE_SHOWS_SCENE, INDEPENDENT_GIVEN_SCENE)
"""A finite world of Assumption 4 whose images are unmistakable."""
