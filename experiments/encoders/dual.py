"""The pair of encoders that contrastive training fits."""

from __future__ import annotations

import math

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from experiments.encoders.encoder import Encoder
from scm.batch import Batch


class DualEncoder(nnx.Module):
    """An image encoder f and a text encoder g into one space, and what makes scores logits.

    That is the log of a temperature tau, and a bias where the objective has one.
    """

    def __init__(
        self, image: Encoder, text: Encoder, temperature: float, bias: float | None = None
    ) -> None:
        self.image = image
        self.text = text
        self.log_temperature = nnx.Param(jnp.asarray(math.log(temperature), jnp.float32))
        self.bias = None if bias is None else nnx.Param(jnp.asarray(bias, jnp.float32))

    @property
    def scalars(self) -> tuple[Float[Array, ""], ...]:
        """Log tau, and the bias if there is one: what an `Objective` reads after embeddings."""
        held = (self.log_temperature, self.bias)
        return tuple(parameter[...] for parameter in held if parameter is not None)

    def __call__(self, batch: Batch) -> tuple[Float[Array, "b ..."], ...]:
        """f(x) [b d] and g(y) [b d] of a batch, then g of its hard negatives [b m d] if it has any.

        All texts pass g in one call, which compiles once and fills wider matrices.
        """
        image = self.image(batch.image)
        if batch.negatives is None:
            return image, self.text(batch.text)
        texts = jnp.concatenate([batch.text[:, None], batch.negatives], axis=1)
        embedded = self.text(texts.reshape(-1, *batch.text.shape[1:]))
        embedded = embedded.reshape(*texts.shape[:2], -1)
        return image, embedded[:, 0], embedded[:, 1:]
