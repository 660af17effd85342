"""Rows of normals, against scipy's tests of their law."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from scipy import stats

from scm import named_key
from scm.draws import normal_rows

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
