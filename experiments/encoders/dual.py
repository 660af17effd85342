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

    def __call__(self, batch: Batch) -> tuple[Float[Array, "b d"], Float[Array, "b d"]]:
        """f(x) and g(y) of a batch, one a row."""
        return self.image(batch.image), self.text(batch.text)
