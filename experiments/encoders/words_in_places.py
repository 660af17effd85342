"""Perceptron over which word stands where."""

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
class WordsInPlacesConfig:
    """Sizes of a perceptron over words in places.

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

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> WordsInPlaces:
        """See `EncoderConfig.build`; inputs are captions."""
        sizes = (caption_length(inputs) * self.vocabulary, *self.hidden, outputs)
        return WordsInPlaces(MLP(sizes, "gelu", rngs), self.vocabulary)


class WordsInPlaces(nnx.Module):
    """A perceptron of one-hot words, place by place: the first layer shares no word between places.

    So nothing that it learns of a word in one place tells of the word in another. Padding is 0.
    """

    def __init__(self, mlp: MLP, vocabulary: int) -> None:
        self.mlp = mlp
        self.vocabulary = vocabulary

    def __call__(self, inputs: Int[Array, "b length"]) -> Float[Array, "b d"]:
        """Embed a batch of captions, one a row."""
        words = jax.nn.one_hot(inputs, self.vocabulary)
        return self.mlp(jnp.where(inputs[..., None] == PADDING, 0.0, words))


ENCODERS.register("words_in_places", WordsInPlacesConfig)
