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
from experiments.objectives import BiasedObjective, Objective
from experiments.probes.embedding import embed_in_pieces
from experiments.probes.sample import drawing, sample_pairs
from proofs_check import FiniteWorld
from scm import CaptionTable, FixedSetSCM, SceneWorld, World, named_key, nested, scenes_within
from scm.arguments import require
from scm.compiler import quickly
from scm.operators.operator import Operator

PAIRS = 8192
"""Fresh pairs that an encoder is asked about: rates have a standard error of at most 0.006, and
the mean loss of 128 batches of 64 one of some 0.005 nats."""


def require_fresh_batch(K: int, pairs: int = PAIRS) -> None:
    """Refuse batches that fresh pairs do not fill once.

    Args:
        K: pairs in a batch.
        pairs: how many fresh pairs there are.

    Raises:
        ArgumentError: if they do not.
    """
    expected = f"at most {pairs}, the fresh pairs that a loss is measured on"
    require(pairs >= K, "batch_size", expected, K)


@dataclass(frozen=True, eq=False)
class FreshPairs:
    """Fresh pairs of a scene world that encoders were trained on, or would be, and all of W.

    Attributes:
        table: the exact law of the world that training draws from, with the operators asked about.
        world: the world.
        scene: the scene of each fresh pair.
        caption: the caption of each fresh pair, by its place in ``table``.
        images: x of each fresh pair.
        tokens: y of each caption of W.
        familiarity: how often each caption of W occurs in training: its probability, or its
            share of a fixed set.
    """

    table: FiniteWorld
    world: SceneWorld
    scene: Int[np.ndarray, " n"]
    caption: Int[np.ndarray, " n"]
    images: Float[Array, "n ..."]
    tokens: Int[np.ndarray, "captions places"]
    familiarity: Float[np.ndarray, " captions"]

    @classmethod
    def draw(
        cls,
        training: World,
        operators: Sequence[Operator],
        key: Key[Array, ""],
        pairs: int = PAIRS,
    ) -> FreshPairs:
        """Draw fresh pairs of the world that encoders are trained on.

        Args:
            training: what is trained on. Where it draws a fixed set or adds hard negatives, the
                scene world within is asked about.
            operators: what will be asked about.
            key: random key of the pairs.
            pairs: how many.
        """
        world = scenes_within(training)
        table = world.caption_table()
        batch = sample_pairs(world, key, pairs)
        return cls(
            table=FiniteWorld.from_captions(table, operators),
            world=world,
            scene=np.asarray(batch.latents["scene"][:, 0]),
            caption=table.index(np.asarray(batch.text)),
            images=batch.image,
            tokens=table.tokens,
            familiarity=_familiarity(training, table),
        )

    def encode(self, encoders: DualEncoder) -> EncodedWorld:
        """What encoders make of them."""
        return EncodedWorld(
            pairs=self,
            encoders=encoders,
            image=np.asarray(embed_in_pieces(encoders.image, self.images)),
            text=np.asarray(embed_in_pieces(encoders.text, self.tokens)),
        )


@dataclass(frozen=True, eq=False)
class EncodedWorld:
    """What encoders make of a scene world, on pairs that they were not trained on.

    Attributes:
        pairs: fresh pairs, and all captions.
        encoders: f and g.
        image: f(x) of each fresh pair.
        text: g(y) of each caption of W.
    """

    pairs: FreshPairs
    encoders: DualEncoder
    image: Float[np.ndarray, "n d"]
    text: Float[np.ndarray, "captions d"]

    @classmethod
    def create(
        cls,
        training: World,
        encoders: DualEncoder,
        operators: Sequence[Operator],
        key: Key[Array, ""],
        pairs: int = PAIRS,
    ) -> EncodedWorld:
        """Draw fresh pairs as `FreshPairs.draw` does, and encode them.

        Args:
            training: the world that was trained on.
            encoders: what was trained.
            operators: what will be asked about.
            key: random key of the pairs.
            pairs: how many.
        """
        return FreshPairs.draw(training, operators, key, pairs).encode(encoders)

    @property
    def table(self) -> FiniteWorld:
        """See `FreshPairs`."""
        return self.pairs.table

    @property
    def world(self) -> SceneWorld:
        """See `FreshPairs`."""
        return self.pairs.world

    @property
    def scene(self) -> Int[np.ndarray, " n"]:
        """See `FreshPairs`."""
        return self.pairs.scene

    @property
    def caption(self) -> Int[np.ndarray, " n"]:
        """See `FreshPairs`."""
        return self.pairs.caption

    @property
    def familiarity(self) -> Float[np.ndarray, " captions"]:
        """See `FreshPairs`."""
        return self.pairs.familiarity

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
        scalars = self.encoders.scalars
        if not isinstance(objective, BiasedObjective):
            scalars = scalars[:1]
        return float(_mean_loss(objective, tuple(embedded), scalars))

    def excess_loss(self, objective: Objective, K: int) -> float:
        """How far `loss` lies above that of the best critic on the same batches, in nats.

        The best critic is PMI: in a batch the pairs of a scene tie with each other, and with no
        others, so it pays the mean of log(1 + the others of the pair's scene), in both directions.
        Of an InfoNCE loss of pairs alone the difference is at least 0, up to rounding, whatever
        batches are drawn.

        Args:
            objective: an InfoNCE loss of pairs alone.
            K: pairs in a batch.

        Raises:
            ArgumentError: if there are fewer than K pairs.
        """
        require_fresh_batch(K, len(self.scene))
        count = len(self.scene) // K
        scene = self.scene[: count * K].reshape(count, K)
        same = np.array([np.bincount(batch)[batch] for batch in scene])
        return self.loss(objective, K) - float(np.mean(np.log(same)))

    def images_of(
        self, scenes: Int[np.ndarray, " n"], key: Key[Array, ""]
    ) -> Float[np.ndarray, "n d"]:
        """f(x) of a fresh image of each scene, drawn in training or not.

        Args:
            scenes: indices as in ``latents["scene"]``; a scene may come several times.
            key: random key of the images.
        """
        images = _render(self.world, scenes, key)
        return np.asarray(embed_in_pieces(self.encoders.image, images))


def _familiarity(training: World, table: CaptionTable) -> Float[np.ndarray, " captions"]:
    for within in nested(training):
        if isinstance(within, FixedSetSCM):
            seen = table.index(np.asarray(within.pairs.text))
            return np.bincount(seen, minlength=len(table.rows)) / len(seen)
    return table.joint


@drawing()
def _render(world: SceneWorld, scenes: Int[Array, " n"], key: Key[Array, ""]):
    space = world.grammar.space
    arrays = space.arrays(jnp.asarray(space.concepts)[scenes])
    return world.images.sample(named_key(key, "images"), arrays)[0]


@partial(jax.jit, static_argnames="objective", compiler_options=quickly())
def _mean_loss(
    objective: Callable[..., Float[Array, ""]],
    embedded: tuple[Float[Array, "batches K ..."], ...],
    scalars: tuple[Float[Array, ""], ...],
) -> Float[Array, ""]:
    losses = jax.lax.map(lambda batch: objective(*batch, *scalars), embedded)
    return jnp.mean(losses)
