"""Whether codes are uniform on the cube, as a p-value."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from jaxtyping import Float
from scipy.special import chdtrc

CELLS = 8
"""Cells a side of the square of two coordinates. Some 4,000 codes put 64 in a cell, where the
chi-square law of the counts is good far into its tail."""


def uniformity_p_value(codes: Float[np.ndarray, "n d"]) -> float:
    r"""Probability that uniform codes look less uniform than these in any of the tests.

    Each coordinate has a Kolmogorov-Smirnov test, with the bound
    :math:`P(D > t) \le 2 e^{-2 n t^2}` that holds at every n, and each pair of coordinates a
    chi-square test of its counts in `CELLS` × `CELLS` cells. The least of their p-values is
    multiplied by the number of tests.

    Args:
        codes: one a row; outside (0, 1) the p-value is 0.
    """
    n, d = codes.shape
    if np.any((codes <= 0) | (codes >= 1)):
        return 0.0
    ranks = np.arange(n + 1)[:, None] / n
    ordered = np.sort(codes, axis=0)
    distance = np.maximum(ranks[1:] - ordered, ordered - ranks[:-1]).max(axis=0)
    p_values = list(2 * np.exp(-2 * n * distance**2))
    cell = (codes * CELLS).astype(int)
    expected = n / CELLS**2
    for i, j in combinations(range(d), 2):
        counts = np.bincount(cell[:, i] * CELLS + cell[:, j], minlength=CELLS**2)
        p_values.append(chdtrc(CELLS**2 - 1, np.sum((counts - expected) ** 2) / expected))
    return min(1.0, len(p_values) * float(min(p_values)))
