"""Conditions of finite worlds against their definitions in rational arithmetic."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.finite.conditions import IMAGE_SHOWS_SCENE, INDEPENDENT_GIVEN_SCENE, RECOVERABLE

SEEDS = st.integers(0, 2**32 - 1)


def is_independent(counts):
    """p(x, y, z) p(z) = p(x, z) p(y, z) in integers."""
    given_scene = counts.sum(axis=(0, 2))
    image, caption = counts.sum(axis=2), counts.sum(axis=0)
    return all(
        counts[x, z, y] * given_scene[z] == image[x, z] * caption[z, y]
        for x, z, y in product(*map(range, counts.shape))
    )


@given(SEEDS)
@settings(max_examples=200)
def test_independence_is_that_of_integers(world_of_counts, random_counts, seed):
    counts = random_counts(seed)
    assert INDEPENDENT_GIVEN_SCENE.holds(world_of_counts(counts)) == is_independent(counts)


@given(SEEDS)
@settings(max_examples=200)
def test_a_product_is_independent_until_one_entry_is_changed(world_of_counts, seed):
    rng = np.random.default_rng(seed)
    scenes = int(rng.integers(1, 4))
    image = rng.integers(0, 5, (4, scenes)) + np.eye(4, scenes, dtype=int)
    caption = rng.integers(0, 5, (scenes, 5)) + np.eye(scenes, 5, dtype=int)
    counts = image[:, :, None] * caption[None]
    assert INDEPENDENT_GIVEN_SCENE.holds(world_of_counts(counts))
    counts[tuple(rng.integers(counts.shape))] += 1
    assert INDEPENDENT_GIVEN_SCENE.holds(world_of_counts(counts)) == is_independent(counts)


def test_a_thousandth_of_dependence_is_seen_and_rounding_is_not(world_of_counts):
    third = np.full((3, 1, 3), Fraction(1, 9))
    assert INDEPENDENT_GIVEN_SCENE.holds(world_of_counts(third.astype(float)))
    third[0, 0, 0] += Fraction(1, 10**6)
    assert not INDEPENDENT_GIVEN_SCENE.holds(world_of_counts(third.astype(float)))


@pytest.mark.parametrize(
    ("changed", "recoverable", "shows"),
    [
        ({}, True, True),
        ({"said": np.array([0, 0])}, False, True),
        ({"shown": np.array([1, 1])}, True, False),
    ],
)
def test_what_is_declared_must_be_what_is_drawn(world_of_counts, changed, recoverable, shows):
    counts = np.zeros((2, 2, 2), int)
    counts[[0, 1], [0, 1], [0, 1]] = 1
    world = world_of_counts(counts, **changed)
    assert RECOVERABLE.holds(world) == recoverable
    assert IMAGE_SHOWS_SCENE.holds(world) == shows


def test_captions_never_drawn_may_say_anything(world_of_counts):
    counts = np.ones((1, 1, 2), int)
    counts[0, 0, 1] = 0
    world = world_of_counts(np.pad(counts, ((0, 0), (0, 1), (0, 0))), said=np.array([0, 1]))
    assert RECOVERABLE.holds(world)
