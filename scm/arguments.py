"""Errors a user can cause, said in one sentence."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

SUM = 1e-9
"""Bound on the rounding of a sum of a million probabilities, each exact to 1e-16."""


class ArgumentError(ValueError):
    """A value that a user gave is not one that can be used; the text is one clear sentence."""


def require(holds: bool | np.bool, argument: str, expected: str, got: Any) -> None:
    """Check what must hold of a value that a user gave.

    Args:
        holds: whether the value can be used.
        argument: what the value is called.
        expected: what it should be, in words.
        got: the value, or what is wrong with it.

    Raises:
        ArgumentError: "argument: expected ..., got ..." unless ``holds``.
    """
    if not holds:
        raise ArgumentError(f"{argument}: expected {expected}, got {got!r}")


def require_integer(argument: str, value: Any, at_least: int) -> None:
    """Check that ``value`` is an integer of at least ``at_least``.

    Args:
        argument: what it is called.
        value: what a user gave.
        at_least: the least that it may be.

    Raises:
        ArgumentError: if it is not.
    """
    is_integer = issubclass(type(value), Integral) and not isinstance(value, bool)
    require(is_integer and value >= at_least, argument, f"an integer of at least {at_least}", value)


def require_seed(argument: str, value: Any) -> int:
    """``value`` as a seed, checked to be an integer in [0, 2**32).

    Larger ones would lose bits on their way into a random key.

    Args:
        argument: what it is called.
        value: what a user gave.

    Raises:
        ArgumentError: if it is not.
    """
    require_integer(argument, value, 0)
    require(value < 2**32, argument, "less than 2**32", value)
    return int(value)


def require_number(
    argument: str,
    value: Any,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    exclude_low: bool = False,
) -> None:
    """Check that ``value`` is a finite number in [low, high], or (low, high].

    Args:
        argument: what it is called.
        value: what a user gave.
        low: the least that it may be.
        high: the most that it may be.
        exclude_low: whether ``low`` itself is out of range.

    Raises:
        ArgumentError: if it is not.
    """
    is_number = issubclass(type(value), Real) and not isinstance(value, bool)
    inside = (
        is_number
        and math.isfinite(value)
        and (low < value if exclude_low else low <= value)
        and value <= high
    )
    if low == -math.inf and high == math.inf:
        interval = "a finite number"
    elif high == math.inf:
        interval = f"a number {'above' if exclude_low else 'of at least'} {low:g}"
    else:
        interval = f"a number in {'(' if exclude_low else '['}{low:g}, {high:g}]"
    require(inside, argument, interval, value)


def require_indices(
    argument: str, values: Any, size: int | None = None, count: int | None = None
) -> None:
    """Check that ``values`` is an array of integers from 0 to ``size`` - 1.

    Args:
        argument: what they are called.
        values: a one-dimensional array of numpy.
        size: None for any integers of at least 0.
        count: how many there should be; None for any number of them.

    Raises:
        ArgumentError: if they are not, or not ``count`` of them.
    """
    is_row = isinstance(values, np.ndarray) and values.ndim == 1
    is_row = is_row and np.issubdtype(values.dtype, np.integer)
    require(is_row, argument, "a one-dimensional array of integers", values)
    if count is not None:
        require(len(values) == count, argument, f"{count} integers", len(values))
    outside = values[(values < 0) | (size is not None and values >= size)]
    expected = "integers of at least 0" if size is None else f"indices from 0 to {size - 1}"
    require(not len(outside), argument, expected, _first(outside))


def require_probabilities(argument: str, values: Any, count: int | None = None) -> None:
    """Check that ``values`` is an array of numbers in [0, 1].

    Args:
        argument: what they are called.
        values: a one-dimensional array of numpy.
        count: how many there should be; None for any number of them.

    Raises:
        ArgumentError: if they are not, or not ``count`` of them.
    """
    is_row = isinstance(values, np.ndarray) and values.ndim == 1
    is_row = is_row and values.dtype.kind in "iuf"
    require(is_row, argument, "a one-dimensional array of numbers", values)
    if count is not None:
        require(len(values) == count, argument, f"{count} numbers", len(values))
    # A NaN is in no interval.
    outside = values[~((values >= 0) & (values <= 1 + SUM))]
    require(not len(outside), argument, "numbers in [0, 1]", _first(outside))


def require_law(argument: str, values: Any, *, positive: bool = False, slack: float = SUM) -> None:
    """Check that ``values`` are probabilities that sum to 1.

    Args:
        argument: what they are called.
        values: an array of numpy.
        positive: whether they must be above 0.
        slack: bound on the rounding of the sum.

    Raises:
        ArgumentError: if they are not.
    """
    flat = values.ravel() if isinstance(values, np.ndarray) else values
    require_probabilities(argument, flat)
    if positive:
        require(np.all(values > 0), argument, "numbers above 0", 0.0)
    total = float(np.sum(values))
    require(abs(total - 1) <= slack, argument, "numbers with sum 1", total)


def _first(values: np.ndarray) -> Any:
    """The first of some values as a Python number, or None."""
    return values[0].item() if len(values) else None


def require_bool(argument: str, value: Any) -> None:
    """Check that ``value`` is True or False.

    Args:
        argument: what it is called.
        value: what a user gave.

    Raises:
        ArgumentError: if it is not.
    """
    require(isinstance(value, bool), argument, "True or False", value)


def require_choice(argument: str, value: Any, choices: Iterable[str]) -> None:
    """Check that ``value`` is one of ``choices``.

    Args:
        argument: what it is called.
        value: what a user gave.
        choices: what it may be.

    Raises:
        ArgumentError: if it is not; the text ends in the choice that is spelt most alike, where
            one is.
    """
    known = tuple(choices)
    if value not in known:
        raise ArgumentError(f"{argument}: {expected_choice(value, known)}")


def expected_choice(value: Any, choices: Sequence[str]) -> str:
    """That one of some names was expected, what came, and which of them may have been meant.

    >>> expected_choice("scene", ("sentence", "scenes"))
    "expected one of sentence, scenes, got 'scene'; did you mean scenes?"

    Args:
        value: what a user gave, which is none of them.
        choices: the names.
    """
    said = f"expected one of {', '.join(choices)}, got {value!r}"
    spelt = {choice.lower(): choice for choice in choices}
    alike = difflib.get_close_matches(str(value).lower(), spelt, n=1)
    return f"{said}; did you mean {spelt[alike[0]]}?" if alike else said
