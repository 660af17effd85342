"""Errors a user can cause: one sentence that says argument, expectation and what came."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scm.arguments import (
    ArgumentError,
    require,
    require_bool,
    require_choice,
    require_integer,
    require_number,
)


def sentence(check, *args, **kwargs):
    with pytest.raises(ArgumentError) as error:
        check(*args, **kwargs)
    return str(error.value)


def test_an_argument_error_is_a_value_error():
    assert issubclass(ArgumentError, ValueError)
    assert sentence(require, False, "size", "a size", "x") == "size: expected a size, got 'x'"
    require(True, "size", "a size", "x")


@given(value=st.integers(-5, 5), at_least=st.integers(-5, 5))
def test_integers_have_a_least_value(value, at_least):
    if value >= at_least:
        require_integer("n", value, at_least)
        require_integer("n", np.int64(value), at_least)
    else:
        expected = f"n: expected an integer of at least {at_least}, got {value}"
        assert sentence(require_integer, "n", value, at_least) == expected


@pytest.mark.parametrize("value", [1.0, "1", True, None])
def test_what_is_no_integer_is_refused(value):
    expected = f"n: expected an integer of at least 0, got {value!r}"
    assert sentence(require_integer, "n", value, 0) == expected


@given(
    value=st.floats(-3, 3),
    low=st.sampled_from([-math.inf, -1.0, 0.0]),
    high=st.sampled_from([math.inf, 1.0, 2.0]),
    exclude_low=st.booleans(),
)
def test_numbers_are_in_their_interval(value, low, high, exclude_low):
    inside = (low < value if exclude_low else low <= value) and value <= high
    if inside:
        require_number("x", value, low, high, exclude_low=exclude_low)
    else:
        text = sentence(require_number, "x", value, low, high, exclude_low=exclude_low)
        assert text.startswith("x: expected a ")
        assert text.endswith(f", got {value!r}")


@pytest.mark.parametrize(
    ("low", "high", "exclude_low", "interval"),
    [
        (-math.inf, math.inf, False, "a finite number"),
        (0.0, math.inf, False, "a number of at least 0"),
        (0.0, math.inf, True, "a number above 0"),
        (0.0, 1.0, False, "a number in [0, 1]"),
        (0.0, 1.0, True, "a number in (0, 1]"),
    ],
)
@pytest.mark.parametrize("value", [math.nan, math.inf, True, "1", None])
def test_what_is_no_finite_number_is_refused(value, low, high, exclude_low, interval):
    text = sentence(require_number, "x", value, low, high, exclude_low=exclude_low)
    assert text == f"x: expected {interval}, got {value!r}"


def test_choices_and_truth_values():
    require_choice("law", "dag", ["dag", "none"])
    assert sentence(require_choice, "law", "x", iter(["dag", "none"])) == (
        "law: expected one of dag, none, got 'x'"
    )
    require_bool("causal", False)
    assert sentence(require_bool, "causal", 1) == "causal: expected True or False, got 1"
