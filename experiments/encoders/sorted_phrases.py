"""Transformer over captions whose object phrases are sorted, blind to SWAP of phrases."""

from __future__ import annotations

from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int

from experiments.encoders.encoder import ENCODERS
from experiments.encoders.text_transformer import TextTransformer, TextTransformerConfig
from scm.language.lexicon import DEFINITE, FUNCTION_WORDS, INDEFINITE

DETERMINERS = tuple(1 + FUNCTION_WORDS.index(word) for word in (INDEFINITE, DEFINITE))
"""Tokens that open an object phrase. It goes on with the attributes and the noun: tokens after
those of function words, which every `Lexicon` numbers alike."""


def sort_phrases(tokens: Int[Array, " length"]) -> Int[Array, " length"]:
    """A caption with its object phrases in lexicographic order and all other words left between.

    "the cube left of a ball" and "a ball left of the cube" become the same.
    """
    length = len(tokens)
    place = jnp.arange(length)
    opens = jnp.isin(tokens, jnp.array(DETERMINERS))
    phrase = jnp.cumsum(opens) - 1
    inside = (opens | (tokens > len(FUNCTION_WORDS))) & (phrase >= 0)
    offset = place - jax.lax.cummax(jnp.where(opens, place, 0))
    after_all = jnp.iinfo(tokens.dtype).max
    phrases = jnp.full((length, length), after_all, tokens.dtype)
    phrases = phrases.at[jnp.where(inside, phrase, length), offset].set(tokens, mode="drop")
    rank = jnp.argsort(jnp.lexsort(phrases.T[::-1]))
    slot = jnp.where(inside, 2 * rank[phrase], 2 * phrase + 1)
    return tokens[jnp.argsort(slot, stable=True)]


_sort_all = jax.jit(jax.vmap(sort_phrases))


@dataclass(frozen=True)
class SortedPhrasesConfig:
    """Sizes of a transformer over sorted phrases.

    Attributes:
        transformer: what reads the sorted caption.
    """

    transformer: TextTransformerConfig = field(default_factory=TextTransformerConfig)

    @property
    def vocabulary(self) -> int:
        """At least the number of tokens, padding included."""
        return self.transformer.vocabulary

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> SortedPhrases:
        """See `EncoderConfig.build`; inputs are captions."""
        return SortedPhrases(self.transformer.build(inputs, outputs, rngs))

    def sees(self, captions: Int[np.ndarray, "captions length"]) -> Int[np.ndarray, " captions"]:
        """See `TextEncoderConfig.sees`: what the transformer sees of sorted captions."""
        return self.transformer.sees(np.asarray(_sort_all(captions)))


class SortedPhrases(nnx.Module):
    """Sorts object phrases, then reads in order: blind bit for bit to who is where, and only that.

    Which attributes go with which noun stays in sight, so its orbits are those of SWAP of phrases.
    """

    def __init__(self, transformer: TextTransformer) -> None:
        self.transformer = transformer

    def __call__(self, inputs: Int[Array, "b length"]) -> Float[Array, "b d"]:
        """Embed a batch of captions, one a row."""
        return self.transformer(jax.vmap(sort_phrases)(inputs))


ENCODERS.register("sorted_phrases", SortedPhrasesConfig)
