"""All text encoders of a small world, up to the names of their embeddings: which are optimal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from proofs_check.finite.finite_world import FiniteWorld
from scm.arguments import require, require_integer

MOST_CAPTIONS = 8
"""Most captions of a world whose encoders are enumerated: 8 have 4,140 partitions."""

_SPREAD = 0.5 * float(np.log(2))
"""Between 0, what captions of one scene pay for being seen as one, and log 2, which one of captions
of several scenes pays at least, as its own scene is at most half of what it is seen as."""


def partitions(n: int) -> Int[np.ndarray, "partitions n"]:
    """All partitions of n things: the part of each, parts numbered in the order of their firsts.

    Args:
        n: how many things, at least 1.

    Raises:
        ArgumentError: if n is below 1.
    """
    require_integer("n", n, 1)
    grown = np.zeros((1, 1), int)
    for _ in range(n - 1):
        parts = grown.max(axis=1) + 2
        joined = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
        grown = np.column_stack([np.repeat(grown, parts, axis=0), joined])
    return grown


@dataclass(frozen=True, eq=False)
class Labelings:
    """Every text encoder of a world, as the partition of W into captions of one embedding.

    Nothing here reads what captions say: which are optimal is told from images and captions that
    are drawn together, and which are blind from what operators make of each caption.

    Attributes:
        world: one of at most `MOST_CAPTIONS` captions, whose images show the scene and are
            independent of captions given it.

    Raises:
        ArgumentError: if the world has more captions.
    """

    world: FiniteWorld

    def __post_init__(self) -> None:
        expected = f"at most {MOST_CAPTIONS} captions to enumerate all encoders of"
        require(self.world.captions <= MOST_CAPTIONS, "world", expected, self.world.captions)

    @cached_property
    def parts(self) -> Int[np.ndarray, "labelings captions"]:
        """The embedding of each caption, by number."""
        return partitions(self.world.captions)

    @cached_property
    def costs(self) -> Float[np.ndarray, "labelings captions"]:
        """What each caption pays in nats of L_inf, for the best critic of each labeling.

        It is D(p(x | y) || p(x | g(y))), and 0 where the caption is never drawn; the mean of it is
        I(X; Y) - I(X; g(Y)), the distance to the infimum over all critics.
        """
        world = self.world
        joint = np.zeros((world.captions, world.images))
        np.add.at(joint, (world.caption, world.image), world.probability)
        same = self.parts[:, :, None] == self.parts[:, None, :]
        seen = same @ joint
        p, whole = joint.sum(axis=1, keepdims=True), seen.sum(axis=2, keepdims=True)
        y, x = np.nonzero(joint)
        given_caption = joint[y, x] / p[y, 0]
        given_label = seen[:, y, x] / whole[:, y, 0]
        lost = given_caption * (np.log(given_caption) - np.log(given_label))
        return lost @ np.equal.outer(y, np.arange(world.captions))

    @cached_property
    def optimal(self) -> Bool[np.ndarray, " labelings"]:
        """Which attain the infimum over all critics: no caption pays, however rare it is."""
        return np.all(self.costs < _SPREAD, axis=1)

    @property
    def blind(self) -> Bool[np.ndarray, "labelings orbits"]:
        """Which are constant on each orbit of the world's operators."""
        moved = np.zeros((len(self.parts), self.world.orbit.max() + 1), bool)
        for _, (source, target) in self.world.edges:
            for y, other in zip(source, target, strict=True):
                moved[:, self.world.orbit[y]] |= self.parts[:, y] != self.parts[:, other]
        return ~moved

    @property
    def permitted(self) -> Bool[np.ndarray, " orbits"]:
        """On which orbits some optimal labeling is blind."""
        return np.any(self.blind[self.optimal], axis=0)

    @property
    def blind_optima(self) -> int:
        """How many optimal labelings are blind on every orbit."""
        return int(np.sum(self.optimal & np.all(self.blind, axis=1)))
