"""What perceptrons over one-hot words share: their sizes, and the words as vectors."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from experiments.encoders.mlp import MLPConfig
from scm.arguments import require_integer
from scm.language.lexicon import PADDING


@dataclass(frozen=True)
class OneHotWordsConfig:
    """Sizes of a perceptron over one-hot words.

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


def one_hot_words(
    tokens: Int[Array, "b length"], vocabulary: int
) -> Float[Array, "b length vocabulary"]:
    """A unit vector for each word; padding is 0.

    Args:
        tokens: of captions, padded, one caption a row.
        vocabulary: at least the number of tokens, padding included: the length of a vector.
    """
    words = jax.nn.one_hot(tokens, vocabulary)
    return jnp.where(tokens[..., None] == PADDING, 0.0, words)
