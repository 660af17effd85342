"""The Darmois map against conditional laws computed by other means."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check import Darmois
from scm import SentenceConfig

SIZE = 3

ROUNDING = 1e-9
"""Some 100 roundings of 2e-16, times condition numbers of random factors: below 1e4 but for one
factor in thousands."""


@pytest.fixture(scope="module")
def worlds():
    """A world of each law, in double precision."""
    with jax.enable_x64(True):
        return {
            law: SentenceConfig(
                n_inv=SIZE, n_dp=1, n_pr_img=0, n_pr_txt=0, law=law, edge_probability=1.0
            ).build(jax.random.key(4))
            for law in ("independent", "gaussian", "dag")
        }


def points(seed):
    return np.random.default_rng(seed).normal(size=(5, SIZE))


@pytest.mark.usefixtures("strict_promotion")
@given(seed=st.integers(0, 2**30))
@settings(max_examples=20)
def test_gaussian_content_has_the_conditional_laws_of_regression(worlds, seed):
    z = points(seed)
    with jax.enable_x64(True):
        covariance = np.asarray(worlds["gaussian"].covariance("z_inv"))
        darmois = Darmois.of(worlds["gaussian"])
        code, log_density = darmois(jnp.asarray(z)), darmois.log_density(jnp.asarray(z))
    for i in range(SIZE):
        weights = np.linalg.solve(covariance[:i, :i], covariance[:i, i])
        variance = covariance[i, i] - covariance[i, :i] @ weights
        expected = scipy.stats.norm.cdf(z[:, i], z[:, :i] @ weights, variance**0.5)
        np.testing.assert_allclose(code[:, i], expected, atol=ROUNDING)
    expected = scipy.stats.multivariate_normal.logpdf(z, cov=covariance)  # pyright: ignore[reportArgumentType]
    np.testing.assert_allclose(log_density, expected, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.usefixtures("strict_promotion")
@given(seed=st.integers(0, 2**30))
@settings(max_examples=20)
def test_content_on_a_dag_has_the_laws_of_its_equations(worlds, seed):
    z = points(seed)
    mechanism = worlds["dag"].content
    with jax.enable_x64(True):
        darmois = Darmois.of(worlds["dag"])
        code, log_density = darmois(jnp.asarray(z)), darmois.log_density(jnp.asarray(z))
    expected, total = np.zeros_like(z), np.zeros(len(z))
    for row, j in np.ndindex(z.shape):
        mean = sum(
            float(mechanism.outer[j, h])
            * np.tanh(
                sum(
                    float(mechanism.adjacency[i, j] * mechanism.inner[j, h, i]) * z[row, i]
                    for i in range(j)
                )
                + float(mechanism.bias[j, h])
            )
            for h in range(mechanism.outer.shape[1])
        )
        expected[row, j] = scipy.stats.norm.cdf(z[row, j], mean)
        total[row] += scipy.stats.norm.logpdf(z[row, j], mean)
    np.testing.assert_allclose(code, expected, atol=1e-12)
    np.testing.assert_allclose(log_density, total, atol=1e-11)


@pytest.mark.usefixtures("strict_promotion")
@pytest.mark.parametrize("law", ["independent", "gaussian", "dag"])
def test_the_map_is_inverted_and_its_volume_is_the_density(worlds, law):
    z, step = points(0), 1e-5
    with jax.enable_x64(True):
        darmois = Darmois.of(worlds[law])
        returned = darmois.inverse(darmois(jnp.asarray(z)))
        density = np.exp(np.asarray(darmois.log_density(jnp.asarray(z))))
        slopes = [
            (darmois(jnp.asarray(z + step * unit)) - darmois(jnp.asarray(z - step * unit)))
            / (2 * step)
            for unit in np.eye(SIZE)
        ]
    np.testing.assert_allclose(returned, z, atol=ROUNDING)
    # Central differences err by step^2 = 1e-10 times third derivatives, some 1e3 at most.
    np.testing.assert_allclose(
        np.linalg.det(np.stack(slopes, axis=-1)), density, rtol=1e-5, atol=1e-7
    )
