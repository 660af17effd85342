"""Fresh images of every scene, drawn in training or not, and what their embeddings tell."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import numpy as np
from jaxtyping import Array, Float, Int, Key

from experiments.probes.encoded_world import EncodedWorld
from experiments.probes.kernel_ridge import kernel_ridge_accuracy
from experiments.probes.sample import probe_points, split
from proofs_check.quantities.directions import unit
from scm import SceneWorld, SceneWorldConfig, named_key
from scm.arguments import require
from scm.operators.operator import Operator
from scm.scenes.coverage import base_orbits

IMAGES = 256
"""Fresh images of each scene: a mean direction errs by at most 1/16 of their spread."""


@dataclass(frozen=True, eq=False)
class SceneImages:
    """Directions f(x) / |f(x)| of fresh images of every scene.

    Attributes:
        encoded: the world, and what encoders make of it.
        directions: of each scene's images, all as many.
    """

    encoded: EncodedWorld
    directions: Float[np.ndarray, "scenes n d"]

    @classmethod
    def draw(cls, encoded: EncodedWorld, key: Key[Array, ""], images: int = IMAGES) -> SceneImages:
        """Draw and embed them.

        Args:
            encoded: the world, and what encoders make of it.
            key: random key.
            images: how many of each scene.
        """
        scenes = encoded.table.scenes
        found = encoded.images_of(np.repeat(np.arange(scenes), images), key)
        return cls(encoded, unit(found).reshape(scenes, images, -1))

    @property
    def centre(self) -> Float[np.ndarray, "scenes d"]:
        """h(z), the mean direction of the images of each scene; at most 1 long."""
        return self.directions.mean(axis=1)


def orbits_of_scenes(
    world: SceneWorld | SceneWorldConfig, operator: Operator
) -> Int[np.ndarray, "orbits V"]:
    """The scenes of each orbit of an operator that has several.

    Args:
        world: one of scenes, or its config.
        operator: whose orbits.

    Raises:
        ArgumentError: if orbits differ in how many scenes they have, or none has several.
    """
    orbits = base_orbits(operator, world.grammar)
    sizes = sorted({len(orbit) for orbit in orbits})
    expected = f"orbits of {operator.name} that all have the same number of scenes"
    require(len(sizes) == 1, "world", expected, sizes)
    return np.stack(orbits)


def told_within_orbits(
    encoded: EncodedWorld, members: Int[np.ndarray, "orbits V"], key: Key[Array, ""]
) -> float:
    """How often a probe of f(x) tells which scene of its orbit x shows.

    A kernel ridge regression, fitted and scored on fresh images of scenes that are drawn uniformly
    from all orbits, whether training draws them or not. Chance is 1 / V.

    Args:
        encoded: the world, and what encoders make of it.
        members: the scenes of each orbit.
        key: random key.
    """
    points = probe_points()
    drawn = jax.random.randint(named_key(key, "scenes"), (points,), 0, members.size)
    scenes, place = members.reshape(-1)[drawn], drawn[:, None] % members.shape[1]
    images = encoded.images_of(scenes, named_key(key, "images of scenes"))
    (told,) = kernel_ridge_accuracy(split(images), split(place), (members.shape[1],))
    return float(told)
