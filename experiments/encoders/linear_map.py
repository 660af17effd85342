"""A linear map of what another text encoder makes of a caption."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int

from experiments.encoders.encoder import ENCODERS, Encoder, TextEncoderConfig
from experiments.encoders.layers import Linear
from experiments.encoders.text_transformer import TextTransformerConfig


@runtime_checkable
class AroundTextEncoder(Protocol):
    """The config of a text encoder around another, whose module holds the other as ``inner``."""

    @property
    def inner(self) -> TextEncoderConfig:
        """The encoder within."""
        ...


@dataclass(frozen=True)
class LinearMapConfig:
    """A text encoder and a matrix behind it.

    Attributes:
        inner: the encoder within.
    """

    inner: TextEncoderConfig = field(default_factory=TextTransformerConfig)

    @property
    def vocabulary(self) -> int:
        """At least the number of tokens, padding included."""
        return self.inner.vocabulary

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> LinearMap:
        """See `EncoderConfig.build`; inputs are captions."""
        return LinearMap(self.inner.build(inputs, outputs, rngs), outputs, rngs)

    def sees(self, captions: Int[np.ndarray, "captions length"]) -> Int[np.ndarray, " captions"]:
        """See `TextEncoderConfig.sees`: what the encoder within sees."""
        return self.inner.sees(captions)


class LinearMap(nnx.Module):
    """``W g(y)``; W starts as the identity, so that nothing is changed until it is trained.

    Source: binding that is there within captions, brought across to images [koishigarina2025].
    """

    def __init__(self, inner: nnx.Module, outputs: int, rngs: nnx.Rngs) -> None:
        self.inner = inner
        self.map = Linear(outputs, outputs, use_bias=False, rngs=rngs)
        self.map.kernel = nnx.Param(jnp.eye(outputs))

    def __call__(self, inputs: Int[Array, "b length"]) -> Float[Array, "b d"]:
        """Embed a batch of captions, one a row."""
        encoder: Encoder = self.inner  # pyright: ignore[reportAssignmentType]
        return self.map(encoder(inputs))


ENCODERS.register("linear_map", LinearMapConfig)
