r"""Contrastive losses of finite worlds, and their optima over all critics.

.. math:: L_K = -\tfrac12 \mathbb E\Big[\log\frac{e^{s(x_1,q_1)}}{\sum_j e^{s(x_1,q_j)}}
    + \log\frac{e^{s(x_1,q_1)}}{\sum_j e^{s(x_j,q_1)}}\Big]

over K independent pairs; L_inf is the limit of L_K - log K. A critic is a table of scores s(x, q)
over images and labels of captions, the captions themselves among them. All is in nats.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy
from jaxtyping import Float, Int

from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.binomial import binomial_mean
from proofs_check.quantities.estimate import Estimate
from scm.arguments import require, require_integer

Scores = Float[np.ndarray, "images labels"] | Float[np.ndarray, " pairs"]
"""A critic: all scores, or those of the pairs that are drawn, where all others are -inf."""


Critic = Callable[[Int[np.ndarray, " K"], Int[np.ndarray, " K"]], Float[np.ndarray, "K K"]]
"""The scores of each image of a batch with each label of it."""


def limit_loss(pairs: Pairs, scores: Scores) -> float:
    r"""L_inf of a critic.

    .. math:: -\mathbb E\, s(x,q) + \tfrac12 \mathbb E_x \log \mathbb E_{q'} e^{s(x,q')}
        + \tfrac12 \mathbb E_q \log \mathbb E_{x'} e^{s(x',q)}

    Args:
        pairs: the law of image and label.
        scores: s, above -inf where a pair is drawn.
    """
    image, x = np.unique(pairs.image, return_inverse=True)
    label, q = np.unique(pairs.label, return_inverse=True)
    if scores.ndim == 1:
        drawn, rows, columns, table = scores, x, q, scores
    else:
        drawn = scores[pairs.image, pairs.label]
        rows, columns = np.indices((len(image), len(label))).reshape(2, -1)
        table = scores[image[rows], label[columns]]
    p_x, p_q = np.bincount(x, pairs.probability), np.bincount(q, pairs.probability)
    over_labels = _log_sums(table + np.log(p_q)[columns], rows)
    over_images = _log_sums(table + np.log(p_x)[rows], columns)
    return float(0.5 * (p_x @ over_labels + p_q @ over_images) - pairs.probability @ drawn)


def limit_infimum(pairs: Pairs) -> float:
    """The infimum of L_inf over all critics, -I(X; Q)."""
    return -pairs.information


def exact_loss(pairs: Pairs, K: int) -> float:
    """L_K of the best critic where image and label are independent given their component C.

    It is E_C log(1 + Bin(K - 1, P(C))).

    Args:
        pairs: such a law of image and label.
        K: pairs in a batch, at least 1.

    Raises:
        ArgumentError: if K is too small, or the law is not such.
    """
    require_integer("K", K, 1)
    expected = "a law under which image and label are independent given their component"
    require(pairs.is_separated, "pairs", expected, pairs)
    return separated_loss(np.bincount(pairs.component, pairs.probability), K)


def optimal_loss(pairs: Pairs, K: int, *, batches: int, seed: int) -> Estimate:
    """L_K of the best critic, which is the pointwise mutual information at every K.

    The `exact_loss` where there is one; sampled elsewhere.

    Args:
        pairs: the law of image and label.
        K: pairs in a batch, at least 1.
        batches: how many batches are drawn where the loss is sampled, at least 2.
        seed: of the draws.

    Raises:
        ArgumentError: if K is too small, or ``batches`` where batches are drawn.
    """
    if pairs.is_separated:
        return Estimate(exact_loss(pairs, K))
    # Above 0, which stands for pairs that are never drawn; densities themselves might overflow.
    least = pairs.pointwise_information.min() - 1.0
    table = scipy.sparse.csr_array(
        (pairs.pointwise_information - least, (pairs.image, pairs.label))
    )

    def critic(image: Int[np.ndarray, " K"], label: Int[np.ndarray, " K"]):
        above = table[image][:, label].toarray()
        return np.where(above > 0, above + least, -np.inf)

    return _sampled(pairs, critic, K, batches, seed)


def separated_loss(classes: Float[np.ndarray, " classes"], K: int) -> float:
    """L_K of a critic that tells classes of pairs apart, and no more: E_C log(1 + Bin(K-1, P(C))).

    Args:
        classes: their probabilities.
        K: pairs in a batch, at least 1.
    """
    return float(classes @ binomial_mean(np.log(np.arange(1.0, K + 1)), classes))


def sampled_loss(
    pairs: Pairs, scores: Float[np.ndarray, "images labels"], K: int, *, batches: int, seed: int
) -> Estimate:
    """L_K of a critic from draws of batches.

    One law of pairs, K, number of batches and seed draw the same batches, so that critics can be
    compared batch by batch.

    Args:
        pairs: the law of image and label.
        scores: s, above -inf where a pair is drawn.
        K: pairs in a batch, at least 1.
        batches: how many are drawn, at least 2.
        seed: of the draws.

    Raises:
        ArgumentError: if K or ``batches`` is too small.
    """
    return _sampled(pairs, lambda image, label: scores[image[:, None], label], K, batches, seed)


def _sampled(
    pairs: Pairs,
    critic: Critic,
    K: int,
    batches: int,
    seed: int,
) -> Estimate:
    require_integer("K", K, 1)
    require_integer("batches", batches, 2)
    rng = np.random.default_rng(seed)
    below = np.cumsum(pairs.probability)
    losses = np.empty(batches)
    for batch in range(batches):
        drawn = np.searchsorted(below[:-1], rng.random(K) * below[-1], side="right")
        scores = critic(pairs.image[drawn], pairs.label[drawn])
        denominators = _log_sum(scores) + _log_sum(scores.T)
        losses[batch] = np.mean(0.5 * denominators - np.diagonal(scores))
    return Estimate.of_mean(losses)


def _log_sum(scores: Float[np.ndarray, "K K"]) -> Float[np.ndarray, " K"]:
    top = scores.max(axis=1)
    return top + np.log(np.exp(scores - top[:, None]).sum(axis=1))


def _log_sums(
    exponents: Float[np.ndarray, " terms"], group: Int[np.ndarray, " terms"]
) -> Float[np.ndarray, " groups"]:
    """Logarithm of the sum of exp(exponents) in each group, none of them empty or all -inf."""
    top = np.full(group.max() + 1, -np.inf)
    np.maximum.at(top, group, exponents)
    return top + np.log(np.bincount(group, np.exp(exponents - top[group])))
