"""Errors a user can cause, said in one sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np


class ArgumentError(ValueError):
    """A value that a user gave is not one that can be used; the text is one clear sentence."""


def require(holds: bool | np.bool, argument: str, expected: str, got: Any) -> None:
    """Raise ``ArgumentError("argument: expected ..., got ...")`` unless ``holds``."""
    if not holds:
        raise ArgumentError(f"{argument}: expected {expected}, got {got!r}")


def require_integer(argument: str, value: Any, at_least: int) -> None:
    """Raise `ArgumentError` unless ``value`` is an integer of at least ``at_least``."""
    is_integer = issubclass(type(value), Integral) and not isinstance(value, bool)
    require(is_integer and value >= at_least, argument, f"an integer of at least {at_least}", value)


def require_seed(argument: str, value: Any) -> int:
    """``value`` as a seed; raise `ArgumentError` unless it is an integer in [0, 2**32).

    Larger ones would lose bits on their way into a random key.
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
    """Raise `ArgumentError` unless ``value`` is a finite number in [low, high], or (low, high]."""
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


def require_bool(argument: str, value: Any) -> None:
    """Raise `ArgumentError` unless ``value`` is True or False."""
    require(isinstance(value, bool), argument, "True or False", value)


def require_choice(argument: str, value: Any, choices: Iterable[str]) -> None:
    """Raise `ArgumentError` unless ``value`` is one of ``choices``."""
    known = tuple(choices)
    require(value in known, argument, f"one of {', '.join(known)}", value)
