"""Entropies and informations against rational arithmetic, scipy and identities."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.quantities.information import entropy, mutual_information, price, scene_entropy
from scm.arguments import ArgumentError
from scm.operators.orbits import Edges

SEEDS = st.integers(0, 2**32 - 1)

ROUNDING = 1e-13
"""A few hundred operations of eps each, on numbers below 10."""


def fractions_of(counts, *variables):
    """Exact law of variables that are functions of (x, z, y)."""
    law = defaultdict(Fraction)
    total = int(counts.sum())
    for x, z, y in np.argwhere(counts).tolist():
        value = tuple(variable(x, z, y) for variable in variables)
        law[value] += Fraction(int(counts[x, z, y]), total)
    return law


def exact_entropy(counts, *variables):
    return -sum(float(p) * math.log(p) for p in fractions_of(counts, *variables).values())


def x_of(x, z, y):  # noqa: ARG001
    return x


def z_of(x, z, y):  # noqa: ARG001
    return z


def y_of(x, z, y):  # noqa: ARG001
    return y


@given(SEEDS)
@settings(max_examples=200)
def test_informations_are_those_of_rational_arithmetic(world_of_counts, random_counts, seed):
    counts = random_counts(seed)
    world = world_of_counts(counts)
    label = np.random.default_rng(seed).integers(0, 3, world.captions)

    def q_of(x, z, y):  # noqa: ARG001
        return int(label[y])

    def h(*variables):
        return exact_entropy(counts, *variables)

    expected = {
        "I(X;Y)": (mutual_information(world), h(x_of) + h(y_of) - h(x_of, y_of)),
        "I(X;Q)": (mutual_information(world, label), h(x_of) + h(q_of) - h(x_of, q_of)),
        "I(X;Y|Q)": (
            price(world, label),
            h(x_of, q_of) + h(y_of, q_of) - h(x_of, y_of, q_of) - h(q_of),
        ),
        "H(z|Q)": (scene_entropy(world, label), h(z_of, q_of) - h(q_of)),
    }
    for name, (measured, exact) in expected.items():
        assert measured == pytest.approx(exact, abs=ROUNDING), name


@given(SEEDS)
@settings(max_examples=200)
def test_chain_rule_and_data_processing(world_of_counts, random_counts, seed):
    world = world_of_counts(random_counts(seed))
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 4, world.captions)
    coarser = rng.integers(0, 2, 4)[label]
    whole, fine, coarse = (mutual_information(world, q) for q in (None, label, coarser))
    assert whole == pytest.approx(fine + price(world, label), abs=ROUNDING)
    assert -ROUNDING <= coarse <= fine + ROUNDING
    assert fine <= whole + ROUNDING
    assert price(world, np.arange(world.captions)) == 0
    assert price(world, np.zeros(world.captions, int)) == pytest.approx(whole, abs=ROUNDING)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any))
def test_entropy_is_scipys(weights):
    law = np.array(weights) / sum(weights)
    assert entropy(law) == pytest.approx(scipy.stats.entropy(law), abs=ROUNDING)


def test_a_label_defaults_to_the_orbits(world_of_counts):
    """Captions 0 and 1 of four are joined: half of the time one bit is lost."""
    counts = np.zeros((4, 4, 4), int)
    counts[range(4), range(4), range(4)] = 1
    world = world_of_counts(counts, operators={"SWAP": Edges(np.array([0]), np.array([1]))})
    assert price(world) == pytest.approx(0.5 * math.log(2), abs=ROUNDING)
    assert scene_entropy(world) == pytest.approx(0.5 * math.log(2), abs=ROUNDING)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (np.zeros(3, int), "label: expected 4 integers, got 3"),
        (np.array([0, 0, 0, -1]), "label: expected integers of at least 0, got -1"),
    ],
)
@pytest.mark.parametrize("quantity", [mutual_information, price, scene_entropy])
def test_labels_that_are_none_are_refused(world_of_counts, quantity, label, text):
    world = world_of_counts(np.ones((2, 1, 4), int))
    with pytest.raises(ArgumentError, match=text):
        quantity(world, label)
