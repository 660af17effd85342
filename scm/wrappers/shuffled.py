"""Worlds whose pairs are broken: each image beside some other image's text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import jax
from jaxtyping import Array, Key

from scm.batch import Batch
from scm.continuous.sentence import SentenceConfig
from scm.keys import named_key
from scm.pytree import pytree_dataclass
from scm.registry import CONFIGS
from scm.world import World, WorldConfig


@dataclass(frozen=True)
class ShuffledConfig:
    """Settings of a world of shuffled pairs.

    Attributes:
        world: where images and texts come from.
    """

    world: WorldConfig = field(default_factory=SentenceConfig)

    @property
    def inner(self) -> WorldConfig:
        """See `Wrapper`."""
        return self.world

    def build(self, key: Key[Array, ""]) -> ShuffledSCM:
        """Build the world within."""
        return ShuffledSCM(self.world.build(key))


@pytree_dataclass
class ShuffledSCM:
    """The images and the texts of another world, the texts in uniformly random order.

    Given all images and texts of a batch, every text is as likely as any other to stand beside an
    image. So no critic tells positives from negatives, at any batch size: the infimum of L_K is
    log K, and nothing needs to be identified. (Moving texts on by one would not do: an image's own
    text would always be among its negatives.)

    Attributes:
        world: the world within.
    """

    world: World

    @property
    def inner(self) -> World:
        """See `Wrapper`."""
        return self.world

    def sample(self, key: Key[Array, ""], n: int) -> Batch:
        """Draw n pairs; latents are those of the true pairs, in the order of the images.

        Hard negatives, where the world within draws them, stay with their texts.

        Args:
            key: random key.
            n: number of pairs, static under jit.
        """
        batch = self.world.sample(named_key(key, "pairs"), n)
        order = jax.random.permutation(named_key(key, "order"), n)
        negatives = None if batch.negatives is None else batch.negatives[order]
        return replace(batch, text=batch.text[order], negatives=negatives)


CONFIGS.register("shuffled", ShuffledConfig)
