"""Means under binomial laws, summed exactly."""

from __future__ import annotations

import math

import numpy as np
import scipy
from jaxtyping import Float

_RARE = 1e-100
"""Expected successes so few that a second is lost in rounding; scipy's law overflows at 1e-306."""


def binomial_mean(
    values: Float[np.ndarray, " outcomes"], p: Float[np.ndarray, " n"]
) -> Float[np.ndarray, " n"]:
    """The mean of a function of the number of successes, for each chance of success.

    Args:
        values: of the function at 0 ... t successes in t trials.
        p: the chances.
    """
    chances, place = np.unique(np.minimum(p, 1.0), return_inverse=True)
    trials = len(values) - 1
    means = []
    for chance in chances:
        if trials * chance < _RARE:
            means.append(values[0] + trials * chance * (values[min(1, trials)] - values[0]))
            continue
        likely = values[: _likely(trials, chance)]
        means.append(likely @ scipy.stats.binom.pmf(np.arange(len(likely)), trials, chance))
    return np.array(means)[place]


def _likely(trials: int, chance: float) -> int:
    """A number of outcomes, from 0, all but 1e-25 of the probability.

    By Bernstein, P(more than m + t) <= exp(-t^2 / (2 m + 2 t / 3)) for the mean m, and with this t
    the exponent is at least 59.
    """
    mean = trials * chance
    return math.ceil(mean + 12 * math.sqrt(mean) + 40) + 1
