"""Surcharges of hard negatives: against spelled-out batches, draws, and the theory's numbers."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check import FiniteWorld
from proofs_check.finite.negatives import all_batches, drawn_batches, negatives_of
from proofs_check.quantities.hard_negative_loss import (
    blind_own_surcharges,
    losses,
    losses_with_negatives,
)
from proofs_check.quantities.surcharge import (
    blind_own_surcharge,
    blind_shared_surcharge,
    caption_law,
    separated_surcharge,
)
from proofs_check.strategies import finite_worlds
from scm.arguments import ArgumentError
from scm.operators.orbits import Edges

ROUNDING = 1e-12
"""Hundreds of operations of eps each, on numbers below 30."""

SEEDS = st.integers(0, 2**32 - 1)


def spelled_out(scores, image, caption, negatives, seen):
    """The loss of one batch, term by term; ``seen(i)`` are those whose negatives image i sees."""
    total = 0.0
    pairs = range(len(image))
    for i in pairs:
        own = math.exp(scores[image[i], caption[i]])
        texts = [caption[j] for j in pairs]
        texts += [further for j in seen(i) for further in negatives[caption[j]]]
        over_texts = sum(math.exp(scores[image[i], y]) for y in texts)
        over_images = sum(math.exp(scores[image[j], caption[i]]) for j in pairs)
        total -= 0.5 * (math.log(own / over_texts) + math.log(own / over_images))
    return total / len(image)


@given(SEEDS, st.integers(1, 4), st.integers(0, 3))
@settings(max_examples=100)
def test_losses_are_their_definition(seed, K, M):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(3, 5))
    negatives = rng.integers(0, 5, (5, M))
    image, caption = rng.integers(0, 3, (2, K)), rng.integers(0, 5, (2, K))
    own, shared = (
        losses_with_negatives(scores, image, caption, negatives, shared=shared)
        for shared in (False, True)
    )
    bare = losses(scores, image, caption)
    for batch in range(2):
        x, y = image[batch], caption[batch]
        for found, seen in (
            (bare, lambda _: []),
            (own, lambda i: [i]),
            (shared, lambda _: range(K)),
        ):
            expected = spelled_out(scores, x, y, negatives, seen)
            assert found[batch] == pytest.approx(expected, abs=ROUNDING)


@given(SEEDS, st.integers(1, 6), st.integers(1, 4))
@settings(max_examples=200)
def test_any_blind_encoder_pays_what_the_formulas_say(seed, K, M):
    rng = np.random.default_rng(seed)
    orbit = rng.integers(0, 3, 8)
    scores = 5 * rng.normal(size=(4, 3))[:, orbit]
    negatives = np.array([rng.choice(np.flatnonzero(orbit == o), M) for o in orbit])
    image, caption = rng.integers(0, 4, (5, K)), rng.integers(0, 8, (5, K))
    bare = losses(scores, image, caption)
    shared, own = (
        losses_with_negatives(scores, image, caption, negatives, shared=shared) - bare
        for shared in (True, False)
    )
    assert shared == pytest.approx(blind_shared_surcharge(M), abs=ROUNDING)
    np.testing.assert_allclose(
        own, blind_own_surcharges(scores, image, caption, M), rtol=0, atol=ROUNDING
    )


@pytest.mark.parametrize(("K", "expected"), [(256, 0.232), (4096, 0.028)])
def test_own_negatives_cost_what_the_theory_says(K, expected):
    classes = np.full(240, 1 / 240)
    assert round(blind_own_surcharge(classes, 1, K), 3) == expected


def test_own_negatives_cost_what_draws_say():
    """Six standard errors of a mean of 20,000."""
    rng = np.random.default_rng(0)
    classes = np.array([0.5, 0.3, 0.2])
    which = rng.choice(3, 20_000, p=classes)
    others = rng.binomial(63, classes[which])
    draws = 0.5 * np.log((1 + 2 + others) / (1 + others))
    error = 6 * draws.std() / math.sqrt(len(draws))
    assert blind_own_surcharge(classes, 2, 64) == pytest.approx(draws.mean(), abs=error)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(1, 4), st.integers(0, 3))
@settings(max_examples=100)
def test_own_negatives_cost_what_all_batches_say(weights, K, M):
    classes = np.array(weights) / sum(weights)
    total = 0.0
    for batch in product(range(len(classes)), repeat=K):
        others = batch.count(batch[0]) - 1
        chance = math.prod(classes[c] for c in batch)
        total += 0.5 * chance * math.log((1 + M + others) / (1 + others))
    assert blind_own_surcharge(classes, M, K) == pytest.approx(total, abs=ROUNDING)


def test_own_negatives_cost_less_and_less_and_shared_do_not():
    classes = np.full(240, 1 / 240)
    own = [blind_own_surcharge(classes, 3, K) for K in (1, 4, 16, 64, 256, 1024, 4096)]
    assert own[0] == pytest.approx(blind_shared_surcharge(3), abs=ROUNDING)
    assert np.all(np.diff(own) < 0)


def orders_of(pairs):
    """Pairs of scenes, all equiprobable, with a caption each."""
    n = 2 * pairs
    return FiniteWorld.from_tables(np.full(n, 1 / n), np.arange(n), np.ones(n), {})


def every_order(pairs):
    """The hard negatives of `orders_of`: the other of the pair."""
    other = np.arange(2 * pairs) ^ 1
    return other[:, None]


@given(finite_worlds(), SEEDS, st.integers(1, 3), st.integers(1, 3), st.booleans())
@settings(max_examples=200)
def test_separated_encoders_pay_what_all_batches_say(world, seed, K, M, shared):
    """Whatever the encoder tells apart and its negatives are."""
    rng = np.random.default_rng(seed)
    code = rng.integers(0, 4, world.scenes)[world.said]
    code[~world.support] = rng.integers(-1, 4, int(np.sum(~world.support)))
    negatives = rng.integers(0, world.captions, (world.captions, M))
    law = caption_law(world)
    drawn = np.flatnonzero(law)
    total = 0.0
    for batch in product(drawn, repeat=K):
        mine = code[batch[0]]
        texts = sum(code[y] == mine for y in batch)
        seen = batch if shared else batch[:1]
        further = sum(code[z] == mine for y in seen for z in negatives[y])
        total += 0.5 * math.prod(law[y] for y in batch) * math.log((texts + further) / texts)
    found = separated_surcharge(world, code, negatives, K, shared=shared)
    assert found == pytest.approx(total, abs=ROUNDING)


def test_the_true_optimum_pays_for_shared_negatives_that_are_true_elsewhere():
    """Every order of 240 pairs at K = 256: 0.136, near the 0.135 that a prototype measured."""
    world = orders_of(240)
    pay = separated_surcharge(world, world.said, every_order(240), 256, shared=True)
    assert pay == pytest.approx(0.135, abs=1e-3)
    free = separated_surcharge(world, world.said, every_order(240), 256, shared=False)
    assert free == pytest.approx(0, abs=ROUNDING)


def test_negatives_are_all_that_an_operator_makes_in_turn():
    world = orders_of(2)
    edges = Edges(np.array([0, 0, 0, 1, 2, 3, 3]), np.array([2, 1, 0, 3, 1, 0, 0]))
    assert negatives_of(world, edges).tolist() == [[1, 2], [3, 3], [1, 1], [0, 0]]
    assert negatives_of(world, edges, 3).tolist()[0] == [1, 2, 1]
    with pytest.raises(ArgumentError, match="edges: expected an operator that makes a hard neg"):
        negatives_of(world, Edges(edges.source[:4], edges.target[:4]))


def test_all_batches_are_drawn_as_often_as_they_are_probable():
    law = np.array([0.5, 0.25, 0.25])
    batches, weight = all_batches(law, 2)
    assert weight.sum() == pytest.approx(1, abs=ROUNDING)
    drawn = drawn_batches(law, 2, batches=20_000, seed=0)
    share = np.array([np.mean(np.all(drawn == batch, axis=1)) for batch in batches])
    # Five standard deviations of a frequency, for nine batches.
    assert np.all(np.abs(share - weight) <= 5 * np.sqrt(weight * (1 - weight) / 20_000))
    with pytest.raises(ArgumentError, match="K: expected at most 1,000,000 batches"):
        all_batches(np.full(240, 1 / 240), 3)
