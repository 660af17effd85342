"""Kernel ridge regression with a Gaussian kernel: the probe that gates."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int
from threadpoolctl import threadpool_limits

from experiments.objectives import squared_distances
from experiments.probes.r2 import r2_score, standardized
from scm.arguments import require

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
    return _fit_and_score(r2_score, inputs, targets)


def kernel_ridge_accuracy(
    inputs: dict[str, Float[Array, "_ d"]], classes: dict[str, Int[Array, " _"]], n_classes: int
) -> Float[Array, ""]:
    """The fraction of a fresh sample's classes that kernel ridge regression tells.

    It regresses on a column for each class, 1 in that class and 0 elsewhere, just as
    `kernel_ridge_r2`, and tells the class of the largest.

    Args:
        inputs: under ``train``, ``validation`` and ``test``, one row a point.
        classes: likewise, the class of each point, in [0, n_classes); what has no class, such as a
            concept that a scene lacks, needs a class of its own.
        n_classes: number of classes.

    Raises:
        ArgumentError: if a class is not in [0, n_classes).
    """
    for those in classes.values():
        wrong = those[(those < 0) | (those >= n_classes)]
        expected = f"integers in [0, {n_classes})"
        require(wrong.size == 0, "classes", expected, wrong[:1].tolist())
    columns = {part: jax.nn.one_hot(those, n_classes) for part, those in classes.items()}
    return _fit_and_score(_accuracy, inputs, columns)


Score = Callable[[Float[Array, "n t"], Float[Array, "n t"]], Float[Array, "*score"]]


def _accuracy(target: Float[Array, "n t"], predicted: Float[Array, "n t"]) -> Float[Array, ""]:
    return jnp.mean(jnp.argmax(target, axis=1) == jnp.argmax(predicted, axis=1))


def _fit_and_score(
    score: Score,
    inputs: dict[str, Float[Array, "_ d"]],
    targets: dict[str, Float[Array, "_ t"]],
) -> Float[Array, "*score"]:
    # Two thread pools on the same cores, XLA's and LAPACK's, slow each other fortyfold.
    with jax.enable_x64(True), threadpool_limits(1, user_api="blas"):
        wide = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), (inputs, targets))
        return jnp.asarray(_score_of_best(score, *wide), jnp.float32).block_until_ready()


@partial(jax.jit, static_argnums=0)
def _score_of_best(
    score: Score,
    inputs: dict[str, Float[Array, "_ d"]],
    targets: dict[str, Float[Array, "_ t"]],
) -> Float[Array, "*score"]:
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
    return score(targets["test"], predicted + offset)


def _predict(
    bandwidth: Float[Array, ""],
    ridge: Float[Array, ""],
    points: Float[Array, "n d"],
    targets: Float[Array, "n t"],
    queries: Float[Array, "m d"],
) -> Float[Array, "m t"]:
    def kernel(left: Float[Array, "k d"], right: Float[Array, "n d"]) -> Float[Array, "k n"]:
        return jnp.exp(-squared_distances(left, right) / (2 * bandwidth**2 * points.shape[1]))

    gram = kernel(points, points) + ridge * jnp.eye(points.shape[0])
    weights = jax.scipy.linalg.cho_solve(jax.scipy.linalg.cho_factor(gram, lower=True), targets)
    return kernel(queries, points) @ weights
