"""The coefficient of determination, and what probes share."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float


def r2_score(target: Float[Array, "n t"], predicted: Float[Array, "n t"]) -> Float[Array, " t"]:
    """``1 - sum (y - p)^2 / sum (y - mean y)^2`` per coordinate; 0 where y does not vary.

    Args:
        target: y, one a row.
        predicted: p, one a row.
    """
    residual = jnp.sum((target - predicted) ** 2, axis=0)
    total = jnp.sum((target - jnp.mean(target, axis=0)) ** 2, axis=0)
    varies = total > 0
    return jnp.where(varies, 1 - residual / jnp.where(varies, total, 1.0), 0.0)


def standardized(
    points: Float[Array, "n d"],
) -> tuple[Float[Array, "n d"], Float[Array, " d"], Float[Array, " d"]]:
    """The points with mean 0 and deviation 1 a coordinate, the means, and the deviations.

    A coordinate that does not vary keeps its scale.
    """
    mean, deviation = jnp.mean(points, axis=0), jnp.std(points, axis=0)
    scale = jnp.where(deviation > 0, deviation, 1.0)
    return (points - mean) / scale, mean, scale
