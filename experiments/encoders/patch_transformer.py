"""Transformer over the patches of an image."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from experiments.encoders.attention import Transformer, require_heads
from experiments.encoders.encoder import ENCODERS
from experiments.encoders.layers import Embed, Linear
from experiments.encoders.patches import patch_count, patches
from scm.arguments import require_integer


@dataclass(frozen=True)
class PatchTransformerConfig:
    """Sizes of a transformer over patches.

    Attributes:
        patch: side of a patch in pixels; divides the image's.
        width: of a token, a multiple of the heads.
        depth: number of blocks.
        heads: of each block's attention.

    Raises:
        ArgumentError: if a size is below 1 or the width no multiple of the heads.
    """

    patch: int = 6
    width: int = 64
    depth: int = 1
    heads: int = 4

    def __post_init__(self) -> None:
        require_integer("patch", self.patch, 1)
        require_integer("depth", self.depth, 1)
        require_heads(self.width, self.heads)

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> PatchTransformer:
        """See `EncoderConfig.build`; inputs are images."""
        return PatchTransformer(self, patch_count(inputs, self.patch), outputs, rngs)


class PatchTransformer(nnx.Module):
    """Embeds patches linearly, adds an embedding of their place, and pools after some blocks."""

    def __init__(
        self, config: PatchTransformerConfig, shape: tuple[int, int], outputs: int, rngs: nnx.Rngs
    ) -> None:
        count, values = shape
        self.embed = Linear(values, config.width, rngs=rngs)
        self.place = Embed(count, config.width, rngs=rngs)
        self.transformer = Transformer(config.width, config.depth, config.heads, outputs, rngs)
        self.patch = config.patch

    def __call__(self, inputs: Float[Array, "b rows columns channels"]) -> Float[Array, "b d"]:
        """Embed a batch of images, one a row."""
        tokens = self.embed(patches(inputs, self.patch)) + self.place.embedding[None]
        return self.transformer(tokens, jnp.ones(tokens.shape[:2], bool))


ENCODERS.register("patch_transformer", PatchTransformerConfig)
