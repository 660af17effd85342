"""L_AE by quadrature: a linear shift in closed form, other shifts by adaptive integration."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from proofs_check.quantities.alignment_entropy import MAX_CORRELATION, style_reading_loss
from scm.arguments import ArgumentError

QUADRATURE = 1e-11

CORRELATIONS = st.floats(-MAX_CORRELATION, MAX_CORRELATION)


@given(CORRELATIONS, st.floats(-0.5, 0.5))
def test_a_linear_shift_has_a_closed_form(correlation, size):
    r"""T = e + a w is normal: KL(T || e) = (v - 1 - log v) / 2, and E Phi(X) Phi(Y) an orthant."""
    variance = 1 + 2 * size * correlation + size**2
    covariance = 1 + size * correlation

    def orthant(var_x, var_y, cov):
        return 0.25 + np.arcsin(cov / ((1 + var_x) * (1 + var_y)) ** 0.5) / (2 * np.pi)

    alignment = (
        orthant(variance, variance, variance)
        + orthant(1.0, 1.0, 1.0)
        - 2 * orthant(variance, 1.0, covariance)
    )
    divergence = (variance - 1 - np.log(variance)) / 2
    measured = style_reading_loss(correlation, lambda w: size * w)
    assert measured == pytest.approx(alignment + divergence / 2, abs=QUADRATURE)


def test_another_shift_by_adaptive_integration():
    correlation, spread = 0.6, 0.8
    normal = scipy.stats.norm

    def shift(w):
        return 0.4 * np.sin(2 * w)

    def square(e, w):
        joint = normal.pdf(w) * normal.pdf(e, correlation * w, spread)
        return joint * (normal.cdf(e + shift(w)) - normal.cdf(e)) ** 2

    alignment = scipy.integrate.dblquad(square, -7, 7, -7, 7, epsabs=1e-8)[0]
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    weights = weights / weights.sum()

    def density(t):
        return weights @ normal.pdf(t, shift(nodes) + correlation * nodes, spread)

    def integrand(t):
        return density(t) * np.log(density(t) / normal.pdf(t))

    divergence = scipy.integrate.quad(integrand, -7, 7, epsabs=1e-10)[0]
    assert style_reading_loss(correlation, shift) == pytest.approx(
        alignment + divergence / 2, abs=1e-7
    )


@given(CORRELATIONS, st.floats(-1, 1), st.floats(0.1, 3), st.floats(-3, 3))
def test_no_smooth_shift_lowers_the_loss(correlation, size, frequency, phase):
    loss = style_reading_loss(correlation, lambda w: size * np.sin(frequency * w + phase))
    assert loss >= -QUADRATURE
    assert style_reading_loss(correlation, np.zeros_like) == pytest.approx(0, abs=QUADRATURE)


def test_a_style_that_is_content_is_refused():
    with pytest.raises(ArgumentError, match=r"correlation: expected a number in \[-0.99, 0.99\]"):
        style_reading_loss(0.999, np.tanh)
