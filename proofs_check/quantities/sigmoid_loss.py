"""The least sigmoid loss of any critic."""

from __future__ import annotations

import numpy as np

from proofs_check.finite.pairs import Pairs
from scm.arguments import require_integer


def least_sigmoid_loss(pairs: Pairs, K: int) -> float:
    """The sigmoid loss of the best critic in batches of K independent pairs, in nats a pair.

    A pair of image and label comes with p(x, q) as a pair and (K - 1) p(x) p(q) times as a chance
    meeting. Each cell is a logistic regression of its own, least at ``s = PMI - log(K - 1)``, where
    it costs ``p log(1 + e^-s) + (K - 1) p(x) p(q) log(1 + e^s)``: all told
    ``E[log(1 + e^-s) + e^-s log(1 + e^s)]`` over pairs. What never is a pair costs nothing.

    Args:
        pairs: the law of image and label.
        K: pairs in a batch, at least 2.

    Raises:
        ArgumentError: if K is too small.
    """
    require_integer("K", K, 2)
    best = pairs.pointwise_information - np.log(K - 1)
    cost = np.logaddexp(0.0, -best) + np.exp(-best) * np.logaddexp(0.0, best)
    return float(pairs.probability @ cost)
