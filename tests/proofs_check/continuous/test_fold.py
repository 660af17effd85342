"""The fold: the disc's law by integration, its volume by differences, its best prediction."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from proofs_check import Darmois, Fold
from proofs_check.continuous.fold import darmois_of_disc, fold_r2
from scm import SentenceConfig
from scm.arguments import ArgumentError


def world(n_inv, **chosen):
    config = SentenceConfig(n_inv=n_inv, n_dp=1, n_pr_img=0, n_pr_txt=0, **chosen)
    return config.build(jax.random.key(0))


@pytest.mark.usefixtures("strict_promotion")
@given(st.floats(0.01, 0.99), st.floats(0.0, 4 * np.pi))
def test_the_disc_has_the_conditional_laws_of_integration(squared_radius, angle):
    with jax.enable_x64(True):
        code = darmois_of_disc(jnp.asarray([squared_radius]), jnp.asarray([angle]))[0]
    a, b = squared_radius**0.5 * np.cos(angle), squared_radius**0.5 * np.sin(angle)

    def chord(x):
        return 2 * (1 - x**2) ** 0.5

    below = scipy.integrate.quad(chord, -1, a, epsabs=1e-12)[0] / np.pi
    np.testing.assert_allclose(code, [below, (b + chord(a) / 2) / chord(a)], atol=1e-9)


@pytest.fixture(scope="module")
def folded():
    """Content on a DAG, its fold, the partners and the Jacobians by central differences."""
    step = 1e-6
    z = np.random.default_rng(0).normal(size=(64, 3))
    with jax.enable_x64(True):
        scm = world(3, law="dag")
        fold = Fold.of(scm)
        code, partner = fold(jnp.asarray(z)), fold.partner(jnp.asarray(z))
        slopes = [
            (fold(jnp.asarray(z + step * unit)) - fold(jnp.asarray(z - step * unit))) / (2 * step)
            for unit in np.eye(3)
        ]
        darmois = Darmois.of(scm)
        return {
            "z": z,
            "code": np.asarray(code),
            "partner": np.asarray(partner),
            "partner code": np.asarray(fold(partner)),
            "partner of partner": np.asarray(fold.partner(partner)),
            "volume": np.abs(np.linalg.det(np.stack(slopes, axis=-1))),
            "uniform": np.asarray(darmois(jnp.asarray(z))),
            "density": np.exp(np.asarray(darmois.log_density(jnp.asarray(z)))),
        }


def test_two_points_share_each_code(folded):
    np.testing.assert_allclose(folded["partner code"], folded["code"], atol=1e-9)
    np.testing.assert_allclose(folded["partner of partner"], folded["z"], atol=1e-9)
    np.testing.assert_allclose(folded["partner"][:, 0], folded["z"][:, 0], atol=1e-9)
    assert np.min(np.abs(folded["partner"] - folded["z"])[:, 1]) > 1.3


def test_the_fold_doubles_volume(folded):
    # Central differences: step^2 times third derivatives, and 1e-16 / step for rounding.
    np.testing.assert_allclose(folded["volume"], 2 * folded["density"], rtol=1e-4, atol=1e-8)


def test_coordinates_from_the_third_on_are_kept(folded):
    np.testing.assert_array_equal(folded["code"][:, 2:], folded["uniform"][:, 2:])


def test_the_best_prediction_from_the_fold():
    """Samples sorted by what the fold tells of z_2, in bins: the share of variance between bins."""
    uniform = np.random.default_rng(0).uniform(size=400_000)
    z = scipy.stats.norm.ppf(uniform)
    told = np.floor(np.mod(uniform, 0.5) * 2 * 2000).astype(int)
    count = np.bincount(told)
    mean = np.bincount(told, z) / count
    between = float(np.sum(count * mean**2) / z.size)
    # Bins of 200 samples add 1 / 200 of the variance within; the deviation of R2 is about 0.001.
    assert fold_r2() == pytest.approx((between - 0.005) / (1 - 0.005), abs=0.006)
    assert fold_r2() == pytest.approx(0.3374, abs=5e-5)


def test_a_single_coordinate_cannot_be_folded():
    with pytest.raises(ArgumentError, match="n_inv: expected at least 2 coordinates to fold, got"):
        Fold.of(world(1))
