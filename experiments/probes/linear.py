"""Linear regression."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from experiments.probes.r2 import r2_score
from scm.compiler import quickly


@partial(jax.jit, compiler_options=quickly())
def linear_r2(
    inputs: dict[str, Float[Array, "_ d"]], targets: dict[str, Float[Array, "_ t"]]
) -> Float[Array, " t"]:
    """R^2 per target coordinate of least squares with an intercept, on a fresh sample.

    Args:
        inputs: under ``train`` and ``test``, one row a point.
        targets: likewise.
    """
    mean, offset = jnp.mean(inputs["train"], axis=0), jnp.mean(targets["train"], axis=0)
    weights = jnp.linalg.lstsq(inputs["train"] - mean, targets["train"] - offset)[0]
    return r2_score(targets["test"], (inputs["test"] - mean) @ weights + offset)
