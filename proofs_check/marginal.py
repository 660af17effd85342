"""Marginals of sparse tables: the probability of each entry's cell under fewer variables."""

from __future__ import annotations

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
