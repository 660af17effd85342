"""Marginals of sparse tables: the probability of each entry's cell under fewer variables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int


def cells(*variables: Int[np.ndarray, " entries"]) -> Int[np.ndarray, " entries"]:
    """Which joint value of some variables each entry has; equal numbers, equal values."""
    # Values by their rank, so that no product of two leaves the range of their integers.
    cell, *rest = (np.unique(variable, return_inverse=True)[1] for variable in variables)
    for rank in rest:
        cell = np.unique(cell * (1 + rank.max(initial=0)) + rank, return_inverse=True)[1]
    return cell


def marginal(
    probability: Float[np.ndarray, " entries"], *variables: Int[np.ndarray, " entries"]
) -> Float[np.ndarray, " entries"]:
    """The probability of each entry's joint value of some variables.

    Sums of logarithms of it, weighted by ``probability``, are the entropies and informations of
    the table.

    Args:
        probability: of each entry.
        variables: the value of each variable at each entry, at least 0.
    """
    cell = cells(*variables)
    return np.bincount(cell, probability)[cell]


def log_conditional(
    probability: Float[np.ndarray, " entries"],
    variables: Sequence[Int[np.ndarray, " entries"]],
    given: Sequence[Int[np.ndarray, " entries"]] = (),
) -> Float[np.ndarray, " entries"]:
    """The logarithm of p(a | b) at each entry, good to some eps of itself however small it is.

    Above 3/4 it is log1p(-p(not a | b)), so that the logarithm of a conditional probability of 1 is
    exactly 0, and an average of logarithms does not lose what is rare.

    Args:
        probability: of each entry, above 0.
        variables: the value of each variable of a at each entry, at least 0.
        given: the same of b; without it, log p(a).
    """
    whole = cells(*given) if given else np.zeros(len(probability), int)
    entry, part = np.unique(cells(whole, *variables), return_index=True, return_inverse=True)[1:]
    inside = whole[entry]
    p_part, p_whole = np.bincount(part, probability), np.bincount(whole, probability)[inside]
    most = p_part > 0.75 * p_whole
    rest = np.bincount(inside, np.where(most, 0.0, p_part))[inside]
    below = np.log(p_part) - np.log(p_whole)
    return np.log1p(-rest / p_whole, out=below, where=most)[part]


def log_rounding(probability: Float[np.ndarray, " entries"]) -> Float[np.ndarray, " entries"]:
    """Bound on the error of `log_conditional` at each entry.

    An entry is a product of at most three numbers, good to 3 eps of itself, or to a spacing where
    it is below the least normal number. A sum of n of them adds n eps, two sums meet in a ratio,
    and its logarithm, no larger than that of the entry, is good to eps of itself.
    """
    limits = np.finfo(np.float64)
    relative = limits.eps + limits.smallest_subnormal / probability
    return 2 * (len(probability) + 3) * relative - limits.eps * np.log(probability)
