"""The numerical minimum against its certificate, and against the information it should be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import rel_entr

from proofs_check.quantities.minimise import dual_bound, minimise_limit_loss
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
