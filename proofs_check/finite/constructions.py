"""Encoders of a finite world in closed form: true-optimal f*, g*, and blind g**, f**.

All embed scenes by one injective map h into unit vectors. Where g** = g* almost surely in
training, every objective of training pairs has the same value, whatever the critic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.table_encoder import TableEncoder, sphere_codes
from scm.arguments import SUM, ArgumentError, require, require_indices
from scm.operators.orbits import Edges, orbits

Codes = Float[np.ndarray, "scenes d"]
"""h: a unit vector for each scene, no two alike."""


class NoBlindOptimumError(ArgumentError):
    """An orbit holds two training captions, or images, of different scenes (T6).

    Attributes:
        orbit: its place among the orbits, in the order of their labels.
        pair: the indices of two captions, or images, that show it.
    """

    def __init__(self, orbit: int, pair: tuple[int, int], names: tuple[str, str]) -> None:
        super().__init__(
            "world: expected orbits in which all of training is of one scene, "
            f"got {names[0]!r} and {names[1]!r} in one orbit"
        )
        self.orbit = orbit
        self.pair = pair


class _Orbits(NamedTuple):
    """What a blind encoder may say of orbits.

    Attributes:
        of: the orbit of each caption or image, from 0.
        first: the first of each orbit, one that is drawn where there is one.
        differs: whether each is drawn and says another scene than the first.
    """

    of: Int[np.ndarray, " items"]
    first: Int[np.ndarray, " orbits"]
    differs: Bool[np.ndarray, " items"]

    @classmethod
    def create(
        cls,
        label: Int[np.ndarray, " items"],
        meaning: Int[np.ndarray, " items"],
        drawn: Bool[np.ndarray, " items"],
    ) -> _Orbits:
        of = np.unique(label, return_inverse=True)[1]
        order = np.lexsort((~drawn, of))
        first = order[np.unique(of[order], return_index=True)[1]]
        return cls(of, first, drawn & (meaning != meaning[first[of]]))

    @property
    def constant(self) -> Bool[np.ndarray, " orbits"]:
        """On which orbits all of training is of one scene."""
        return np.bincount(self.of, self.differs) == 0

    def require_constant(self, names: Sequence[str]) -> None:
        """Raise `NoBlindOptimumError` unless all orbits are constant."""
        if self.differs.any():
            second = int(np.argmax(self.differs))
            orbit = int(self.of[second])
            first = int(self.first[orbit])
            raise NoBlindOptimumError(orbit, (first, second), (names[first], names[second]))


def true_optimal_image(world: FiniteWorld, codes: Codes | None = None) -> TableEncoder:
    """f* = h(scene shown), on images of all scenes.

    Args:
        world: the world.
        codes: h; unit vectors evenly spread unless given.
    """
    return TableEncoder(_codes(world, codes)[world.shown])


def true_optimal_text(world: FiniteWorld, codes: Codes | None = None) -> TableEncoder:
    """g* = h(r(y)), on all of W.

    Args:
        world: the world.
        codes: h; unit vectors evenly spread unless given.
    """
    return TableEncoder(_codes(world, codes)[world.said])


def orbit_criterion(
    world: FiniteWorld, label: Int[np.ndarray, " captions"] | None = None
) -> Bool[np.ndarray, " orbits"]:
    """T6 orbit by orbit: whether r is constant on O and S, so that an optimum is blind on O.

    Args:
        world: the world.
        label: Q; that of the world's family unless given. Orbits come in the order of labels.

    Source: THEORY.md, T6; ours, not the paper's.
    """
    return _text_orbits(world, label).constant


def pseudo_optimal_text(
    world: FiniteWorld,
    label: Int[np.ndarray, " captions"] | None = None,
    codes: Codes | None = None,
) -> TableEncoder:
    """g**: h(r(O and S)) on an orbit O that meets S, and constant on every other.

    It equals g* almost surely in training and is blind to the family. Orbits outside S get h of
    what their first caption says.

    Args:
        world: the world.
        label: Q; that of the world's family unless given.
        codes: h.

    Raises:
        NoBlindOptimumError: if an orbit holds two training captions that say different scenes.

    Source: THEORY.md, T6 to T9; the paper's T7 to T9 [chen2025], reconstructed.
    """
    found = _text_orbits(world, label)
    found.require_constant(names_of_captions(world))
    return TableEncoder(_codes(world, codes)[world.said[found.first[found.of]]])


def blindest_text(
    world: FiniteWorld,
    label: Int[np.ndarray, " captions"] | None = None,
    codes: Codes | None = None,
) -> TableEncoder:
    """The optimum that is blind wherever T6 permits: g** on such orbits, g* on all others.

    Args:
        world: the world.
        label: Q; that of the world's family unless given.
        codes: h; unit vectors evenly spread unless given.
    """
    found = _text_orbits(world, label)
    blind = world.said[found.first[found.of]]
    scene = np.where(found.constant[found.of], blind, world.said)
    return TableEncoder(_codes(world, codes)[scene])


def image_orbits(world: FiniteWorld, operators: Sequence[Edges]) -> Int[np.ndarray, " images"]:
    """The label of each image's orbit under operators on scenes.

    Args:
        world: the world.
        operators: edges between scenes; see `scm.operators.orbits.scene_edges`. T(x) are all
            images of the scenes that T makes of the one that x shows.
    """
    return orbits(world.scenes, operators)[world.shown]


def pseudo_optimal_image(
    world: FiniteWorld, label: Int[np.ndarray, " images"], codes: Codes | None = None
) -> TableEncoder:
    """f**: the dual of g**, blind to operators on images.

    Args:
        world: the world.
        label: the orbit of each image.
        codes: h.

    Raises:
        ArgumentError: if there is not one label for each image.
        NoBlindOptimumError: if an orbit holds two training images that show different scenes.

    Source: THEORY.md, T14: T6 with image and text exchanged.
    """
    require_indices("label", label, count=world.images)
    drawn = np.zeros(world.images, bool)
    drawn[world.image] = True
    found = _Orbits.create(label, world.shown, drawn)
    found.require_constant([f"image {x} of scene {z}" for x, z in enumerate(world.shown)])
    return TableEncoder(_codes(world, codes)[world.shown[found.first[found.of]]])


def names_of_captions(world: FiniteWorld) -> Sequence[str]:
    """The captions in words, or by number where the world has none."""
    return world.words or [f"caption {y} of scene {z}" for y, z in enumerate(world.said)]


def _text_orbits(world: FiniteWorld, label: Int[np.ndarray, " captions"] | None) -> _Orbits:
    if label is not None:
        require_indices("label", label, count=world.captions)
    return _Orbits.create(world.orbit if label is None else label, world.said, world.support)


def _codes(world: FiniteWorld, codes: Codes | None) -> Codes:
    if codes is None:
        return sphere_codes(world.scenes)
    rows = TableEncoder(codes).embeddings
    require(len(rows) == world.scenes, "codes", f"{world.scenes} codes, one a scene", len(rows))
    distinct = len(np.unique(rows, axis=0))
    require(distinct == len(rows), "codes", f"{len(rows)} that differ", distinct)
    lengths = np.linalg.norm(rows, axis=1)
    wrong = lengths[np.abs(lengths - 1) > SUM]
    require(not len(wrong), "codes", "vectors of length 1", wrong[:1].tolist())
    return rows
