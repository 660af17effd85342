"""Transformer over the tokens of a caption."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int

from experiments.encoders.attention import Transformer, require_heads
from experiments.encoders.encoder import ENCODERS, distinct_rows
from experiments.encoders.layers import Embed
from scm.arguments import require, require_bool, require_integer
from scm.language.lexicon import PADDING


def caption_length(inputs: jax.ShapeDtypeStruct) -> int:
    """Number of tokens of a padded caption.

    Raises:
        ArgumentError: if the inputs are no captions.
    """
    is_captions = len(inputs.shape) == 2 and jnp.issubdtype(inputs.dtype, jnp.integer)
    require(is_captions, "inputs", "captions as rows of integer tokens", inputs)
    return inputs.shape[1]


@dataclass(frozen=True)
class TextTransformerConfig:
    """Sizes of a transformer over captions.

    Attributes:
        vocabulary: at least the number of tokens, padding included.
        width: of a token, a multiple of the heads.
        depth: number of blocks.
        heads: of each block's attention.
        positions: whether it knows where a word stands; without, a caption is its words and
            their shares, for attention and pooling are means.

    Raises:
        ArgumentError: if a size is below 1 or the width no multiple of the heads.
    """

    vocabulary: int = 128
    width: int = 64
    depth: int = 2
    heads: int = 4
    positions: bool = True

    def __post_init__(self) -> None:
        require_integer("vocabulary", self.vocabulary, 2)
        require_integer("depth", self.depth, 1)
        require_heads(self.width, self.heads)
        require_bool("positions", self.positions)

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> TextTransformer:
        """See `EncoderConfig.build`; inputs are captions."""
        return TextTransformer(self, caption_length(inputs), outputs, rngs)

    def sees(self, captions: Int[np.ndarray, "captions length"]) -> Int[np.ndarray, " captions"]:
        """See `TextEncoderConfig.sees`: words in their places, or the shares of words."""
        if self.positions:
            return distinct_rows(captions)
        words = range(PADDING + 1, self.vocabulary)
        counts = np.stack([np.sum(captions == word, axis=1) for word in words], axis=1)
        divisor = np.gcd.reduce(counts, axis=1, keepdims=True)
        return distinct_rows(counts // np.maximum(divisor, 1))


class TextTransformer(nnx.Module):
    """Embeds words, adds an embedding of their place or none, and pools after some blocks."""

    def __init__(
        self, config: TextTransformerConfig, length: int, outputs: int, rngs: nnx.Rngs
    ) -> None:
        self.embed = Embed(config.vocabulary, config.width, rngs=rngs)
        self.place = Embed(length, config.width, rngs=rngs) if config.positions else None
        self.transformer = Transformer(config.width, config.depth, config.heads, outputs, rngs)

    def __call__(self, inputs: Int[Array, "b length"]) -> Float[Array, "b d"]:
        """Embed a batch of captions, one a row; padding changes nothing."""
        tokens = self.embed(inputs)
        if self.place is not None:
            tokens = tokens + self.place.embedding[None, : inputs.shape[1]]
        return self.transformer(tokens, inputs != PADDING)


ENCODERS.register("text_transformer", TextTransformerConfig)
