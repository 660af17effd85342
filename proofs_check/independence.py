"""Conditional independence in a sparse table."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from proofs_check.marginal import cells, marginal


def independent(
    probability: Float[np.ndarray, " entries"],
    first: Int[np.ndarray, " entries"],
    second: Int[np.ndarray, " entries"],
    given: Int[np.ndarray, " entries"],
) -> bool:
    """Whether two variables are independent given a third.

    So it is where p(a, b, c) p(c) = p(a, c) p(b, c), also at the triples that the table lacks.

    Args:
        probability: of each entry, above 0.
        first: a at each entry.
        second: b at each entry.
        given: c at each entry; no triple is there twice.
    """
    first_given, second_given = cells(first, given), cells(second, given)
    pairs = _distinct(first_given, given) * _distinct(second_given, given)
    if not np.array_equal(pairs, np.bincount(given)):
        return False
    both = probability * marginal(probability, given)
    product = marginal(probability, first_given) * marginal(probability, second_given)
    return bool(np.all(np.abs(both - product) <= _rounding(len(probability)) * product))


def _rounding(entries: int) -> float:
    """Bound on the relative error of a product of two marginals against another such product.

    An entry is a product of at most three numbers, good to 3 eps, and a sum of n positive terms
    adds n eps: two factors a side, two sides.
    """
    return 4 * (entries + 3) * float(np.finfo(np.float64).eps)


def _distinct(
    cell: Int[np.ndarray, " entries"], given: Int[np.ndarray, " entries"]
) -> Int[np.ndarray, " values"]:
    """How many distinct cells each value of ``given`` has; a cell has one value."""
    return np.bincount(given[np.unique(cell, return_index=True)[1]], minlength=given.max() + 1)
