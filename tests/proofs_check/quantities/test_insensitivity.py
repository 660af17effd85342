"""Insensitivity and scores of hard negatives against loops over pairs, in numpy and in JAX."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.spatial.distance
from hypothesis import given
from hypothesis import strategies as st

from proofs_check.quantities.directions import TIE, unit
from proofs_check.quantities.hard_negative_scores import accuracy, pair_scores
from proofs_check.quantities.insensitivity import insensitivity

SEEDS = st.integers(0, 2**32 - 1)

ROUNDING = 1e-12
"""Some hundred operations of eps each on numbers of order 1, over a denominator above 1e-2."""

FLOAT32 = 1e-5
"""The same in float32."""

pytestmark = pytest.mark.usefixtures("strict_promotion")


def weights(rng, n):
    weight = rng.random(n)
    return weight / weight.sum()


@given(SEEDS)
def test_delta_is_the_ratio_of_mean_cosine_distances(seed):
    rng = np.random.default_rng(seed)
    original, edited = rng.normal(size=(2, 5, 3))
    other = rng.normal(size=(7, 3))
    weight, other_weight = weights(rng, 5), weights(rng, 7)
    distance = scipy.spatial.distance.cosine
    moved = sum(p * distance(u, v) for p, u, v in zip(weight, original, edited, strict=True))
    apart = weight @ scipy.spatial.distance.cdist(original, other, "cosine") @ other_weight
    result = insensitivity(original, edited, other, weight, other_weight)
    assert result.delta == pytest.approx(moved / apart, abs=ROUNDING)
    assert not result.collapsed
    equal = insensitivity(original, edited, other)
    spelled = insensitivity(original, edited, other, np.full(5, 1 / 5), np.full(7, 1 / 7))
    assert equal.delta == pytest.approx(float(spelled.delta), abs=ROUNDING)
    in_jax = jax.jit(insensitivity)(
        *(jnp.asarray(a, jnp.float32) for a in (original, edited, other, weight, other_weight))
    )
    assert float(in_jax.delta) == pytest.approx(float(result.delta), abs=FLOAT32)


def test_an_unmoved_embedding_has_exactly_no_insensitivity():
    original, other = np.random.default_rng(0).normal(size=(2, 100, 8)).astype(np.float32)
    assert insensitivity(original, original.copy(), other).delta == 0
    moved = jax.jit(insensitivity)(*map(jnp.asarray, (original, original.copy(), other)))
    assert moved.delta == 0


@pytest.mark.parametrize("value", [0.0, 1.0, -3e-30])
@pytest.mark.parametrize("xp", [np, jnp])
def test_a_collapsed_encoder_is_reported(value, xp):
    same = xp.full((4, 3), value, xp.float32)
    result = insensitivity(same, same, same)
    assert result.collapsed
    assert np.isnan(result.delta)


@pytest.mark.parametrize("apart", [1e-7, 1e-4])
def test_collapse_begins_where_all_cosines_tie(apart):
    angle = np.sqrt(2 * apart)
    other = np.array([[1.0, 0.0]])
    original = np.array([[np.cos(angle), np.sin(angle)]])
    assert insensitivity(original, original, other).collapsed == (apart <= TIE)


@given(SEEDS, st.sampled_from([1e-30, 1.0, 1e30]))
def test_unit_vectors_have_length_one_at_any_scale(seed, scale):
    rows = np.random.default_rng(seed).normal(size=(4, 3)) + 0.1
    expected = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    scaled = (rows * scale).astype(np.float32)
    np.testing.assert_allclose(unit(scaled), expected, rtol=0, atol=FLOAT32)
    np.testing.assert_allclose(unit(jnp.asarray(scaled)), expected, rtol=0, atol=FLOAT32)


def test_zero_has_no_direction():
    np.testing.assert_array_equal(unit(np.zeros((2, 3))), np.zeros((2, 3)))


@given(
    st.lists(
        st.tuples(st.sampled_from([-0.5, 0.0, 0.5]), st.integers(-1, 1)), min_size=1, max_size=8
    )
)
def test_accuracy_counts_a_tie_as_a_half(choices):
    wrong = np.array([cosine for cosine, _ in choices])
    right = wrong + np.array([0.5 * TIE if step == 0 else 2 * TIE * step for _, step in choices])
    steps = [step for _, step in choices]
    result = accuracy(right, wrong)
    assert result.accuracy == pytest.approx(np.mean([0.5 * (1 + step) for step in steps]))
    assert result.ties == pytest.approx(np.mean([step == 0 for step in steps]))
    weight = weights(np.random.default_rng(len(steps)), len(steps))
    weighted = accuracy(right, wrong, weight)
    assert weighted.accuracy == pytest.approx(weight @ (0.5 * (1 + np.array(steps))))


@given(SEEDS)
def test_pair_scores_are_counted_case_by_case(seed):
    rng = np.random.default_rng(seed)
    n = 5
    cosines = rng.integers(-2, 3, (n, 2, 2)) / 4
    weight = weights(rng, n)
    text = image = group = text_ties = 0.0
    for p, table in zip(weight, cosines, strict=True):
        for a, b in ((0, 1), (1, 0)):
            text += p * (0.5 + 0.5 * np.sign(table[a, a] - table[a, b])) / 2
            image += p * (0.5 + 0.5 * np.sign(table[a, a] - table[b, a])) / 2
            text_ties += p * (table[a, a] == table[a, b]) / 2
        group += p * all(
            table[a, a] > table[b, c] for a, (b, c) in itertools.product((0, 1), ((0, 1), (1, 0)))
        )
    scores = pair_scores(cosines, weight)
    assert scores.text.accuracy == pytest.approx(text)
    assert scores.text.ties == pytest.approx(text_ties)
    assert scores.image.accuracy == pytest.approx(image)
    assert scores.group == pytest.approx(group)
    in_jax = jax.jit(pair_scores)(
        jnp.asarray(cosines, jnp.float32), jnp.asarray(weight, jnp.float32)
    )
    assert float(in_jax.group) == pytest.approx(group, abs=FLOAT32)
    assert float(in_jax.text.accuracy) == pytest.approx(text, abs=FLOAT32)


def test_chance():
    """Independent scores: 1/2, 1/2 and 1/6, the largest two of four being the right ones."""
    orders = np.array(list(itertools.permutations([0.1, 0.2, 0.3, 0.4]))).reshape(-1, 2, 2)
    scores = pair_scores(orders)
    assert scores.text.accuracy == pytest.approx(1 / 2)
    assert scores.image.accuracy == pytest.approx(1 / 2)
    assert scores.group == pytest.approx(1 / 6)
    blind = pair_scores(orders[:, :, :1].repeat(2, axis=2))
    assert (blind.text.accuracy, blind.text.ties, blind.group) == (0.5, 1.0, 0.0)
