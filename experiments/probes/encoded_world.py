"""A scene world as trained encoders see it: fresh images and every caption, embedded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from experiments.encoders import DualEncoder
from experiments.objectives import Objective
from experiments.probes.embedding import embed_in_pieces
from proofs_check import FiniteWorld
from scm import CaptionTable, FixedSetSCM, SceneWorld, World, named_key, nested, scenes_within
from scm.arguments import require
from scm.operators.operator import Operator

PAIRS = 8192
"""Fresh pairs that an encoder is asked about: rates have a standard error of at most 0.006, and
the mean loss of 128 batches of 64 one of some 0.005 nats."""


def require_fresh_batch(K: int, pairs: int = PAIRS) -> None:
    """Refuse batches that fresh pairs do not fill once.

    Raises:
        ArgumentError: if they do not.
    """
    expected = f"at most {pairs}, the fresh pairs that a loss is measured on"
    require(pairs >= K, "batch_size", expected, K)


@dataclass(frozen=True, eq=False)
class EncodedWorld:
    """What encoders make of a scene world, on pairs that they were not trained on.

    Attributes:
        table: the exact law of the world that training draws from, with the operators asked about.
        world: the world.
        encoders: f and g.
        scene: the scene of each fresh pair.
        caption: the caption of each fresh pair, by its place in ``table``.
        image: f(x) of each fresh pair.
        text: g(y) of each caption of W.
        familiarity: how often each caption of W occurs in training: its probability, or its
            share of a fixed set.
    """

    table: FiniteWorld
    world: SceneWorld
    encoders: DualEncoder
    scene: Int[np.ndarray, " n"]
    caption: Int[np.ndarray, " n"]
    image: Float[np.ndarray, "n d"]
    text: Float[np.ndarray, "captions d"]
    familiarity: Float[np.ndarray, " captions"]

    @classmethod
    def create(
        cls,
        training: World,
        encoders: DualEncoder,
        operators: Sequence[Operator],
        key: Key[Array, ""],
        pairs: int = PAIRS,
    ) -> EncodedWorld:
        """Draw fresh pairs of the world that encoders were trained on, and embed them.

        Args:
            training: what was trained on. Where it draws a fixed set or adds hard negatives, the
                scene world within is asked about.
            encoders: what was trained.
            operators: what will be asked about.
            key: random key of the pairs.
            pairs: how many.
        """
        world = scenes_within(training)
        table = world.caption_table()
        batch = _sample(world, key, pairs)
        return cls(
            table=FiniteWorld.from_captions(table, operators),
            world=world,
            encoders=encoders,
            scene=np.asarray(batch.latents["scene"][:, 0]),
            caption=table.index(np.asarray(batch.text)),
            image=np.asarray(embed_in_pieces(encoders.image, batch.image)),
            text=np.asarray(embed_in_pieces(encoders.text, jnp.asarray(table.tokens))),
            familiarity=_familiarity(training, table),
        )

    def loss(
        self,
        objective: Objective,
        K: int,
        negatives: Int[np.ndarray, "n M"] | None = None,
    ) -> float:
        """The mean loss of the fresh pairs in batches of K, in nats.

        Args:
            objective: reads hard negatives just where there are some.
            K: pairs in a batch.
            negatives: M hard negatives of each fresh pair's caption, by their place in the table.

        Raises:
            ArgumentError: if there are fewer than K pairs.
        """
        require_fresh_batch(K, len(self.scene))
        count = len(self.scene) // K
        rows = slice(0, count * K)
        image = self.image[rows].reshape(count, K, -1)
        embedded: list[np.ndarray] = [image, self.text[self.caption[rows]].reshape(count, K, -1)]
        if negatives is not None:
            M = negatives.shape[1]
            embedded.append(self.text[negatives[rows]].reshape(count, K, M, -1))
        return float(_mean_loss(objective, tuple(embedded), self.encoders.log_temperature[...]))

    def images_of(
        self, scenes: Int[np.ndarray, " n"], key: Key[Array, ""]
    ) -> Float[np.ndarray, "n d"]:
        """f(x) of a fresh image of each scene, drawn in training or not."""
        images = _render(self.world, jnp.asarray(scenes), key)
        return np.asarray(embed_in_pieces(self.encoders.image, images))


def _familiarity(training: World, table: CaptionTable) -> Float[np.ndarray, " captions"]:
    for within in nested(training):
        if isinstance(within, FixedSetSCM):
            seen = table.index(np.asarray(within.pairs.text))
            return np.bincount(seen, minlength=len(table.rows)) / len(seen)
    return table.joint


@partial(jax.jit, static_argnames="pairs")
def _sample(world: SceneWorld, key: Key[Array, ""], pairs: int):
    return world.sample(key, pairs)


@jax.jit
def _render(world: SceneWorld, scenes: Int[Array, " n"], key: Key[Array, ""]):
    space = world.grammar.space
    arrays = space.arrays(jnp.asarray(space.concepts)[scenes])
    return world.images.sample(named_key(key, "images"), arrays)[0]


@partial(jax.jit, static_argnames="objective")
def _mean_loss(
    objective: Callable[..., Float[Array, ""]],
    embedded: tuple[Float[Array, "batches K ..."], ...],
    log_temperature: Float[Array, ""],
) -> Float[Array, ""]:
    losses = jax.lax.map(lambda batch: objective(*batch, log_temperature), embedded)
    return jnp.mean(losses)
