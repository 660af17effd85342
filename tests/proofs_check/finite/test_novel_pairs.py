"""Novel pairs and exchanged worlds against their definitions."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs_check.finite.constructions import (
    NoBlindOptimumError,
    orbit_criterion,
    pseudo_optimal_image,
    pseudo_optimal_text,
)
from proofs_check.finite.exchanged import exchanged
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES
from proofs_check.finite.novel_pairs import NovelPairs, squared_distances
from proofs_check.finite.table_encoder import TableEncoder
from proofs_check.strategies import families, finite_worlds


def exact_pairs(world):
    """The probability of each (y, y', x~), from sets and fractions."""
    law, results = defaultdict(Fraction), defaultdict(set)
    for y, p in zip(world.caption.tolist(), world.probability.tolist(), strict=True):
        law[y] += Fraction(p)
    for source, target in world.operators.values():
        for y, negative in zip(source.tolist(), target.tolist(), strict=True):
            if y in law and world.said[y] != world.said[negative]:
                results[y].add(negative)
    total = sum(law[y] for y in results)
    return {
        (y, negative, world.shown.tolist().index(world.said[negative])): law[y] / n / total
        for y, negatives in results.items()
        for n in [len(negatives)]
        for negative in negatives
    }


@given(finite_worlds().filter(MAKES_HARD_NEGATIVES.holds))
def test_pairs_are_those_of_the_definition(world):
    pairs = NovelPairs.of(world)
    keys = zip(pairs.caption.tolist(), pairs.negative.tolist(), pairs.image.tolist(), strict=True)
    measured = dict(zip(keys, pairs.probability.tolist(), strict=True))
    assert measured == pytest.approx({k: float(p) for k, p in exact_pairs(world).items()})


def test_distances_are_those_of_rows():
    f, g = TableEncoder(np.array([[0.0, 0.0], [3.0, 0.0]])), TableEncoder(np.array([[0.0, 4.0]]))
    distances = squared_distances(f, g, np.array([0, 1]), np.array([0, 0]))
    np.testing.assert_array_equal(distances, [16.0, 25.0])


@given(st.data())
def test_the_blind_text_encoder_of_the_exchanged_world_is_the_blind_image_encoder(data):
    world = data.draw(finite_worlds())
    other = exchanged(world, data.draw(families(world.images)))
    label = other.orbit
    if orbit_criterion(other).all():
        image, dual = pseudo_optimal_image(world, label), pseudo_optimal_text(other)
        np.testing.assert_array_equal(image.embeddings, dual.embeddings)
        return
    with pytest.raises(NoBlindOptimumError) as of_image:
        pseudo_optimal_image(world, label)
    with pytest.raises(NoBlindOptimumError) as of_text:
        pseudo_optimal_text(other)
    assert of_image.value.pair == of_text.value.pair


@given(finite_worlds())
def test_exchanging_twice_gives_the_world(world):
    twice = exchanged(exchanged(world, {}), world.operators)
    for name in ("shown", "said", "image", "scene", "caption", "probability", "orbit"):
        np.testing.assert_array_equal(getattr(twice, name), getattr(world, name))
