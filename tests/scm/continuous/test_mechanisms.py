"""Mechanisms: random covariances have Wishart's law, DAG equations are solved as written."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from scm import DagMechanism, wishart_factor

SIZE = 4
DRAWS = 4000
LEVEL = 1e-6
"""Probability that a correct program fails one of this file's tests of a distribution."""


@pytest.fixture(scope="module")
def factors():
    keys = jax.random.split(jax.random.key(0), DRAWS)
    return np.asarray(jax.jit(jax.vmap(lambda key: wishart_factor(key, SIZE)))(keys), np.float64)


def test_covariances_follow_wisharts_law(factors):
    """W = n L L^T ~ Wishart(n, I): trace ~ chi^2(n^2), W_jj ~ chi^2(n), and E W_ij = 0."""
    wishart = SIZE * factors @ factors.transpose(0, 2, 1)
    traces = np.trace(wishart, axis1=1, axis2=2)
    assert scipy.stats.kstest(traces, scipy.stats.chi2(SIZE**2).cdf).pvalue > LEVEL
    for j in range(SIZE):
        assert scipy.stats.kstest(wishart[:, j, j], scipy.stats.chi2(SIZE).cdf).pvalue > LEVEL
    # Var W_ij = n off the diagonal, so its mean over draws is within 5 sqrt(n / draws).
    off_diagonal = wishart.mean(0)[~np.eye(SIZE, dtype=bool)]
    assert np.abs(off_diagonal).max() < 5 * (SIZE / DRAWS) ** 0.5


def test_log_determinants_follow_wisharts_law(factors):
    """E log |W| = sum_j psi(j / 2) + n log 2, Var log |W| = sum_j psi_1(j / 2), j = 1 ... n."""
    logs = SIZE * np.log(SIZE) + 2 * np.linalg.slogdet(factors)[1]
    halves = np.arange(1, SIZE + 1) / 2
    mean = scipy.special.digamma(halves).sum() + SIZE * np.log(2)
    spread = scipy.special.polygamma(1, halves).sum() ** 0.5
    assert abs(logs.mean() - mean) < 5 * spread / DRAWS**0.5


def test_factors_are_those_of_cholesky(factors):
    """Lower triangular with a diagonal above 0, which a covariance has but one of."""
    expected = np.linalg.cholesky(factors @ factors.transpose(0, 2, 1))
    assert (np.diagonal(factors, axis1=1, axis2=2) > 0).all()
    np.testing.assert_allclose(np.triu(factors, 1), 0.0)
    np.testing.assert_allclose(factors, expected, atol=1e-6)


def test_a_block_of_size_0_has_a_factor_of_size_0():
    assert wishart_factor(jax.random.key(0), 0).shape == (0, 0)


def dag_of(random, edge_probability):
    """A mechanism whose parameters are drawn by numpy, which compiles nothing."""
    adjacency = np.triu(random.uniform(size=(SIZE, SIZE)) < edge_probability, 1)
    parameters = (
        adjacency.astype(float),
        random.normal(size=(SIZE, 8, SIZE)),
        random.normal(size=(SIZE, 8)),
        random.normal(size=(SIZE, 8)) * adjacency.any(axis=0)[:, None],
    )
    return DagMechanism(*(jnp.asarray(parameter) for parameter in parameters))


solve = jax.jit(lambda mechanism, noise, mask, value: mechanism(noise, mask, value))


@pytest.mark.usefixtures("strict_promotion")
@settings(max_examples=50)
@given(
    seed=st.integers(0, 2**30),
    edge_probability=st.floats(0, 1),
    forced=st.lists(st.booleans(), min_size=SIZE, max_size=SIZE),
)
def test_structural_equations_are_solved_as_written(seed, edge_probability, forced):
    random = np.random.default_rng(seed)
    noise, value = random.normal(size=(2, 3, SIZE))
    with jax.enable_x64(True):
        dag = dag_of(random, edge_probability)
        mask = jnp.asarray(forced, float)
        solved = solve(dag, jnp.asarray(noise), mask, jnp.asarray(value))
    adjacency, inner, bias, outer = (
        np.asarray(leaf) for leaf in (dag.adjacency, dag.inner, dag.bias, dag.outer)
    )
    expected = np.zeros((3, SIZE))
    for row in range(3):
        for j in range(SIZE):
            drive = sum(
                outer[j, h]
                * np.tanh(
                    sum(adjacency[i, j] * inner[j, h, i] * expected[row, i] for i in range(j))
                    + bias[j, h]
                )
                for h in range(8)
            )
            expected[row, j] = value[row, j] if forced[j] else drive + noise[row, j]
    np.testing.assert_allclose(solved, expected, atol=1e-12)


@pytest.fixture(scope="module")
def drawn():
    """Mechanisms of four settings, `DRAWS` each."""

    @jax.jit
    @jax.vmap
    def create(key, edge_probability, strength):
        return DagMechanism.create(key, SIZE, edge_probability, strength)

    keys = jax.random.split(jax.random.key(1), DRAWS)
    return lambda edge, strength: create(keys, jnp.full(DRAWS, edge), jnp.full(DRAWS, strength))


@pytest.mark.parametrize("probability", [0.0, 0.3, 1.0])
def test_edges_go_forward_and_come_at_their_rate(drawn, probability):
    adjacency = np.asarray(drawn(probability, 1.0).adjacency)
    assert not np.tril(adjacency).any()
    assert set(np.unique(adjacency)) <= {0.0, 1.0}
    rates = adjacency.mean(0)[np.triu_indices(SIZE, 1)]
    error = (probability * (1 - probability) / DRAWS) ** 0.5
    np.testing.assert_allclose(rates, probability, atol=5 * error + 1e-9)


def test_a_coordinate_without_parents_is_its_noise(drawn):
    mechanism = drawn(0.3, 2.0)
    alone = np.asarray(mechanism.adjacency).max(axis=1) == 0
    assert not np.asarray(mechanism.outer)[alone].any()
    assert np.asarray(mechanism.outer)[~alone].any(axis=-1).all()


def test_the_parents_part_is_about_as_wide_as_its_strength(drawn):
    """sum_h v_h^2 is strength^2 times chi^2(8) / 4: of mean 2 strength^2."""
    outer = np.asarray(drawn(1.0, 0.7).outer, np.float64)
    assert not outer[:, 0].any()
    energy = (outer[:, 1:] ** 2).sum(-1) * 4 / 0.7**2
    assert abs(energy.mean() - 8) < 5 * (16 / energy.size) ** 0.5


@pytest.mark.usefixtures("strict_promotion")
@settings(max_examples=20)
@given(seed=st.integers(0, 2**30), edge_probability=st.floats(0, 1))
def test_noise_is_what_solves_to_z(seed, edge_probability):
    random = np.random.default_rng(seed)
    noise = random.normal(size=(3, SIZE))
    with jax.enable_x64(True):
        dag = dag_of(random, edge_probability)
        solved = solve(dag, jnp.asarray(noise), jnp.zeros(SIZE), jnp.asarray(noise))
        returned = jax.jit(DagMechanism.noise)(dag, solved)
    np.testing.assert_allclose(returned, noise, atol=1e-12)
