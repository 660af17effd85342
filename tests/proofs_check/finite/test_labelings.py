"""All text encoders of small worlds, against brute force over codes and counts in closed form."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.constructions import pseudo_optimal_text, true_optimal_text
from proofs_check.finite.labelings import Labelings, partitions
from proofs_check.quantities.information import price
from proofs_check.strategies import finite_worlds
from proofs_check.theorems.pets import both_slots_replaced, colours_replaced, white_dogs_too
from scm import Replace, SceneConfig
from scm.arguments import ArgumentError
from tests.proofs_check.brute_force import Enumeration, equality, population_loss, tiny_worlds

BELL = (1, 2, 5, 15, 52, 203, 877, 4140)

small_worlds = finite_worlds().filter(lambda world: world.captions <= 6)


def part_of_each(labels):
    """Labels numbered in the order of their firsts."""
    names = list(dict.fromkeys(labels))
    return tuple(names.index(label) for label in labels)


@pytest.mark.parametrize("n", range(1, 7))
def test_partitions_are_all_labels_up_to_names(n):
    expected = {part_of_each(labels) for labels in itertools.product(range(n), repeat=n)}
    found = [tuple(row) for row in partitions(n).tolist()]
    assert len(found) == len(set(found)) == BELL[n - 1]
    assert set(found) == expected


def test_eight_captions_have_the_bell_number_of_partitions():
    assert len(partitions(8)) == BELL[7]


@given(tiny_worlds(fewest_drawn=2))
@settings(max_examples=60)
def test_optima_are_those_of_brute_force_over_codes(drawn):
    """A labeling is optimal if an encoder into codes is; on each orbit the same are blind."""
    tiny, codes = drawn
    brute = Enumeration(tiny, equality(codes), population_loss)
    found = Labelings(tiny.finite_world())
    optimal = {tuple(row) for row in found.parts[found.optimal].tolist()}
    into_codes = {part_of_each(row) for row in brute.g[brute.optimal.any(axis=0)].tolist()}
    assert into_codes <= optimal
    blind = [bool((brute.optimal & brute.blind(members)).any()) for members in tiny.orbits]
    assert found.permitted.tolist() == blind
    assert bool(found.blind_optima) == bool((brute.optimal & brute.wholly_blind).any())


@given(small_worlds)
@settings(max_examples=60)
def test_costs_average_to_the_price_of_each_labeling(world):
    found = Labelings(world)
    drawn = np.bincount(world.caption, world.probability, world.captions)
    for row in np.random.default_rng(0).integers(len(found.parts), size=20):
        assert found.costs[row] @ drawn == pytest.approx(price(world, found.parts[row]), abs=1e-12)
    nothing_told, all_told = found.costs[0], found.costs[-1]
    assert nothing_told @ drawn == pytest.approx(price(world, np.zeros(world.captions, int)))
    assert np.all(all_told == 0)


@given(small_worlds)
@settings(max_examples=60)
def test_blind_labelings_are_constant_on_orbits(world):
    found = Labelings(world)
    members = [world.orbit == orbit for orbit in range(world.orbit.max() + 1)]
    expected = [[len(set(row[inside].tolist())) == 1 for inside in members] for row in found.parts]
    np.testing.assert_array_equal(found.blind, expected)


def test_g_star_and_its_blind_twin_are_among_the_optima():
    world = colours_replaced()
    found = Labelings(world)
    optimal = {tuple(row) for row in found.parts[found.optimal].tolist()}
    for encoder in (true_optimal_text(world), pseudo_optimal_text(world)):
        assert part_of_each(encoder.labels.tolist()) in optimal


def test_optima_of_pets_are_counted():
    """Of four captions two are drawn, of two scenes: 15 partitions less 5 that join them."""
    found = Labelings(colours_replaced())
    assert found.optimal.sum() == 10
    assert found.blind_optima == 1
    assert Labelings(both_slots_replaced()).blind_optima == 0
    some = Labelings(white_dogs_too())
    assert sorted(some.permitted.tolist()) == [False, True]
    # Three of four captions are of three scenes; the fourth is with any of them or by itself.
    assert some.optimal.sum() == 4


def test_a_world_that_is_too_large_is_refused():
    config = SceneConfig(nouns=tuple("bcdefghij"), min_objects=1, max_objects=1)
    world = caption_world(config, {"a b": 1.0}, [Replace()])
    with pytest.raises(ArgumentError, match="world: expected at most 8 captions to enumerate"):
        Labelings(world)


@given(st.integers(-4, 0))
def test_partitions_of_nothing_are_refused(n):
    with pytest.raises(ArgumentError, match="n: expected an integer of at least 1"):
        partitions(n)
