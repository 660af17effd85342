"""Perceptron over which word stands where."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int

from experiments.encoders.encoder import ENCODERS, distinct_rows
from experiments.encoders.mlp import MLP
from experiments.encoders.one_hot_words import OneHotWordsConfig, one_hot_words
from experiments.encoders.text_transformer import caption_length


@dataclass(frozen=True)
class WordsInPlacesConfig(OneHotWordsConfig):
    """Sizes of a perceptron over words in places; see `OneHotWordsConfig`."""

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> WordsInPlaces:
        """See `EncoderConfig.build`; inputs are captions."""
        sizes = (caption_length(inputs) * self.vocabulary, *self.hidden, outputs)
        return WordsInPlaces(MLP(sizes, "gelu", rngs), self.vocabulary)

    def sees(self, captions: Int[np.ndarray, "captions length"]) -> Int[np.ndarray, " captions"]:
        """See `TextEncoderConfig.sees`: every word and its place."""
        return distinct_rows(captions)


class WordsInPlaces(nnx.Module):
    """A perceptron of one-hot words, place by place: the first layer shares no word between places.

    So nothing that it learns of a word in one place tells of the word in another.
    """

    def __init__(self, mlp: MLP, vocabulary: int) -> None:
        self.mlp = mlp
        self.vocabulary = vocabulary

    def __call__(self, inputs: Int[Array, "b length"]) -> Float[Array, "b d"]:
        """Embed a batch of captions, one a row."""
        return self.mlp(one_hot_words(inputs, self.vocabulary))


ENCODERS.register("words_in_places", WordsInPlacesConfig)
