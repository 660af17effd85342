"""What every encoder is, and the list of encoders."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import jax
from flax import nnx
from jaxtyping import Array, Float, Shaped

from scm.registry import ConfigRegistry


@runtime_checkable
class Encoder(Protocol):
    """A map from inputs to embeddings; trained modules and constructed optima are both one."""

    def __call__(self, inputs: Shaped[Array, " b *shape"], /) -> Float[Array, "b d"]:
        """Embed a batch of inputs, one a row."""
        ...


@runtime_checkable
class EncoderConfig(Protocol):
    """A frozen dataclass of an encoder's sizes, checked on creation."""

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> nnx.Module:
        """Create an `Encoder` with fresh parameters.

        Args:
            inputs: shape and dtype of a batch of inputs; the batch axis comes first.
            outputs: embedding size d.
            rngs: source of the parameters' keys.
        """
        ...


ENCODERS: ConfigRegistry[type[EncoderConfig]] = ConfigRegistry("encoder", "token_scm.encoders")
"""Encoder configs by name."""
