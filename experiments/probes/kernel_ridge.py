"""Kernel ridge regression with a Gaussian kernel: the probe that gates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int
from threadpoolctl import ThreadpoolController

from experiments.objectives import squared_distances
from experiments.probes.one_hot import one_hot
from experiments.probes.r2 import (
    Sample,
    r2_score,
    shared_columns,
    standardized,
    with_shared_columns,
)
from scm.arguments import require
from scm.compiler import quickly

BANDWIDTHS = (0.5, 1.0, 2.0, 4.0)
"""Bandwidths tried, as multiples of the square root of the number of inputs (standardised)."""

RIDGES = (1e-4, 1e-2, 1.0, 100.0)
"""Ridge penalties tried."""

TUNING_POINTS = 512
"""Points that a pair of bandwidth and ridge is fitted on while tuning."""

Classes = Int[Array | np.ndarray, "_ concepts"]
"""The class that each point has by each concept."""

Widths = tuple[int, ...]
"""Numbers of columns of blocks, in order."""


def kernel_ridge_r2(
    inputs: Sample, targets: Sample, widths: Widths | None = None
) -> Float[np.ndarray, " t"]:
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
    scores, _ = _fit_and_score(inputs, targets, widths)
    return scores.astype(np.float32)


def kernel_ridge_accuracy(
    inputs: Sample, classes: Mapping[str, Classes], n_classes: tuple[int, ...]
) -> Float[np.ndarray, " concepts"]:
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
    columns = {part: one_hot(those, n_classes) for part, those in classes.items()}
    _, predicted = _fit_and_score(inputs, columns, n_classes)
    blocks = np.split(predicted, np.cumsum(n_classes)[:-1], axis=1)
    told = np.stack([np.argmax(block, axis=1) for block in blocks], axis=1)
    return np.mean(told == np.asarray(classes["test"]), axis=0)


def _fit_and_score(
    inputs: Sample, targets: Sample, widths: Widths
) -> tuple[Float[np.ndarray, " t"], Float[np.ndarray, "m t"]]:
    """R^2 on the test sample, and what is predicted of it."""
    size, columns = inputs["train"].shape[1], sum(widths)
    of_column = np.repeat(np.arange(len(widths)), widths)
    padded = shared_columns(columns)
    # Two thread pools on the same cores, XLA's and LAPACK's, slow each other fortyfold.
    with jax.enable_x64(True), _thread_pools().limit(limits=1, user_api="blas"):
        scores, predicted = _score_of_best(
            with_shared_columns(inputs, np.float64),
            with_shared_columns(targets, np.float64),
            np.float64(size),
            np.pad(of_column, (0, padded - columns)),
            np.pad(np.array(widths, float), (0, padded - len(widths)), constant_values=1),
        )
        return np.asarray(scores)[:columns], np.asarray(predicted)[:, :columns]


@cache
def _thread_pools() -> ThreadpoolController:
    """Those of the libraries there are; to look for them takes as long as a small fit."""
    return ThreadpoolController()


@partial(jax.jit, compiler_options=quickly())
def _score_of_best(
    inputs: dict[str, Float[Array, "_ d"]],
    targets: dict[str, Float[Array, "_ t"]],
    size: Float[Array, ""],
    of_column: Int[Array, " t"],
    widths: Float[Array, " t"],
) -> tuple[Float[Array, " t"], Float[Array, "m t"]]:
    """R^2 on the test sample, and what is predicted of it; see `kernel_ridge_r2`.

    Args:
        inputs: of each part of the sample, with columns of zeros at the end.
        targets: likewise; what does not vary scores 0.
        size: the number of the inputs' own columns.
        of_column: the block of each column; 0 for columns of zeros.
        widths: numbers of columns of the blocks, and 1 up to as many as there are columns.
    """
    points, mean, scale = standardized(inputs["train"])
    validation, test = ((inputs[part] - mean) / scale for part in ("validation", "test"))
    offset = jnp.mean(targets["train"], axis=0)
    centred = targets["train"] - offset
    few, few_targets = points[:TUNING_POINTS], centred[:TUNING_POINTS]
    bandwidths, ridges = jnp.asarray(BANDWIDTHS), jnp.asarray(RIDGES)

    def kernel(
        bandwidth: Array, left: Float[Array, "k d"], right: Float[Array, "n d"]
    ) -> Float[Array, "k n"]:
        return jnp.exp(-squared_distances(left, right) / (2 * bandwidth**2 * size))

    def validate(bandwidth: Array) -> Float[Array, "ridges t"]:
        gram, across = (kernel(bandwidth, left, few) for left in (few, validation))

        def of_ridge(ridge: Array) -> Float[Array, " t"]:
            predicted = across @ _weights(gram, ridge, few_targets)
            scores = r2_score(targets["validation"], predicted + offset)
            return jax.ops.segment_sum(scores, of_column, scores.shape[0]) / widths

        return jax.lax.map(of_ridge, ridges)

    tuned = jax.lax.map(validate, bandwidths).reshape(-1, widths.shape[0])
    best = jnp.argmax(tuned, axis=0)[of_column]

    def fit(index: Array) -> Float[Array, "m t"]:
        bandwidth, ridge = bandwidths[index // len(RIDGES)], ridges[index % len(RIDGES)]
        weights = _weights(kernel(bandwidth, points, points), ridge, centred)
        return kernel(bandwidth, test, points) @ weights

    def fit_if_best(index: Array, predicted: Float[Array, "m t"]) -> Float[Array, "m t"]:
        def fitted() -> Float[Array, "m t"]:
            return jnp.where(best == index, fit(index), predicted)

        return jax.lax.cond(jnp.any(best == index), fitted, lambda: predicted)

    predicted = jax.lax.fori_loop(0, tuned.shape[0], fit_if_best, jnp.zeros_like(targets["test"]))
    predicted += offset
    return r2_score(targets["test"], predicted), predicted


def _weights(
    gram: Float[Array, "n n"], ridge: Float[Array, ""], targets: Float[Array, "n t"]
) -> Float[Array, "n t"]:
    factor = jax.scipy.linalg.cho_factor(gram + ridge * jnp.eye(gram.shape[0]), lower=True)
    return jax.scipy.linalg.cho_solve(factor, targets)
