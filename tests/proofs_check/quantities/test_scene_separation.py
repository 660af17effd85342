"""T5 in finite worlds: all encoders against the definitions, and worlds in which it must fail."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from proofs_check import T5, ConditionError, FiniteWorld, Pairs, limit_loss
from proofs_check.quantities.scene_separation import (
    CODEBOOKS,
    EQUAL,
    EveryEncoder,
    is_small,
    merged_information,
    number_of_codes,
    scenes_are_separated,
)
from proofs_check.theorems import t5
from tests.proofs_check.brute_force import population_loss, tiny_worlds


def failing(comparisons):
    return {comparison.metric for comparison in comparisons if not comparison.holds}


@given(tiny_worlds(fewest_drawn=2))
@settings(max_examples=40)
def test_t5_holds_in_tiny_worlds(drawn):
    world = drawn[0].finite_world()
    assume(is_small(world))
    assert failing(T5.compare(world)) == set()


@pytest.mark.parametrize("codebook", CODEBOOKS)
def test_losses_are_those_of_the_definition_pair_by_pair(codebook):
    world = t5._words()
    every = EveryEncoder.of(world, codebook)
    codes = number_of_codes(world)
    maps = np.array(list(itertools.product(range(codes), repeat=4)))
    scores, pairs = CODEBOOKS[codebook](codes), Pairs.of(world)
    counts = pairs.table() * 1000
    rng = np.random.default_rng(0)
    for f, g in rng.integers(len(maps), size=(200, 2)):
        critic = scores[maps[f][:, None], maps[g][None, :]]
        assert every.losses[f, g] == pytest.approx(limit_loss(pairs, critic), abs=EQUAL)
        # Its exponentials would round to 0 where codes are far apart.
        if codebook == "codes that match or not":
            expected = population_loss(counts, critic[:, None, :])[0]
            assert every.losses[f, g] == pytest.approx(expected, abs=EQUAL)
        shown = [set(maps[f][:2]), {maps[f][2]}, {maps[f][3]}]
        disjoint = all(not a & b for a, b in itertools.combinations(shown, 2))
        assert every.image_separates[f] == disjoint


@given(st.floats(0.01, 1), st.floats(0.01, 1))
def test_merged_information_is_a_difference_of_entropies(a, b):
    def plogp(p):
        return p * math.log(p)

    expected = plogp(a + b) - plogp(a) - plogp(b)
    assert merged_information(a, b) == pytest.approx(expected, abs=1e-12)


def test_optima_on_a_line_may_carry_nuisance():
    """All of the scene, and not nothing else: f = g is not implied."""
    world = t5._words()
    every = EveryEncoder.of(world, "codes on a line")
    maps = np.array(list(itertools.product(range(4), repeat=4)))
    carries = maps[:, 0] != maps[:, 1]
    assert not np.any(every.optimal[carries] & ~every.separates[carries])
    matching = EveryEncoder.of(world, "codes that match or not")
    assert not matching.optimal[carries].any()


def test_what_is_predicted_of_optima_fails_where_a_text_is_vague():
    world = t5._one_caption_of_two_scenes()
    with pytest.raises(ConditionError, match="captions say the scene they are of"):
        T5.compare(world)
    assert failing(scenes_are_separated(world)) == {
        "L_inf of pointwise information",
        "least L_inf, codes that match or not",
        "least L_inf, codes on a line",
        "optima that merge scenes, codes that match or not",
        "optima that merge scenes, codes on a line",
        "optima",
        "least loss of encoders that merge scenes",
    }


def test_a_world_that_cannot_be_enumerated_is_refused():
    n = 10
    every = np.arange(n)
    large = FiniteWorld.from_tables(np.full(n, 1 / n), every, np.ones(n), {})
    rare = dataclasses.replace(t5._one_caption_of_two_scenes(), said=np.arange(2))
    rare = FiniteWorld.from_tables(np.array([0.99, 0.01]), np.arange(2), np.ones(2), {})
    one = FiniteWorld.from_tables(np.ones(1), np.zeros(1, int), np.ones(1), {})
    for world in (large, rare, one):
        with pytest.raises(ConditionError, match="some scenes, few images and captions, none rare"):
            T5.compare(world)
