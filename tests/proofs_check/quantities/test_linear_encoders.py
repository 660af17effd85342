"""Losses of linear encoders by loops, gradients by differences, and the limit by its properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.quantities.linear_encoders import (
    LinearEncoders,
    SecondMoments,
    descend,
    limit_encoders,
    power,
    small_start,
)
from proofs_check.strategies import feature_worlds
from proofs_check.theorems.worded_features import line, ring, words_in_places

ROUNDING = 1e-10

DIFFERENCE = 1e-6
"""Step of central differences, whose error is its square and the rounding of losses over it."""

WORLDS = (
    lambda: words_in_places(ring()),
    lambda: words_in_places(line(), nouns=4),
    lambda: words_in_places(ring(paraphrase=0.25), words=1.0, salience=0.5),
)


def loss_by_loops(world, F, G):
    """-2 E f(x) g(y) + E (f(x) g(y'))^2, from features that are centred here."""
    exact = world.world
    p_x, p_y = np.zeros(exact.images), np.zeros(exact.captions)
    np.add.at(p_x, exact.image, exact.probability)
    np.add.at(p_y, exact.caption, exact.probability)
    f = [F @ (row - p_x @ world.images) for row in world.images]
    g = [G @ (row - p_y @ world.captions) for row in world.captions]
    entries = zip(exact.image, exact.caption, exact.probability, strict=True)
    matched = sum(p * (f[x] @ g[y]) for x, y, p in entries)
    independent = sum(
        p_x[x] * p_y[y] * (f[x] @ g[y]) ** 2
        for x in range(exact.images)
        for y in range(exact.captions)
    )
    return independent - 2 * matched


@given(feature_worlds(), st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_the_loss_is_its_definition_and_that_of_moments(world, seed):
    encoders = small_start(world, 2, 1.0, seed)
    loss = encoders.loss(world)
    assert loss == pytest.approx(loss_by_loops(world, *encoders), rel=ROUNDING, abs=ROUNDING)
    moments = SecondMoments.of(world)
    M = encoders.image.T @ encoders.text
    square = np.trace(M.T @ moments.image @ M @ moments.text)
    assert loss == pytest.approx(square - 2 * np.sum(M * moments.cross), rel=ROUNDING, abs=ROUNDING)
    assert loss >= moments.least_loss - ROUNDING


@pytest.mark.parametrize("make", WORLDS)
def test_a_step_goes_down_the_gradient(make):
    world = make()
    start = small_start(world, 3, 0.3, 0)
    [F, G] = start
    after = descend(world, start, step=0.05, gradient=0.0, steps=1)
    moved = [new - old for new, old in zip(after, start, strict=True)]
    for which, weights in enumerate((F, G)):
        for place in ((0, 0), (2, 1), (1, 3)):
            change = np.zeros_like(weights)
            change[place] = DIFFERENCE
            up, down = (
                loss_by_loops(
                    world, *(w + s * change if n == which else w for n, w in enumerate((F, G)))
                )
                for s in (1, -1)
            )
            slope = (up - down) / (2 * DIFFERENCE)
            rate = 0.05 / largest_moment(world) / max(1.0, embedded(world, start))
            assert moved[which][place] == pytest.approx(-rate * slope, abs=1e-8)


def largest_moment(world):
    return max(np.linalg.eigvalsh(moment)[-1] for moment in SecondMoments.of(world)[:2])


def embedded(world, encoders):
    f, g = encoders.embeddings(world)
    laws = (world.image_law, world.caption_law)
    return max(
        np.linalg.eigvalsh((rows * law[:, None]).T @ rows)[-1]
        for rows, law in zip((f, g), laws, strict=True)
    )


@pytest.mark.parametrize("make", WORLDS)
def test_the_limit_is_a_balanced_minimum(make):
    """It attains the least loss, and both sides have one second moment of weights."""
    world = make()
    moments = SecondMoments.of(world)
    limit = limit_encoders(moments)
    assert limit.loss(world) == pytest.approx(moments.least_loss, abs=ROUNDING)
    assert np.allclose(limit.image @ limit.image.T, limit.text @ limit.text.T, atol=ROUNDING)
    assert np.allclose(limit.image.T @ limit.text, moments.critic, atol=ROUNDING)
    worse = LinearEncoders(limit.image[1:], limit.text[1:])
    assert worse.loss(world) > moments.least_loss + 1e-3


def test_correlations_of_one_feature_are_1():
    moments = SecondMoments.of(words_in_places(ring()))
    assert moments.canonical_correlations == pytest.approx(np.ones(8), abs=ROUNDING)
    assert np.allclose(moments.critic, np.linalg.pinv(moments.image), atol=1e-8)


@given(st.integers(0, 2**32 - 1))
def test_powers_are_those_of_the_range(seed):
    rows = np.random.default_rng(seed).normal(size=(2, 4))
    moment = rows.T @ rows
    root = power(moment, 0.5)
    assert np.allclose(root @ root, moment, atol=ROUNDING)
    assert np.allclose(power(moment, -1.0), np.linalg.pinv(moment), rtol=1e-4, atol=ROUNDING)
    assert np.allclose(power(moment, 0.0) @ rows.T, rows.T, atol=ROUNDING)
