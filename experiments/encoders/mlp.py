"""Multi-layer perceptron over vectors."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import jax
from flax import nnx
from jaxtyping import Array, Float

from experiments.encoders.encoder import ENCODERS
from experiments.encoders.layers import Linear
from scm.arguments import require_choice, require_integer

Activation = Literal["leaky_relu", "relu", "gelu", "silu", "tanh"]
Output = Literal["euclidean", "cube"]

LEAKY_SLOPE = 0.2
"""Slope of ``leaky_relu`` below 0, that of the worlds' mixings, whose inverse such a net can be."""


def activation_named(name: Activation) -> Callable[[Array], Array]:
    """The activation function of that name."""
    if name == "leaky_relu":
        return partial(jax.nn.leaky_relu, negative_slope=LEAKY_SLOPE)
    return getattr(jax.nn, name)


@dataclass(frozen=True)
class MLPConfig:
    """Sizes of a multi-layer perceptron.

    Attributes:
        hidden: widths of the hidden layers, in order; empty is a linear map.
        activation: between the layers.
        output: the space E that is encoded into. ``euclidean``: R^d. ``cube``: (0, 1)^d, by the
            logistic function after the last layer.

    Raises:
        ArgumentError: if a width is below 1, or the activation or the output unknown.
    """

    hidden: tuple[int, ...] = (48, 48)
    activation: Activation = "leaky_relu"
    output: Output = "euclidean"

    def __post_init__(self) -> None:
        for width in self.hidden:
            require_integer("hidden", width, 1)
        require_choice("activation", self.activation, get_args(Activation))
        require_choice("output", self.output, get_args(Output))

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> MLP:
        """See `EncoderConfig.build`; inputs of any shape are flattened to vectors."""
        sizes = (math.prod(inputs.shape[1:]), *self.hidden, outputs)
        return MLP(sizes, self.activation, rngs, self.output)


class MLP(nnx.Module):
    """``W_L a(... a(W_1 x + b_1) ...) + b_L`` with the activation a between layers.

    Into the cube, the logistic function of that.
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        activation: Activation,
        rngs: nnx.Rngs,
        output: Output = "euclidean",
    ) -> None:
        self.layers = nnx.List(
            [Linear(fan_in, fan_out, rngs=rngs) for fan_in, fan_out in itertools.pairwise(sizes)]
        )
        self.activation: Activation = activation
        self.output: Output = output

    def __call__(self, inputs: Float[Array, " b *shape"]) -> Float[Array, "b d"]:
        """Embed a batch of inputs, one a row."""
        act = activation_named(self.activation)
        hidden = inputs.reshape(inputs.shape[0], -1)
        for layer in list(self.layers)[:-1]:
            hidden = act(layer(hidden))
        embedding = self.layers[-1](hidden)
        return jax.nn.sigmoid(embedding) if self.output == "cube" else embedding


ENCODERS.register("mlp", MLPConfig)
