"""Small convolutional network."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from experiments.encoders.encoder import ENCODERS
from experiments.encoders.layers import Linear
from scm.arguments import require, require_integer

KERNEL = 3
STRIDE = 2


@dataclass(frozen=True)
class CNNConfig:
    """Sizes of a convolutional network.

    Attributes:
        channels: of each layer, in order; each layer halves the image's sides.

    Raises:
        ArgumentError: if there is no layer, or a size is below 1.
    """

    channels: tuple[int, ...] = (32, 64, 64)

    def __post_init__(self) -> None:
        require(len(self.channels) > 0, "channels", "at least one layer", self.channels)
        for size in self.channels:
            require_integer("channels", size, 1)

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> CNN:
        """See `EncoderConfig.build`; inputs are images.

        Raises:
            ArgumentError: if the inputs are no images.
        """
        is_images = len(inputs.shape) == 4
        require(is_images, "inputs", "images of pixels with channels", inputs.shape)
        return CNN(inputs.shape[1:], self.channels, outputs, rngs)


class Convolution(nnx.Module):
    """A convolution of 3 x 3 pixels, stride 2, whose kernel is kept as a matrix, as Muon needs."""

    def __init__(self, fan_in: int, fan_out: int, rngs: nnx.Rngs) -> None:
        self.linear = Linear(KERNEL * KERNEL * fan_in, fan_out, rngs=rngs)

    def __call__(
        self, images: Float[Array, "b rows columns fan_in"]
    ) -> Float[Array, "b half_rows half_columns fan_out"]:
        """The convolved images, zero beyond their borders."""
        _, rows, columns, _ = images.shape
        border = KERNEL // 2
        padded = jnp.pad(images, ((0, 0), (border, border), (border, border), (0, 0)))
        shifted = [
            padded[:, i : i + rows : STRIDE, j : j + columns : STRIDE]
            for i, j in itertools.product(range(KERNEL), repeat=2)
        ]
        return self.linear(jnp.concatenate(shifted, axis=-1))


class CNN(nnx.Module):
    """Convolutions with GELU, then a linear map of all that they put out."""

    def __init__(
        self, shape: tuple[int, ...], channels: tuple[int, ...], outputs: int, rngs: nnx.Rngs
    ) -> None:
        rows, columns, first = shape
        self.layers = nnx.List(
            [
                Convolution(fan_in, fan_out, rngs)
                for fan_in, fan_out in itertools.pairwise((first, *channels))
            ]
        )
        factor = STRIDE ** len(channels)
        values = math.ceil(rows / factor) * math.ceil(columns / factor) * channels[-1]
        self.out = Linear(values, outputs, rngs=rngs)

    def __call__(self, inputs: Float[Array, "b rows columns channels"]) -> Float[Array, "b d"]:
        """Embed a batch of images, one a row."""
        hidden = inputs
        for layer in self.layers:
            hidden = jax.nn.gelu(layer(hidden))
        return self.out(hidden.reshape(len(hidden), -1))


ENCODERS.register("cnn", CNNConfig)
