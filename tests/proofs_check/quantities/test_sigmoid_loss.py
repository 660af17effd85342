"""The least sigmoid loss is what descent finds."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize
import scipy.special

from proofs_check import Pairs
from proofs_check.quantities.sigmoid_loss import least_sigmoid_loss
from scm.arguments import ArgumentError


def pairs_of(law):
    image, label = np.nonzero(law)
    return Pairs(image, label, law[image, label])


@pytest.mark.parametrize("K", [2, 64])
@pytest.mark.parametrize("seed", range(3))
def test_no_critic_has_less_and_descent_comes_to_it(K, seed):
    rng = np.random.default_rng(seed)
    law = rng.dirichlet(np.ones(12)).reshape(3, 4)
    chance = (K - 1) * np.outer(law.sum(1), law.sum(0))

    def loss(scores):
        s = scores.reshape(law.shape)
        return float(
            -np.sum(law * scipy.special.log_expit(s) + chance * scipy.special.log_expit(-s))
        )

    found = scipy.optimize.minimize(loss, np.zeros(law.size), options={"gtol": 1e-9})
    least = least_sigmoid_loss(pairs_of(law), K)
    # Of a minimum that is flat: the square of a gradient of 1e-7 over a curvature of 1e-3.
    assert found.fun == pytest.approx(least, abs=1e-9)


def test_independent_image_and_label_leave_the_entropy_of_the_label_of_a_pair():
    """Each of K meetings is a pair with probability 1 / K: K times the entropy of that."""
    K = 8
    law = np.outer([0.25, 0.75], [0.5, 0.5])
    wanted = K * (np.log(K) / K - (1 - 1 / K) * np.log(1 - 1 / K))
    assert least_sigmoid_loss(pairs_of(law), K) == pytest.approx(wanted, rel=1e-12)


def test_a_batch_of_one_pair_has_no_chance_meeting():
    with pytest.raises(ArgumentError, match="K: expected an integer of at least 2, got 1"):
        least_sigmoid_loss(pairs_of(np.ones((1, 1))), 1)
