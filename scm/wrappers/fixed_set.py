"""Worlds of finitely many training pairs: a set that is drawn once, then sampled from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import jax
from jaxtyping import Array, Key

from scm.arguments import require, require_integer
from scm.batch import Batch
from scm.keys import named_key
from scm.pytree import pytree_dataclass
from scm.registry import CONFIGS
from scm.scenes.scenes import SceneConfig
from scm.world import World, WorldConfig


@dataclass(frozen=True)
class FixedSetConfig:
    """Settings of a world whose pairs are a fixed set.

    Attributes:
        world: where the pairs come from.
        pairs: how many there are, at least 1.

    Raises:
        ArgumentError: if there is no pair.
    """

    world: WorldConfig = field(default_factory=SceneConfig)
    pairs: int = 256

    def __post_init__(self) -> None:
        require_integer("pairs", self.pairs, 1)

    @property
    def inner(self) -> WorldConfig:
        """See `Wrapper`."""
        return self.world

    def build(self, key: Key[Array, ""]) -> FixedSetSCM:
        """Build the world within, from the same key, and draw the set."""
        world = self.world.build(key)
        return FixedSetSCM(world, _draw(world, named_key(key, "pairs"), self.pairs))


@partial(jax.jit, static_argnames="n")
def _draw(world: World, key: Key[Array, ""], n: int) -> Batch:
    return world.sample(key, n)


@pytree_dataclass
class FixedSetSCM:
    """A fixed set of pairs of another world.

    Which solution training selects depends on how many pairs it sees; fresh pairs of the world
    within are those that it never saw.

    Attributes:
        world: the world within.
        pairs: the set, independent draws of the world within, one a row.
    """

    world: World
    pairs: Batch

    @property
    def inner(self) -> World:
        """See `Wrapper`."""
        return self.world

    @partial(jax.jit, static_argnames="n")
    def sample(self, key: Key[Array, ""], n: int) -> Batch:
        """Draw n distinct pairs of the set, all as likely, as one batch of an epoch is.

        Args:
            key: random key.
            n: number of pairs, static under jit, at most the size of the set.

        Raises:
            ArgumentError: if there are fewer pairs in the set, or not as many texts and latents
                as images.
        """
        size = self.pairs.image.shape[0]
        rows_of_leaves = sorted({leaf.shape[0] for leaf in jax.tree.leaves(self.pairs)})
        expected = f"{size} texts and latents, as there are images"
        require(rows_of_leaves == [size], "pairs", expected, rows_of_leaves)
        require(n <= size, "n", f"at most {size}, the pairs of the fixed set", n)
        rows = jax.random.permutation(named_key(key, "rows"), size)[:n]
        return jax.tree.map(lambda leaf: leaf[rows], self.pairs)


CONFIGS.register("fixed_set", FixedSetConfig)
