"""Contrastive losses against their definitions, term by term and batch by batch."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.contrastive import (
    exact_loss,
    limit_infimum,
    limit_loss,
    optimal_loss,
    sampled_loss,
    separated_loss,
)
from scm.arguments import ArgumentError

SEEDS = st.integers(0, 2**32 - 1)

ROUNDING = 1e-12
"""Some thousand operations of eps each, on numbers below 10."""

DEVIATIONS = 5.0
"""A mean of batches strays so far with probability 6e-7 where it is normal. Tests of sampled losses
draw the same worlds each time: with rare pairs the error is not."""


def dense_law(counts, label):
    """p(x, q) as a table, without the code under test."""
    law = np.zeros((counts.shape[0], label.max() + 1))
    for x, _, y in np.argwhere(counts):
        law[x, label[y]] += counts[x, :, y].sum() / np.count_nonzero(counts[x, :, y])
    return law / counts.sum()


def limit_by_terms(law, scores):
    p_x, p_q = law.sum(axis=1), law.sum(axis=0)
    drawn = [(x, q) for x, q in np.argwhere(law)]
    total = -sum(law[x, q] * scores[x, q] for x, q in drawn)
    for x in np.flatnonzero(p_x):
        total += 0.5 * p_x[x] * math.log(sum(p_q * np.exp(scores[x])))
    for q in np.flatnonzero(p_q):
        total += 0.5 * p_q[q] * math.log(sum(p_x * np.exp(scores[:, q])))
    return total


def loss_by_batches(law, scores, size):
    """L_K by enumeration of all batches."""
    drawn = np.argwhere(law)
    total = 0.0
    for batch in itertools.product(drawn, repeat=size):
        chance = math.prod(law[x, q] for x, q in batch)
        x, q = batch[0]
        rows = sum(math.exp(scores[x, other]) for _, other in batch)
        columns = sum(math.exp(scores[other, q]) for other, _ in batch)
        total += chance * (0.5 * math.log(rows) + 0.5 * math.log(columns) - scores[x, q])
    return total


def best_critic(law):
    """Pointwise mutual information, -inf off the support."""
    best = np.full(law.shape, -np.inf)
    for x, q in np.argwhere(law):
        best[x, q] = math.log(law[x, q] / (law[x].sum() * law[:, q].sum()))
    return best


@pytest.fixture(scope="session")
def random_pairs(world_of_counts, random_counts):
    """Draw a law of image and label, as pairs and as a table."""

    def draw(seed):
        counts = random_counts(seed)
        label = np.random.default_rng(seed).integers(0, 4, counts.shape[2])
        return Pairs.of(world_of_counts(counts), label), dense_law(counts, label)

    return draw


@given(SEEDS)
@settings(max_examples=200)
def test_pairs_are_the_law_of_image_and_label(random_pairs, seed):
    pairs, law = random_pairs(seed)
    table = np.zeros_like(law)
    table[pairs.image, pairs.label] = pairs.probability
    np.testing.assert_allclose(table, law, rtol=0, atol=ROUNDING)
    assert len(pairs.probability) == np.count_nonzero(law)
    drawn = law[law.any(axis=1)][:, law.any(axis=0)]
    np.testing.assert_allclose(pairs.table(), drawn, rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(
        pairs.pointwise_information,
        best_critic(law)[pairs.image, pairs.label],
        rtol=0,
        atol=ROUNDING,
    )


@given(SEEDS)
@settings(max_examples=200)
def test_limit_loss_is_its_terms(random_pairs, seed):
    pairs, law = random_pairs(seed)
    scores = np.random.default_rng(seed).normal(scale=3, size=law.shape)
    assert limit_loss(pairs, scores) == pytest.approx(limit_by_terms(law, scores), abs=ROUNDING)
    support = np.where(law > 0, scores, -np.inf)
    expected = limit_by_terms(law, support)
    assert limit_loss(pairs, support) == pytest.approx(expected, abs=ROUNDING)
    on_pairs = scores[pairs.image, pairs.label]
    assert limit_loss(pairs, on_pairs) == pytest.approx(expected, abs=ROUNDING)


@given(SEEDS)
@settings(max_examples=200)
def test_pointwise_information_reaches_the_infimum_up_to_a_constant_a_component(random_pairs, seed):
    pairs, law = random_pairs(seed)
    rng = np.random.default_rng(seed)
    information = float(np.sum(law[law > 0] * best_critic(law)[law > 0]))
    assert limit_infimum(pairs) == pytest.approx(-information, abs=ROUNDING)
    constant = rng.normal(size=pairs.component.max() + 1)[pairs.component]
    best = pairs.pointwise_information + constant
    assert limit_loss(pairs, best) == pytest.approx(-information, abs=ROUNDING)
    other = pairs.pointwise_information + rng.normal(size=len(pairs.probability))
    assert limit_loss(pairs, other) >= -information - ROUNDING


@given(SEEDS, st.integers(1, 3))
@settings(max_examples=40, derandomize=True)
def test_optimal_loss_is_that_of_all_batches(random_pairs, seed, size):
    """Exact where image and label are independent in each component, within noise elsewhere."""
    pairs, law = random_pairs(seed)
    exact = loss_by_batches(law, best_critic(law), size)
    measured = optimal_loss(pairs, size, batches=500, seed=seed)
    if measured.standard_error is None:
        assert measured.value == pytest.approx(exact, abs=ROUNDING)
    else:
        reach = DEVIATIONS * measured.standard_error
        assert measured.value == pytest.approx(exact, abs=reach + ROUNDING)
    rng = np.random.default_rng(seed)
    other = best_critic(law) + rng.normal(scale=0.5, size=law.shape)
    assert loss_by_batches(law, other, size) >= exact - ROUNDING


@given(SEEDS, st.integers(1, 3))
@settings(max_examples=60)
def test_optimal_loss_is_exact_where_components_are_products(world_of_counts, seed, size):
    rng = np.random.default_rng(seed)
    image, label = ([0, *rng.integers(0, 3, 2)] for _ in range(2))
    product = np.outer(rng.integers(1, 4, 3), rng.integers(1, 4, 3))
    counts = np.equal.outer(image, label) * product
    measured = optimal_loss(Pairs.of(world_of_counts(counts[:, None])), size, batches=2, seed=seed)
    law = counts / counts.sum()
    assert measured.interval is None
    assert measured.value == pytest.approx(
        loss_by_batches(law, best_critic(law), size), abs=ROUNDING
    )


def test_an_exact_loss_needs_components_that_are_products(world_of_counts):
    pairs = Pairs.of(world_of_counts(np.array([[1, 1], [0, 1]])[:, None]))
    with pytest.raises(ArgumentError, match="pairs: expected a law under which image and label"):
        exact_loss(pairs, 2)


def test_loss_of_equiprobable_classes():
    """K = 2: the other pair is of the same class with probability 1/N."""
    assert separated_loss(np.full(8, 1 / 8), 2) == pytest.approx(math.log(2) / 8, abs=1e-15)
    assert separated_loss(np.ones(1), 64) == pytest.approx(math.log(64), abs=1e-14)


@given(SEEDS, st.integers(1, 3))
@settings(max_examples=30, derandomize=True)
def test_sampled_loss_is_that_of_all_batches(random_pairs, seed, size):
    pairs, law = random_pairs(seed)
    scores = np.random.default_rng(seed).normal(size=law.shape)
    measured = sampled_loss(pairs, scores, size, batches=500, seed=seed)
    exact = loss_by_batches(law, scores, size)
    assert measured.standard_error is not None
    assert abs(measured.value - exact) <= DEVIATIONS * measured.standard_error + ROUNDING


def test_critics_are_compared_on_the_same_batches(random_pairs):
    pairs, law = random_pairs(3)
    scores = np.random.default_rng(0).normal(size=law.shape)
    losses = [
        sampled_loss(pairs, table, 16, batches=20, seed=1) for table in (scores, scores + 2.0)
    ]
    assert losses[0].value == pytest.approx(losses[1].value, abs=ROUNDING)
    other = sampled_loss(pairs, scores, 16, batches=20, seed=2)
    assert other.value != losses[0].value


def test_a_constant_critic_pays_log_k(random_pairs):
    pairs, law = random_pairs(3)
    measured = sampled_loss(pairs, np.zeros(law.shape), 16, batches=4, seed=1)
    assert measured.value == pytest.approx(math.log(16), abs=ROUNDING)
    assert limit_loss(pairs, np.zeros(law.shape)) == pytest.approx(0.0, abs=ROUNDING)


@pytest.mark.parametrize(
    ("K", "batches", "text"),
    [(0, 2, "K: expected an integer of at least 1"), (2, 1, "batches: expected an integer of at")],
)
def test_batches_that_are_none_are_refused(random_pairs, K, batches, text):
    pairs, law = random_pairs(3)
    with pytest.raises(ArgumentError, match=text):
        sampled_loss(pairs, np.zeros(law.shape), K, batches=batches, seed=0)
