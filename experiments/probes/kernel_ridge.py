"""Kernel ridge regression with a Gaussian kernel: the probe that gates."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float
from threadpoolctl import threadpool_limits

from experiments.probes.r2 import r2_score, standardized

BANDWIDTHS = (0.5, 1.0, 2.0, 4.0)
"""Bandwidths tried, as multiples of the square root of the number of inputs (standardised)."""

RIDGES = (1e-4, 1e-2, 1.0, 100.0)
"""Ridge penalties tried."""

TUNING_POINTS = 512
"""Points that a pair of bandwidth and ridge is fitted on while tuning."""


def kernel_ridge_r2(
    inputs: dict[str, Float[Array, "_ d"]], targets: dict[str, Float[Array, "_ t"]]
) -> Float[Array, " t"]:
    r"""R^2 per target coordinate of kernel ridge regression on a fresh sample.

    .. math:: \hat y(x) = k(x)^T (K + \lambda I)^{-1} Y, \qquad
        k(x, x') = e^{-|x - x'|^2 / (2 \sigma^2 d)}

    sigma and lambda are those of the best mean R^2 on the validation sample after a fit on
    `TUNING_POINTS` of the training sample; the score is of a fit on all of it.

    Args:
        inputs: under ``train``, ``validation`` and ``test``, one row a point.
        targets: likewise. A column without variance scores 0.
    """
    # Two thread pools on the same cores, XLA's and LAPACK's, slow each other fortyfold.
    with jax.enable_x64(True), threadpool_limits(1, user_api="blas"):
        wide = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), (inputs, targets))
        return jnp.asarray(_kernel_ridge_r2(*wide), jnp.float32).block_until_ready()


@jax.jit
def _kernel_ridge_r2(
    inputs: dict[str, Float[Array, "_ d"]], targets: dict[str, Float[Array, "_ t"]]
) -> Float[Array, " t"]:
    points, mean, scale = standardized(inputs["train"])
    validation, test = ((inputs[part] - mean) / scale for part in ("validation", "test"))
    offset = jnp.mean(targets["train"], axis=0)
    few, few_targets = points[:TUNING_POINTS], targets["train"][:TUNING_POINTS] - offset
    bandwidths, ridges = (
        grid.reshape(-1)
        for grid in jnp.meshgrid(jnp.asarray(BANDWIDTHS), jnp.asarray(RIDGES), indexing="ij")
    )

    def validate(setting: tuple[Array, Array]) -> Float[Array, ""]:
        predicted = _predict(*setting, few, few_targets, validation)
        return jnp.mean(r2_score(targets["validation"], predicted + offset))

    best = jnp.argmax(jax.lax.map(validate, (bandwidths, ridges)))
    predicted = _predict(bandwidths[best], ridges[best], points, targets["train"] - offset, test)
    return r2_score(targets["test"], predicted + offset)


def _predict(
    bandwidth: Float[Array, ""],
    ridge: Float[Array, ""],
    points: Float[Array, "n d"],
    targets: Float[Array, "n t"],
    queries: Float[Array, "m d"],
) -> Float[Array, "m t"]:
    def kernel(left: Float[Array, "k d"], right: Float[Array, "n d"]) -> Float[Array, "k n"]:
        squares = jnp.sum(left**2, axis=1)[:, None] + jnp.sum(right**2, axis=1)[None, :]
        apart = jnp.maximum(squares - 2 * left @ right.T, 0.0)
        return jnp.exp(-apart / (2 * bandwidth**2 * points.shape[1]))

    gram = kernel(points, points) + ridge * jnp.eye(points.shape[0])
    weights = jax.scipy.linalg.cho_solve(jax.scipy.linalg.cho_factor(gram, lower=True), targets)
    return kernel(queries, points) @ weights
