"""Displacements against margins of scores, in both array libraries."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs_check.quantities.directions import unit
from proofs_check.quantities.displacements import Displacements

ROUNDING = 1e-12


def random(seed, n=6, d=3):
    rng = np.random.default_rng(seed)
    x, y, negative, other = rng.normal(size=(4, n, d))
    return x, unit(y), unit(negative), other


@given(st.integers(0, 2**32 - 1))
def test_margins_are_those_of_scores(seed):
    x, y, negative, other = random(seed)
    moved = Displacements.of(x, y, negative, other)
    familiar = np.sum(x * y, axis=1) - np.sum(x * negative, axis=1)
    novel = np.sum(other * negative, axis=1) - np.sum(other * y, axis=1)
    assert moved.familiar_margin == pytest.approx(familiar, abs=ROUNDING)
    assert moved.novel_margin == pytest.approx(novel, abs=ROUNDING)


@given(st.integers(0, 2**32 - 1))
def test_an_aligned_encoder_composes_above_a_cosine(seed):
    _, y, negative, other = random(seed)
    moved = Displacements.of(y, y, negative, other)
    text, image, misalignment = moved.sizes
    cosine = np.sum(moved.image * moved.text, axis=1) / (text * image)
    assert moved.composes.tolist() == (cosine > text / (2 * image)).tolist()
    assert moved.composes.tolist() == (moved.novel_margin > 0).tolist()
    assert np.all(misalignment == 0)
    assert np.all(moved.familiar_margin > 0)


def test_jax_says_the_same():
    arrays = random(0)
    exact, found = (
        Displacements.of(*(xp.asarray(each, np.float32) for each in arrays)) for xp in (np, jnp)
    )
    assert np.allclose(exact.familiar_margin, found.familiar_margin, atol=1e-5)
    assert np.allclose(exact.novel_margin, found.novel_margin, atol=1e-5)
    assert exact.composes.tolist() == found.composes.tolist()
