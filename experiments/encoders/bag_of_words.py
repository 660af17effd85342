"""Perceptron over word counts, blind to order."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int

from experiments.encoders.encoder import ENCODERS, distinct_rows
from experiments.encoders.mlp import MLP
from experiments.encoders.one_hot_words import OneHotWordsConfig, one_hot_words
from experiments.encoders.text_transformer import caption_length


@dataclass(frozen=True)
class BagOfWordsConfig(OneHotWordsConfig):
    """Sizes of a bag of words; see `OneHotWordsConfig`."""

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> BagOfWords:
        """See `EncoderConfig.build`; inputs are captions."""
        caption_length(inputs)
        return BagOfWords(MLP((self.vocabulary, *self.hidden, outputs), "gelu", rngs))

    def sees(self, captions: Int[np.ndarray, "captions length"]) -> Int[np.ndarray, " captions"]:
        """See `TextEncoderConfig.sees`: how often each word occurs."""
        return distinct_rows(np.sort(captions, axis=1))


class BagOfWords(nnx.Module):
    """A perceptron of how often each word occurs. Counts are exact, so it is blind bit for bit."""

    def __init__(self, mlp: MLP) -> None:
        self.mlp = mlp

    def __call__(self, inputs: Int[Array, "b length"]) -> Float[Array, "b d"]:
        """Embed a batch of captions, one a row."""
        vocabulary = self.mlp.layers[0].in_features
        return self.mlp(jnp.sum(one_hot_words(inputs, vocabulary), axis=1))


ENCODERS.register("bag_of_words", BagOfWordsConfig)
