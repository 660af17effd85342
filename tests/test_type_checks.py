"""Calls of our functions are checked in tests: each kind of wrong argument or result is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from beartype.roar import BeartypeCallHintViolation
from jaxtyping import Float, TypeCheckError

from scm.keys import named_key
from tests.type_checks import checked

WRONG = (BeartypeCallHintViolation, TypeCheckError)


@checked
def first_column(points: Float[np.ndarray, "n d"], wrong: bool = False) -> Float[np.ndarray, " n"]:
    return points[0] if wrong else points[:, 0]


@checked
def same_length(left: Float[np.ndarray, " n"], right: Float[np.ndarray, " n"]) -> float:
    return float(left @ first_column(right[:, None]))


@checked
def rows(points: Float[np.ndarray, "n d"]) -> Iterator[float]:
    yield from points[:, 0].tolist()


@checked
@dataclass
class Pair:
    left: Float[np.ndarray, " n"]
    right: Float[np.ndarray, " n"]


class Unchanged:
    pass


NO_KEY: Any = "key"
THREE, FOUR = np.zeros(3), np.zeros(4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: first_column(THREE),
        lambda: first_column("points"),
        lambda: first_column(np.zeros((3, 4)), wrong=True),
        lambda: first_column(np.zeros((3, 4)), wrong=1.0),
        lambda: same_length(THREE, FOUR),
        lambda: next(rows(THREE)),
        lambda: Pair(THREE, FOUR),
        # One of ours, which the import hook decorates.
        lambda: named_key(NO_KEY, "name"),
    ],
)
def test_what_is_wrong_is_found(call):
    with pytest.raises(WRONG):
        call()


def test_what_is_right_goes_through():
    assert first_column(np.ones((3, 4))).tolist() == [1.0, 1.0, 1.0]
    assert same_length(THREE, THREE) == 0.0
    assert list(rows(np.ones((2, 4)))) == [1.0, 1.0]
    assert Pair(THREE, THREE).left is THREE
    assert checked(Unchanged) is Unchanged


def test_a_call_within_a_call_has_sizes_of_its_own():
    # Both name a size n: three rows of the outer, two of the inner.
    @checked
    def outer(points: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        first_column(np.zeros((2, 1)))
        return points

    assert outer(THREE) is THREE


@pytest.mark.usefixtures("as_users_run")
def test_users_have_no_checks():
    assert Pair(THREE, FOUR).right is FOUR
    assert first_column(np.zeros((3, 4)), wrong=True).shape == (4,)
