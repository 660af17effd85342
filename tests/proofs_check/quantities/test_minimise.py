"""The numerical minimum against its certificate, and against the information it should be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import rel_entr

from proofs_check.quantities.minimise import (
    dual_bound,
    limit_loss_and_gradient,
    minimise_limit_loss,
)
from scm.arguments import ArgumentError

SEEDS = st.integers(0, 2**32 - 1)

GAP = 1e-12
ROUNDING = 1e-14


def random_law(seed):
    rng = np.random.default_rng(seed)
    law = rng.dirichlet(np.ones(12)).reshape(3, 4) + 0.01
    return law / law.sum()


def information_of(law):
    return rel_entr(law, np.outer(law.sum(axis=1), law.sum(axis=0))).sum()


@given(SEEDS)
@settings(max_examples=25)
def test_the_minimum_is_minus_the_information(seed):
    law = random_law(seed)
    minimum = minimise_limit_loss(law)
    information = information_of(law)
    assert -ROUNDING <= minimum.gap <= GAP
    assert minimum.value == pytest.approx(-information, abs=GAP)
    assert minimum.bound <= -information + ROUNDING


@given(SEEDS, st.floats(0.01, 100))
@settings(max_examples=100)
def test_any_critic_gives_a_bound_that_is_tight_at_the_best_one(seed, scale):
    law = random_law(seed)
    best = np.log(law / np.outer(law.sum(axis=1), law.sum(axis=0)))
    other = best + scale * np.random.default_rng(seed).normal(size=law.shape)
    assert dual_bound(law, best) == pytest.approx(-information_of(law), abs=ROUNDING)
    assert dual_bound(law, other) < -information_of(law)


@given(SEEDS, st.integers(0, 2))
@settings(max_examples=25)
def test_negatives_and_zeros_leave_a_bound_that_is_tight(seed, zeros):
    """The gap knows of neither formula; half of E log(1 + n / p) is what negatives add."""
    law = random_law(seed)
    law[range(zeros), range(zeros)] = 0
    law /= law.sum()
    negatives = np.random.default_rng(seed).uniform(0, 2, 4) * [1, 1, 1, 0]
    minimum = minimise_limit_loss(law, negatives=negatives)
    assert -ROUNDING <= minimum.gap <= GAP
    b = law.sum(axis=0)
    expected = 0.5 * b @ np.log1p(negatives / b) - information_of(law)
    assert minimum.value == pytest.approx(expected, abs=GAP)
    assert np.array_equal(np.isneginf(minimum.scores), law == 0)


def test_scores_where_nothing_is_drawn_only_raise_the_loss():
    """So that the infimum over finite critics is that over critics that are -inf there."""
    law = np.array([[0.5, 0.25], [0.0, 0.25]])
    negatives = np.array([1.0, 0.0])
    best = minimise_limit_loss(law, negatives=negatives).scores
    losses = [
        limit_loss_and_gradient(law, np.where(law > 0, best, low), negatives)[0]
        for low in (-np.inf, -60.0, -5.0, 0.0)
    ]
    assert losses[1] - losses[0] <= GAP
    assert losses[0] <= losses[1] < losses[2] < losses[3]


def test_independent_image_and_label_say_nothing():
    assert minimise_limit_loss(np.full((2, 3), 1 / 6)).value == pytest.approx(0, abs=GAP)


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (
            np.array([[0.5, 0.5], [0.0, 0.0]]),
            "law: expected images and labels that are all drawn, got 'probability 0.0'",
        ),
        (np.array([[0.7, -0.1], [0.2, 0.2]]), r"law: expected numbers in \[0, 1\], got -0.1"),
        (np.full((2, 2), 0.3), "law: expected numbers with sum 1, got 1.2"),
        (np.array([0.5, 0.5]), r"law: expected a table of images and labels, got \(2,\)"),
    ],
)
@pytest.mark.usefixtures("as_users_run")
def test_tables_that_are_no_law_are_refused(law, text):
    with pytest.raises(ArgumentError, match=text):
        minimise_limit_loss(law)
