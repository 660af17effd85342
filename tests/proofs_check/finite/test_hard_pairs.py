"""Hard pairs against a search over all pairs and edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES
from proofs_check.finite.hard_pairs import HardPairs
from proofs_check.finite.table_encoder import TableEncoder
from proofs_check.strategies import finite_worlds
from scm.arguments import ArgumentError

ROUNDING = 1e-12


@given(finite_worlds().filter(MAKES_HARD_NEGATIVES.holds))
def test_they_are_those_of_a_search(world):
    weights = {}
    for x, y, p in zip(world.image, world.caption, world.probability, strict=True):
        made = {
            int(b)
            for _, edges in world.edges
            for a, b in zip(*edges, strict=True)
            if a == y and world.said[b] != world.said[y]
        }
        for other in made:
            image = int(np.flatnonzero(world.shown == world.said[other])[0])
            place = (int(x), int(y), other, image)
            weights[place] = weights.get(place, 0.0) + p / len(made)
    found = HardPairs.of(world)
    places = zip(found.image, found.caption, found.negative, found.other, strict=True)
    total = sum(weights.values())
    expected = {place: weight / total for place, weight in weights.items()}
    measured = {
        tuple(map(int, place)): p for place, p in zip(places, found.probability, strict=True)
    }
    assert measured.keys() == expected.keys()
    assert all(measured[key] == pytest.approx(expected[key], abs=ROUNDING) for key in expected)


@given(finite_worlds().filter(MAKES_HARD_NEGATIVES.holds))
def test_scores_are_of_both_images_with_both_captions(world):
    rng = np.random.default_rng(0)
    f, g = (TableEncoder(rng.normal(size=(n, 2))) for n in (world.images, world.captions))
    pairs = HardPairs.of(world)
    cosines = pairs.cosines(f, g)
    for n, found in enumerate(cosines):
        x, other = f.embeddings[pairs.image[n]], f.embeddings[pairs.other[n]]
        y, negative = g.embeddings[pairs.caption[n]], g.embeddings[pairs.negative[n]]
        expected = [[x @ y, x @ negative], [other @ y, other @ negative]]
        assert found == pytest.approx(np.array(expected), abs=ROUNDING)
    some = np.arange(len(cosines)) == 0
    assert pairs.where(some).probability == pytest.approx([1.0])
    with pytest.raises(ArgumentError, match="chosen: expected at least one hard pair, got 'none'"):
        pairs.where(np.zeros(len(cosines), bool))
