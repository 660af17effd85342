"""What shared negatives cost, against loops over the definition and descent label by label."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check import FiniteWorld
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES
from proofs_check.finite.labelings import Labelings
from proofs_check.finite.negatives import shared_negatives
from proofs_check.quantities.shared_negatives import (
    best_scores,
    free_labelings,
    is_free,
    labeling_costs,
    least_loss,
    least_loss_by_descent,
    loss_of_critic,
)
from proofs_check.strategies import finite_worlds, noisy_worlds
from scm.arguments import ArgumentError
from scm.operators.orbits import Edges

DESCENT = 1e-10
"""What descent leaves, in worlds without rare pairs."""

ROUNDING = 1e-12

SEEDS = st.integers(0, 2**32 - 1)


@given(finite_worlds(), st.integers(0, 3))
def test_negatives_are_brought_as_often_as_captions_that_have_them(world, M):
    p = [math.fsum(world.probability[world.caption == y]) for y in range(world.captions)]
    expected = [0.0] * world.captions
    for y in range(world.captions):
        made = {
            int(b)
            for _, edges in world.edges
            for a, b in zip(*edges, strict=True)
            if a == y and world.said[a] != world.said[b]
        }
        for other in made:
            expected[other] += M * p[y] / len(made)
    assert shared_negatives(world, M) == pytest.approx(expected, abs=ROUNDING)


def test_a_number_of_negatives_below_0_is_refused():
    both = np.array([0, 1])
    world = FiniteWorld.from_tables(np.array([0.5, 0.5]), both, np.ones(2), {})
    with pytest.raises(ArgumentError, match="M: expected an integer of at least 0, got -1"):
        shared_negatives(world, -1)


@given(finite_worlds(), SEEDS)
def test_the_loss_of_a_critic_is_its_definition(world, seed):
    scores = np.random.default_rng(seed).normal(size=(world.images, world.captions))
    negatives = shared_negatives(world, 2)
    p_x, p_y = np.zeros(world.images), np.zeros(world.captions)
    np.add.at(p_x, world.image, world.probability)
    np.add.at(p_y, world.caption, world.probability)
    expected = 0.0
    for x, y, p in zip(world.image, world.caption, world.probability, strict=True):
        seen = math.fsum((p_y[t] + negatives[t]) * math.exp(scores[x, t]) for t in range(len(p_y)))
        shown = math.fsum(p_x[u] * math.exp(scores[u, y]) for u in range(len(p_x)))
        expected += p * (0.5 * math.log(seen) + 0.5 * math.log(shown) - scores[x, y])
    assert loss_of_critic(world, scores, negatives) == pytest.approx(expected, abs=ROUNDING)


@given(noisy_worlds(), SEEDS)
@settings(max_examples=50)
def test_no_critic_is_below_the_least_loss_and_the_best_attains_it(world, seed):
    negatives = shared_negatives(world, 1)
    best = np.full((world.images, world.captions), -np.inf)
    drawn = np.unique(np.stack([world.image, world.caption]), axis=1)
    best[drawn[0], drawn[1]] = best_scores(world, negatives)
    least = least_loss(world, negatives)
    assert loss_of_critic(world, best, negatives) == pytest.approx(least, abs=ROUNDING)
    other = best + np.random.default_rng(seed).normal(size=best.shape)
    assert loss_of_critic(world, other, negatives) > least


@given(finite_worlds().filter(MAKES_HARD_NEGATIVES.holds).filter(lambda world: world.captions <= 4))
@settings(max_examples=25)
def test_all_encoders_cost_what_descent_finds(world):
    """Through each labeling of captions, the best critic is sought without the formula."""
    negatives = shared_negatives(world, 1)
    found = Labelings(world)
    least = least_loss(world, negatives)
    costs, free = labeling_costs(found, negatives), free_labelings(found, negatives)
    for label, cost, costless in zip(found.parts, costs, free, strict=True):
        lost = least_loss_by_descent(world, negatives, label).value - least
        assert cost == pytest.approx(lost, abs=DESCENT)
        assert costless == (lost <= DESCENT)
        tells = found.optimal[np.all(found.parts == label, axis=1)][0]
        assert (is_free(world, negatives, label) and tells) == costless


def test_one_code_for_two_tilts_costs_by_jensen():
    """p = (1/4, 1/4) and M nu = (1/2, 0) under one embedding, beside a scene that pays nothing."""
    world = FiniteWorld.from_tables(
        np.array([0.5, 0.5]),
        np.array([0, 0, 1]),
        np.array([0.5, 0.5, 1.0]),
        {"ADD": Edges(np.array([2]), np.array([0]))},
    )
    negatives = shared_negatives(world, 1)
    assert negatives.tolist() == [0.5, 0.0, 0.0]
    found = Labelings(world)
    merged = [np.array_equal(parts, [0, 0, 1]) for parts in found.parts]
    [cost] = labeling_costs(found, negatives)[merged]
    assert cost == pytest.approx((math.log(2) - math.log(3) / 2) / 4, abs=ROUNDING)


def test_labels_that_meet_no_negative_are_free():
    for said in itertools.product(range(2), repeat=2):
        world = FiniteWorld.from_tables(
            np.array([0.5, 0.5]), np.array([0, 1, *said]), np.array([1.0, 1.0, 0.0, 0.0]), {}
        )
        assert is_free(world, np.zeros(4), world.said)
        assert is_free(world, np.array([0.0, 0.0, 1.0, 1.0]), np.array([0, 1, 2, 2]))
        assert not is_free(world, np.array([0.0, 0.0, 1.0, 1.0]), world.said)
