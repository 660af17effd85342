"""The transformer block."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from experiments.encoders.layers import Linear
from scm.arguments import require, require_integer


def require_heads(width: int, heads: int) -> None:
    """Check that ``width`` divides into ``heads``.

    Args:
        width: size of a token's vector.
        heads: number of heads.

    Raises:
        ArgumentError: if one is below 1, or the heads do not divide the width.
    """
    require_integer("width", width, 1)
    require_integer("heads", heads, 1)
    require(width % heads == 0, "width", f"a multiple of heads = {heads}", width)


class Attention(nnx.Module):
    """Multi-head self-attention with a matrix for each projection, as Muon needs.

    (`nnx.MultiHeadAttention` holds kernels of three axes, which Muon passes on to Adam.)
    """

    def __init__(self, width: int, heads: int, rngs: nnx.Rngs) -> None:
        self.query, self.key, self.value, self.out = (
            Linear(width, width, rngs=rngs) for _ in range(4)
        )
        self.heads = heads

    def __call__(
        self, tokens: Float[Array, "b n w"], present: Bool[Array, "b n"]
    ) -> Float[Array, "b n w"]:
        """Each token's mean of the values of the tokens that are present, by similarity."""
        split = (*tokens.shape[:2], self.heads, -1)
        query, key, value = (
            project(tokens).reshape(split) for project in (self.query, self.key, self.value)
        )
        mixed = jax.nn.dot_product_attention(query, key, value, mask=present[:, None, None, :])
        return self.out(mixed.reshape(tokens.shape))


class Block(nnx.Module):
    """Attention, then a two-layer perceptron, each added to a normalised input."""

    def __init__(self, width: int, heads: int, rngs: nnx.Rngs) -> None:
        self.attention_norm = nnx.LayerNorm(width, rngs=rngs)
        self.attention = Attention(width, heads, rngs)
        self.hidden_norm = nnx.LayerNorm(width, rngs=rngs)
        self.hidden = Linear(width, 4 * width, rngs=rngs)
        self.out = Linear(4 * width, width, rngs=rngs)

    def __call__(
        self, tokens: Float[Array, "b n w"], present: Bool[Array, "b n"]
    ) -> Float[Array, "b n w"]:
        """The tokens after the block."""
        tokens = tokens + self.attention(self.attention_norm(tokens), present)
        return tokens + self.out(jax.nn.gelu(self.hidden(self.hidden_norm(tokens))))


class Transformer(nnx.Module):
    """Blocks, the mean over the tokens that are present, and a linear map."""

    def __init__(self, width: int, depth: int, heads: int, outputs: int, rngs: nnx.Rngs) -> None:
        self.blocks = nnx.List([Block(width, heads, rngs) for _ in range(depth)])
        self.norm = nnx.LayerNorm(width, rngs=rngs)
        self.out = Linear(width, outputs, rngs=rngs)

    def __call__(
        self, tokens: Float[Array, "b n w"], present: Bool[Array, "b n"]
    ) -> Float[Array, "b d"]:
        """Embed a batch of sequences, one a row."""
        for block in self.blocks:
            tokens = block(tokens, present)
        weight = present.astype(tokens.dtype)[:, :, None]
        count = jnp.maximum(jnp.sum(weight, axis=1), 1.0)
        return self.out(self.norm(jnp.sum(weight * tokens, axis=1) / count))
