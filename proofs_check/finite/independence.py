"""Conditional independence in a sparse table."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from proofs_check.finite.marginal import cells, log_conditional, log_rounding


def independent(
    probability: Float[np.ndarray, " entries"],
    first: Int[np.ndarray, " entries"],
    second: Int[np.ndarray, " entries"],
    given: Int[np.ndarray, " entries"],
) -> bool:
    """Whether two variables are independent given a third.

    So it is where p(a, b | c) = p(a | c) p(b | c), also at the triples that the table lacks.

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
    both = log_conditional(probability, [first, second], [given])
    product = log_conditional(probability, [first], [given])
    product += log_conditional(probability, [second], [given])
    return bool(np.all(np.abs(both - product) <= 3 * log_rounding(probability)))


def _distinct(
    cell: Int[np.ndarray, " entries"], given: Int[np.ndarray, " entries"]
) -> Int[np.ndarray, " values"]:
    """How many distinct cells each value of ``given`` has; a cell has one value."""
    return np.bincount(given[np.unique(cell, return_index=True)[1]], minlength=given.max() + 1)
