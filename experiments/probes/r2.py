"""The coefficient of determination, and what probes share."""

from __future__ import annotations

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float

Sample = Mapping[str, Float[Array | np.ndarray, "_ _"]]
"""The parts of a sample by name, one row a point: see `experiments.probes.sample.split`."""


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


def with_shared_columns(sample: Sample, dtype: DTypeLike) -> dict[str, Float[np.ndarray, "_ _"]]:
    """A sample with columns of zeros after its own, so that many samples share a program.

    Args:
        sample: its parts have the same columns.
        dtype: of the result.

    Returns:
        As many columns as `shared_columns` says.
    """
    own = {part: np.asarray(points, dtype) for part, points in sample.items()}
    return {
        part: np.pad(points, ((0, 0), (0, shared_columns(points.shape[1]) - points.shape[1])))
        for part, points in own.items()
    }


def shared_columns(needed: int) -> int:
    """To how many columns samples are filled up: a power of two, and at least 8."""
    return max(8, 1 << (needed - 1).bit_length())
