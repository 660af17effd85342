"""What every encoder is, and the list of encoders."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import jax
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int, Shaped

from scm.arguments import ArgumentError
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


@runtime_checkable
class TextEncoderConfig(EncoderConfig, Protocol):
    """The config of an encoder of captions, which states what it sees of them."""

    @property
    def vocabulary(self) -> int:
        """At least the number of tokens of captions, padding included."""
        ...

    def sees(self, captions: Int[np.ndarray, "captions length"]) -> Int[np.ndarray, " captions"]:
        """What the encoder sees of each caption, as a label.

        Two captions have one label just where no weights tell them apart, whatever they were
        trained on. `distinct_rows` numbers what an encoder reads so.

        Args:
            captions: tokens, padded, one caption a row; those of a `CaptionTable` for example.

        Returns:
            Labels from 0 in the order of each label's first caption.
        """
        ...


def as_text_encoder(config: EncoderConfig) -> TextEncoderConfig:
    """The same config, of which it is known that it states what it sees of captions.

    Raises:
        ArgumentError: if it does not.
    """
    if not isinstance(config, TextEncoderConfig):
        raise ArgumentError(
            f"text_encoder: expected an encoder that states what it sees of captions, got {config}"
        )
    return config


def distinct_rows(rows: Int[np.ndarray, "n m"]) -> Int[np.ndarray, " n"]:
    """Which rows are the same: labels from 0 in the order of each row's first appearance."""
    _, first, label = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[label.reshape(-1)]


ENCODERS: ConfigRegistry[type[EncoderConfig]] = ConfigRegistry("encoder", "token_scm.encoders")
"""Encoder configs by name."""
