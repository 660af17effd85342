"""The pair of encoders that contrastive training fits."""

from __future__ import annotations

import math

import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from experiments.encoders.encoder import Encoder
from scm.batch import Batch


class DualEncoder(nnx.Module):
    """An image encoder f and a text encoder g into one space, and the log of a temperature tau."""

    def __init__(self, image: Encoder, text: Encoder, temperature: float) -> None:
        self.image = image
        self.text = text
        self.log_temperature = nnx.Param(jnp.asarray(math.log(temperature), jnp.float32))

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
