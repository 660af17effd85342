"""Worlds in which something is drawn with probability 1e-2 to 5e-324, against closed forms.

What is free must not depend on how rare it is, and what is rare must keep its digits.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from proofs_check import (
    T6,
    T7,
    T10,
    T11,
    T12,
    T13,
    T14,
    T15,
    T16,
    T17,
    FiniteWorld,
    Pairs,
    assert_claim,
)
from proofs_check.claim import ConditionError
from proofs_check.finite.conditions import INDEPENDENT_GIVEN_SCENE
from proofs_check.finite.labelings import Labelings
from proofs_check.finite.marginal import log_conditional
from proofs_check.finite.scene_laws import cost_of_untied_scores, tied_scenes
from proofs_check.quantities.contrastive import limit_loss, optimal_loss
from proofs_check.quantities.information import (
    binary_entropy,
    entropy,
    mutual_information,
    price,
    scene_entropy,
)
from proofs_check.quantities.minimise import dual_bound
from proofs_check.quantities.orbit_costs import (
    ambiguity_of_orbits,
    caption_costs,
    cost_of_orbits,
    costless_orbits,
    scenes_of_orbits,
)
from scm.operators.orbits import Edges

DIGITS = 1e-12
"""Relative error of some hundred operations of eps each, on logarithms below 745."""

ISSUE = (1e-11, 1e-12, 1e-15, 1e-300)
LEAST = 5e-324

rarities = st.one_of(
    st.sampled_from([*ISSUE, 1e-310, LEAST]),
    st.floats(-323, -1).map(lambda exponent: 10.0**exponent),
)
normal_rarities = st.floats(-300, -1).map(lambda exponent: 10.0**exponent)


def exact_binary_entropy(epsilon):
    """H_b in decimal arithmetic; epsilon is the float, exactly, and so is what it leaves."""
    with localcontext(prec=700):
        rare = Decimal(epsilon)
        return float(-rare * rare.ln() - (1 - rare) * (1 - rare).ln())


def entropy_of_rare(epsilon):
    return -epsilon * math.log(epsilon) - (1 - epsilon) * math.log1p(-epsilon)


def rare_scene(epsilon):
    """One orbit of two scenes with probabilities (1 - epsilon, epsilon)."""
    return FiniteWorld.from_tables(
        np.array([1 - epsilon, epsilon]), np.array([0, 1]), np.ones(2), {"SWAP": edges((0, 1))}
    )


def rare_orbit(epsilon):
    """An orbit of two scenes with odds 1 : 3 that is rare itself, beside one of one scene."""
    return FiniteWorld.from_tables(
        np.array([1 - 4 * epsilon, epsilon, 3 * epsilon]),
        np.array([0, 1, 2, 0, 1]),
        np.array([1.0, 1.0, 1.0, 0.0, 0.0]),
        {"SWAP": edges((1, 2), (0, 3))},
    )


def rare_wording(epsilon):
    """One scene an orbit, in two wordings of which one is rare; a hard negative is never drawn."""
    return FiniteWorld.from_tables(
        np.array([0.5, 0.5]),
        np.array([0, 0, 1, 1]),
        np.array([1 - 2 * epsilon, 2 * epsilon, 1.0, 0.0]),
        {"SWAP": edges((0, 1), (1, 3), (0, 3))},
    )


def rare_in_a_chain(epsilon):
    """Three scenes in one orbit, one of them rare."""
    return FiniteWorld.from_tables(
        np.array([0.5 - epsilon, 0.5, epsilon]),
        np.arange(3),
        np.ones(3),
        {"SWAP": edges((0, 2), (1, 0))},
    )


def rare_negatives(epsilon):
    """Each caption has a hard negative, and one pair of scenes is rare."""
    return FiniteWorld.from_tables(
        np.array([1 - 3 * epsilon, epsilon, 2 * epsilon]),
        np.array([0, 1, 2, 0]),
        np.array([1.0, 1.0, 1.0, 0.0]),
        {"SWAP": edges((0, 1), (1, 0), (2, 3)), "ADD": edges((1, 2), (2, 1), (0, 1))},
    )


def edges(*pairs):
    return Edges(*np.array(pairs).T)


WORLDS = (rare_scene, rare_orbit, rare_wording, rare_in_a_chain, rare_negatives)


@pytest.mark.parametrize(
    "claim", [T6, T7, T10, T11, T12, T13, T14, T15, T16, T17], ids=lambda c: c.id
)
@pytest.mark.parametrize("make", WORLDS)
# A million calls, whose types are checked in worlds that are less rare.
@pytest.mark.usefixtures("as_users_run")
@given(rarities)
@settings(max_examples=25)
@example(1e-12)
@example(1e-11)
@example(1e-15)
@example(1e-300)
@example(LEAST)
def test_claims_hold_however_rare(make, claim, epsilon):
    """Where a condition of a claim is not met, it is not met at any rarity."""
    common = make(0.125)
    try:
        assert_claim(claim, common)
    except ConditionError:
        with pytest.raises(ConditionError):
            assert_claim(claim, make(epsilon))
    else:
        assert_claim(claim, make(epsilon))


@pytest.mark.parametrize("make", WORLDS)
@given(rarities)
@settings(max_examples=50)
def test_what_is_free_does_not_depend_on_rarity(make, epsilon):
    common, world = make(0.125), make(epsilon)
    assert costless_orbits(world).tolist() == costless_orbits(common).tolist()
    assert costless_orbits(world).tolist() == (scenes_of_orbits(world) <= 1).tolist()
    found, usual = Labelings(world), Labelings(common)
    assert found.optimal.tolist() == usual.optimal.tolist()
    assert found.permitted.tolist() == (scenes_of_orbits(world) <= 1).tolist()


@given(rarities)
def test_the_price_of_a_rare_scene_keeps_its_digits(epsilon):
    """H_b(epsilon), as a price, an ambiguity, an entropy and an information."""
    world = rare_scene(epsilon)
    exact = pytest.approx(entropy_of_rare(epsilon), rel=DIGITS, abs=LEAST)
    law = np.array([1 - epsilon, epsilon])
    assert price(world) == exact
    assert scene_entropy(world) == exact
    assert cost_of_orbits(world)[0] == exact
    assert ambiguity_of_orbits(world)[0] == exact
    assert mutual_information(world) == exact
    assert entropy(law) == exact
    assert binary_entropy(epsilon) == exact


@pytest.mark.parametrize("epsilon", [0.25, *ISSUE[:3]])
def test_the_closed_form_is_that_of_decimal_arithmetic(epsilon):
    assert entropy_of_rare(epsilon) == pytest.approx(
        exact_binary_entropy(epsilon), rel=DIGITS, abs=0.0
    )


@given(normal_rarities)
def test_costs_are_relative_to_the_orbit(epsilon):
    """Odds 1 : 3 in a rare orbit cost H_b(1/4) of it, and captions log 4 and log 4/3."""
    world = rare_orbit(epsilon)
    [usual] = set(world.orbit[[1, 2]].tolist())
    assert cost_of_orbits(world)[usual] == pytest.approx(binary_entropy(0.25), rel=DIGITS)
    assert ambiguity_of_orbits(world)[usual] == pytest.approx(binary_entropy(0.25), rel=DIGITS)
    assert price(world) == pytest.approx(4 * epsilon * binary_entropy(0.25), rel=DIGITS, abs=0.0)
    expected = [0.0, math.log(4), math.log(4 / 3), 0.0, 0.0]
    np.testing.assert_allclose(caption_costs(world), expected, rtol=DIGITS, atol=0)


@given(rarities, rarities)
def test_conditional_logarithms_keep_their_digits(epsilon, other):
    """Of three values, two of them rare, alone and given that it is not the second."""
    p = np.array([1 - epsilon - other, epsilon, other])
    log = log_conditional(p, [np.arange(3)])
    expected = [math.log1p(-(epsilon + other)), math.log(epsilon), math.log(other)]
    np.testing.assert_allclose(log, expected, rtol=DIGITS, atol=LEAST)
    given_pair = log_conditional(p, [np.arange(3)], [np.array([0, 1, 0])])
    assert given_pair[1] == 0
    rest = -math.log1p(other / p[0])
    np.testing.assert_allclose(given_pair[0], rest, rtol=DIGITS, atol=LEAST)


@given(rarities)
def test_laws_that_differ_where_they_are_small_do_not_tie(epsilon):
    """The score of a rare label differs by log 2 between them."""
    laws = np.array([[1 - epsilon, epsilon], [1 - 2 * epsilon, 2 * epsilon], [1.0, 0.0]])
    assert tied_scenes(laws).tolist() == [0, 1, 2]
    assert tied_scenes(laws[[0, 0, 2, 2]]).tolist() == [0, 0, 2, 2]


@given(normal_rarities, st.booleans())
def test_breaking_a_rare_tie_costs_in_proportion(epsilon, first_is_rare):
    """(log E e^s - E s) / 2 for a score that is 1 with probability epsilon, else 0."""
    p = np.array([1 - epsilon, epsilon])
    world = FiniteWorld.from_tables(
        p[::-1] if first_is_rare else p, np.array([0, 1]), np.ones(2), {"SWAP": edges((0, 1))}
    )
    scores = np.array([1.0, 0.0] if first_is_rare else [0.0, 1.0])[:, None]
    # By the series of log(1 + epsilon (e - 1)) where it would cancel.
    near = epsilon * (math.e - 2)
    exact = math.log1p(epsilon * math.expm1(1)) - epsilon if epsilon > 1e-3 else near
    slack = 1e-10 if epsilon > 1e-3 else 3 * epsilon + DIGITS
    assert cost_of_untied_scores(world, scores) == pytest.approx(exact / 2, rel=slack, abs=0.0)


@pytest.mark.parametrize("epsilon", [*ISSUE, 1e-310, LEAST])
def test_losses_of_rare_pairs_are_finite(epsilon):
    world = rare_scene(epsilon)
    pairs = Pairs.of(world)
    assert limit_loss(pairs, pairs.pointwise_information) == pytest.approx(0.0, abs=1e-9)
    best = np.diag(pairs.pointwise_information)
    assert math.isfinite(dual_bound(np.full((2, 2), 0.25), best))
    law = np.array([[1 - 3 * epsilon, epsilon], [epsilon, epsilon]])
    assert dual_bound(law, np.zeros((2, 2))) == pytest.approx(0.0, abs=1e-9)
    assert optimal_loss(pairs, 4, batches=2, seed=0).value == pytest.approx(math.log(4), abs=1e-9)
    entangled = Pairs(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([0.5, 0.5, epsilon]))
    sampled = optimal_loss(entangled, 4, batches=50, seed=0)
    # Two labels of one image: no critic tells the pairs that are drawn apart.
    assert sampled.value == pytest.approx(math.log(4), abs=0.75)


@given(normal_rarities)
def test_dependence_in_a_rare_scene_is_seen(world_of_counts, epsilon):
    product = np.array([[1.0, 2.0], [3.0, 6.0]]) / 12
    for rare, independent in ((product, True), (product + np.eye(2) / 12, False)):
        counts = np.zeros((3, 2, 3))
        counts[0, 0, 0] = 1.0
        counts[1:, 1, 1:] = epsilon * rare
        assert INDEPENDENT_GIVEN_SCENE.holds(world_of_counts(counts)) == independent
