"""Rows of normals, against scipy's tests of their law, and what other draws share, against JAX."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from scm import named_key
from scm.draws import first_of, gaussian_blocks, normal_blocks, normal_rows, permutation

N = 4_000
KEY = named_key(jax.random.key(0), "rows")


def test_rows_are_independent_standard_normals():
    drawn = np.asarray(normal_rows(KEY, N, 5), np.float64)
    assert drawn.shape == (N, 5)
    assert stats.kstest(drawn.ravel(), "norm").pvalue > 1e-3
    # The squared length of each row is that of five independent ones.
    assert stats.kstest((drawn**2).sum(1), stats.chi2(5).cdf).pvalue > 1e-3
    # The correlation of independent samples has standard error 1 / sqrt(N).
    apart = np.corrcoef(drawn, rowvar=False) - np.eye(5)
    assert np.abs(apart).max() < 5 / N**0.5
    assert abs(np.corrcoef(drawn[:-1].ravel(), drawn[1:].ravel())[0, 1]) < 5 / drawn.size**0.5


@pytest.mark.parametrize(("n", "size"), [(0, 3), (3, 0), (1, 1)])
def test_of_any_shape(n, size):
    assert normal_rows(KEY, n, size).shape == (n, size)


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="other devices vectorise otherwise")
def test_short_rows_are_drawn_along_the_pairs():
    """No loop that draws has the row as its innermost axis, mixed by a matrix or not."""

    @jax.jit
    def mixed(key, matrix):
        return normal_rows(key, 512, 5) @ matrix

    program = mixed.lower(KEY, np.eye(5, dtype=np.float32)).compile().as_text() or ""
    assert "f32[5,512]{1,0}" in program
    assert " erf-inv(" not in program
    logs = [line for line in program.splitlines() if " log-plus-one(" in line or " log(" in line]
    assert logs
    assert all("[5,512]{1,0}" in line or "[512,5]{0,1}" in line for line in logs), logs


SIZES = {"z_inv": 5, "z_dp_img": 2, "z_pr_img": 0, "z_pr_txt": 8}


def test_blocks_are_the_rows_of_their_names():
    drawn = jax.jit(lambda key: normal_blocks(key, 33, SIZES))(KEY)
    assert drawn.keys() == SIZES.keys()
    for name, size in SIZES.items():
        assert np.array_equal(drawn[name], normal_rows(named_key(KEY, name), 33, size))


def test_gaussian_blocks_are_normals_times_their_factor():
    rng = np.random.default_rng(0)
    factors = {
        name: jnp.asarray(rng.normal(size=(size, size)), jnp.float32)
        for name, size in SIZES.items()
    }
    drawn = gaussian_blocks(KEY, 33, factors)
    for name, factor in factors.items():
        wanted = np.asarray(normal_rows(named_key(KEY, name), 33, len(factor))) @ factor.T
        # Eight products of numbers up to 4 or so, and their sum, in float32.
        assert np.allclose(drawn[name], wanted, atol=16 * 4 * 4 * 6e-8)


def test_gaussian_blocks_are_drawn_once():
    """One cipher for the keys and one for the numbers of all blocks, of 20 rounds each."""
    factors = {name: jnp.eye(5) for name in SIZES}
    drawn = jax.jit(lambda key, factors: gaussian_blocks(key, 512, factors))
    program = drawn.lower(KEY, factors).compile().as_text() or ""
    # The logarithm of the normals is computed apart, so their bits are drawn for it and anew.
    assert 21 <= program.count(" xor(") <= (1 + 2) * 21 + 10


@pytest.mark.parametrize("draw", [jax.random.uniform, jax.random.normal, jax.random.bits])
@pytest.mark.parametrize("shape", [(0,), (1,), (255,), (256,), (257,), (3, 5), (40, 30)])
def test_the_start_of_a_longer_draw_is_the_draw(draw, shape):
    wanted = np.asarray(draw(KEY, shape))
    assert np.array_equal(first_of(draw, KEY, shape), wanted)
    traced = jax.jit(lambda key: first_of(draw, key, shape))(KEY)
    assert np.array_equal(traced, wanted)


def test_lengths_share_few_draws():
    drawn = []

    def draw(key, shape):
        drawn.append(shape)
        return jax.random.uniform(key, shape)

    for n in range(0, 4_097, 100):
        first_of(draw, KEY, (n,))
    assert set(drawn) == {(256,), (1024,), (4096,)}


# Two rounds of sorting from 1,626 on.
@pytest.mark.parametrize("n", [0, 1, 2, 5, 300, 1_625, 1_626, 5_000])
def test_a_permutation_is_that_of_jax(n):
    assert np.array_equal(permutation(KEY, n), jax.random.permutation(KEY, n))
