"""Perceptron over word counts, blind to order."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, Int

from experiments.encoders.encoder import ENCODERS
from experiments.encoders.mlp import MLP, MLPConfig
from experiments.encoders.text_transformer import caption_length
from scm.checks import require_integer
from scm.lexicon import PADDING


@dataclass(frozen=True)
class BagOfWordsConfig:
    """Sizes of a bag of words.

    Attributes:
        vocabulary: at least the number of tokens, padding included.
        hidden: widths of the perceptron's hidden layers.

    Raises:
        ArgumentError: if a size is below 1.
    """

    vocabulary: int = 128
    hidden: tuple[int, ...] = (128, 128)

    def __post_init__(self) -> None:
        require_integer("vocabulary", self.vocabulary, 2)
        MLPConfig(self.hidden)

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> BagOfWords:
        """See `EncoderConfig.build`; inputs are captions."""
        caption_length(inputs)
        return BagOfWords(MLP((self.vocabulary, *self.hidden, outputs), "gelu", rngs))


class BagOfWords(nnx.Module):
    """A perceptron of how often each word occurs. Counts are exact, so it is blind bit for bit."""

    def __init__(self, mlp: MLP) -> None:
        self.mlp = mlp

    def __call__(self, inputs: Int[Array, "b length"]) -> Float[Array, "b d"]:
        """Embed a batch of captions, one a row."""
        vocabulary = self.mlp.layers[0].in_features
        counts = jnp.sum(jax.nn.one_hot(inputs, vocabulary), axis=1)
        return self.mlp(counts.at[:, PADDING].set(0.0))


ENCODERS.register("bag_of_words", BagOfWordsConfig)
