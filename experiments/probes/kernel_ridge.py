"""Kernel ridge regression with a Gaussian kernel: the probe that gates."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int
from threadpoolctl import threadpool_limits

from experiments.objectives import squared_distances
from experiments.probes.one_hot import one_hot
from experiments.probes.r2 import r2_score, standardized
from scm.arguments import require

BANDWIDTHS = (0.5, 1.0, 2.0, 4.0)
"""Bandwidths tried, as multiples of the square root of the number of inputs (standardised)."""

RIDGES = (1e-4, 1e-2, 1.0, 100.0)
"""Ridge penalties tried."""

TUNING_POINTS = 512
"""Points that a pair of bandwidth and ridge is fitted on while tuning."""

Widths = tuple[int, ...]
"""Numbers of columns of blocks, in order."""


def kernel_ridge_r2(
    inputs: dict[str, Float[Array, "_ d"]],
    targets: dict[str, Float[Array, "_ t"]],
    widths: Widths | None = None,
) -> Float[Array, " t"]:
    r"""R^2 per target coordinate of kernel ridge regression on a fresh sample.

    .. math:: \hat y(x) = k(x)^T (K + \lambda I)^{-1} Y, \qquad
        k(x, x') = e^{-|x - x'|^2 / (2 \sigma^2 d)}

    sigma and lambda are those of the best mean R^2 on the validation sample after a fit on
    `TUNING_POINTS` of the training sample; the score is of a fit on all of it. Blocks of targets
    have each their own; what they share of the work is done once.

    Args:
        inputs: under ``train``, ``validation`` and ``test``, one row a point.
        targets: likewise. A column without variance scores 0.
        widths: numbers of columns of the blocks of targets, all at least 1, in order; by default
            all are one block.
    """
    widths = (targets["train"].shape[1],) if widths is None else widths
    return _fit_and_score(r2_score, widths, inputs, targets)


def kernel_ridge_accuracy(
    inputs: dict[str, Float[Array, "_ d"]],
    classes: dict[str, Int[Array, "_ concepts"]],
    n_classes: tuple[int, ...],
) -> Float[Array, " concepts"]:
    """The fraction of a fresh sample whose class kernel ridge regression tells, of each concept.

    It regresses on a column for each class, 1 in that class and 0 elsewhere, just as
    `kernel_ridge_r2` on a block for each concept, and tells the class of the largest.

    Args:
        inputs: under ``train``, ``validation`` and ``test``, one row a point.
        classes: likewise, the class that a point has by each concept, in [0, n) of its n; what has
            no class, such as a concept that a scene lacks, needs a class of its own.
        n_classes: number of classes of each concept.

    Raises:
        ArgumentError: if a class is not in its range.
    """
    for those in map(np.asarray, classes.values()):
        for of_concept, n in zip(those.T, n_classes, strict=True):
            wrong = of_concept[(of_concept < 0) | (of_concept >= n)]
            require(wrong.size == 0, "classes", f"integers in [0, {n})", wrong[:1].tolist())
    columns = {part: jnp.asarray(one_hot(those, n_classes)) for part, those in classes.items()}
    return _fit_and_score(_accuracy, n_classes, inputs, columns)


Score = Callable[[Float[Array, "n t"], Float[Array, "n t"]], Float[Array, "*score"]]
"""Of the targets of a block and what is predicted."""


def _accuracy(target: Float[Array, "n t"], predicted: Float[Array, "n t"]) -> Float[Array, ""]:
    return jnp.mean(jnp.argmax(target, axis=1) == jnp.argmax(predicted, axis=1))


def _fit_and_score(
    score: Score,
    widths: Widths,
    inputs: dict[str, Float[Array, "_ d"]],
    targets: dict[str, Float[Array, "_ t"]],
) -> Float[Array, " scores"]:
    # Two thread pools on the same cores, XLA's and LAPACK's, slow each other fortyfold.
    with jax.enable_x64(True), threadpool_limits(1, user_api="blas"):
        return _score_of_best(score, widths, inputs, targets).block_until_ready()


@partial(jax.jit, static_argnums=(0, 1))
def _score_of_best(
    score: Score,
    widths: Widths,
    inputs: dict[str, Float[Array, "_ d"]],
    targets: dict[str, Float[Array, "_ t"]],
) -> Float[Array, " scores"]:
    inputs, targets = jax.tree.map(lambda leaf: leaf.astype(jnp.float64), (inputs, targets))
    points, mean, scale = standardized(inputs["train"])
    validation, test = ((inputs[part] - mean) / scale for part in ("validation", "test"))
    offset = jnp.mean(targets["train"], axis=0)
    centred = targets["train"] - offset
    few, few_targets = points[:TUNING_POINTS], centred[:TUNING_POINTS]
    bandwidths, ridges = jnp.asarray(BANDWIDTHS), jnp.asarray(RIDGES)
    of_column = np.repeat(np.arange(len(widths)), widths)

    def validate(bandwidth: Array) -> Float[Array, "ridges blocks"]:
        gram, across = (_kernel(bandwidth, left, few) for left in (few, validation))

        def of_ridge(ridge: Array) -> Float[Array, " blocks"]:
            predicted = across @ _weights(gram, ridge, few_targets)
            scores = r2_score(targets["validation"], predicted + offset)
            return jax.ops.segment_sum(scores, of_column, len(widths)) / np.asarray(widths, float)

        return jax.lax.map(of_ridge, ridges)

    tuned = jax.lax.map(validate, bandwidths).reshape(-1, len(widths))
    best = jnp.argmax(tuned, axis=0)[of_column]

    def fit(index: Array) -> Float[Array, "m t"]:
        bandwidth, ridge = bandwidths[index // len(RIDGES)], ridges[index % len(RIDGES)]
        weights = _weights(_kernel(bandwidth, points, points), ridge, centred)
        return _kernel(bandwidth, test, points) @ weights

    def fit_if_best(index: Array, predicted: Float[Array, "m t"]) -> Float[Array, "m t"]:
        def fitted() -> Float[Array, "m t"]:
            return jnp.where(best == index, fit(index), predicted)

        return jax.lax.cond(jnp.any(best == index), fitted, lambda: predicted)

    predicted = jax.lax.fori_loop(0, tuned.shape[0], fit_if_best, jnp.zeros_like(targets["test"]))
    ends = np.cumsum(widths)[:-1]
    blocks = (jnp.split(all_, ends, axis=1) for all_ in (targets["test"], predicted + offset))
    scores = [jnp.atleast_1d(score(*block)) for block in zip(*blocks, strict=True)]
    return jnp.concatenate(scores).astype(jnp.float32)


def _kernel(
    bandwidth: Float[Array, ""], left: Float[Array, "k d"], right: Float[Array, "n d"]
) -> Float[Array, "k n"]:
    return jnp.exp(-squared_distances(left, right) / (2 * bandwidth**2 * right.shape[1]))


def _weights(
    gram: Float[Array, "n n"], ridge: Float[Array, ""], targets: Float[Array, "n t"]
) -> Float[Array, "n t"]:
    factor = jax.scipy.linalg.cho_factor(gram + ridge * jnp.eye(gram.shape[0]), lower=True)
    return jax.scipy.linalg.cho_solve(factor, targets)
