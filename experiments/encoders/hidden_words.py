"""Transformer over captions some of whose words are hidden from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int

from experiments.encoders.encoder import ENCODERS
from experiments.encoders.text_transformer import TextTransformer, TextTransformerConfig
from scm.arguments import require, require_choice, require_integer
from scm.language.lexicon import PADDING

Hiding = Literal["mask", "delete"]


def hide(
    captions: Int[Array, "b length"], tokens: tuple[int, ...], sign: int | None
) -> Int[Array, "b length"]:
    """Captions with a sign for each of some tokens; without a sign, the rest of them moved up.

    Args:
        captions: tokens, padded, one caption a row.
        tokens: the words to hide, by token.
        sign: the token that stands for each of them; None takes them out.
    """
    hidden = jnp.isin(captions, jnp.array(tokens, captions.dtype))
    if sign is not None:
        return jnp.where(hidden, sign, captions)
    order = jnp.argsort(hidden, axis=1, stable=True)
    kept = jnp.where(hidden, PADDING, captions)
    return jnp.take_along_axis(kept, order, axis=1)


@dataclass(frozen=True)
class HiddenWordsConfig:
    """Sizes of a transformer that does not see some words.

    Attributes:
        tokens: the words that are hidden, by token; none of them padding.
        hiding: ``mask``: one sign stands for each of them, so the encoder is blind to REPLACE of
            one by another and sees that there is one. ``delete``: they are taken out and the rest
            moves up, so the encoder is blind to ADD of one, which a mask would show.
        transformer: what reads the rest. The last token of its vocabulary is the sign, and must be
            no word's.

    Raises:
        ArgumentError: if there is no token, one is out of range or the sign, or the hiding is
            unknown.
    """

    tokens: tuple[int, ...] = (1,)
    hiding: Hiding = "mask"
    transformer: TextTransformerConfig = field(default_factory=TextTransformerConfig)

    def __post_init__(self) -> None:
        require(len(self.tokens) > 0, "tokens", "at least one token", self.tokens)
        require_choice("hiding", self.hiding, get_args(Hiding))
        for token in self.tokens:
            require_integer("tokens", token, 1)
            sign = self.vocabulary
            require(token < sign, "tokens", f"tokens below {sign}, the sign", token)

    @property
    def vocabulary(self) -> int:
        """At least the number of tokens of captions, padding included; the sign is none of them."""
        return self.transformer.vocabulary - 1

    @property
    def sign(self) -> int | None:
        """The token that stands for hidden words, if one does."""
        return self.vocabulary if self.hiding == "mask" else None

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> HiddenWords:
        """See `EncoderConfig.build`; inputs are captions."""
        return HiddenWords(self.transformer.build(inputs, outputs, rngs), self.tokens, self.sign)

    def sees(self, captions: Int[np.ndarray, "captions length"]) -> Int[np.ndarray, " captions"]:
        """See `TextEncoderConfig.sees`: what the transformer sees of what is not hidden."""
        shown = hide(jnp.asarray(captions), self.tokens, self.sign)
        return self.transformer.sees(np.asarray(shown))


class HiddenWords(nnx.Module):
    """Hides some words, then reads in order: blind bit for bit to which of them are said."""

    def __init__(
        self, transformer: TextTransformer, tokens: tuple[int, ...], sign: int | None
    ) -> None:
        self.transformer = transformer
        self.tokens = tokens
        self.sign = sign

    def __call__(self, inputs: Int[Array, "b length"]) -> Float[Array, "b d"]:
        """Embed a batch of captions, one a row."""
        return self.transformer(hide(inputs, self.tokens, self.sign))


ENCODERS.register("hidden_words", HiddenWordsConfig)
