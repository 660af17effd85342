"""Finite worlds with image and text exchanged: what is said of g, said of f."""

from __future__ import annotations

from collections.abc import Mapping

from proofs_check.finite.finite_world import FiniteWorld
from scm.operators.orbits import Edges


def exchanged(world: FiniteWorld, operators: Mapping[str, Edges]) -> FiniteWorld:
    """The same law with the image in the place of the caption, and the caption in the image's.

    The conditions of Assumption 4 are symmetric: z_inv = r(Y) becomes that X determines z_inv, and
    the other way about. The g** of the exchanged world is the f** of the world.

    Args:
        world: the world.
        operators: edges x - x' for x' in T(x), over all images, for each operator by name.

    Source: THEORY.md, T14: T6 holds with image and text exchanged.
    """
    return FiniteWorld(
        scenes=world.scenes,
        shown=world.said,
        said=world.shown,
        image=world.caption,
        scene=world.scene,
        caption=world.image,
        probability=world.probability,
        operators=operators,
    )
