"""Margins: how far a verdict is from failing."""

from __future__ import annotations

import math

import pytest

from figures.page.found import found_of, margin
from tests.figures.page.folders import VERDICTS, verdict


@pytest.mark.parametrize(
    ("relation", "predicted", "measured", "tolerance", "expected"),
    [
        ("~=", 1.0, 1.0, 0.1, 1.0),
        ("~=", 1.0, 1.05, 0.1, 0.5),
        ("~=", 1.0, 1.2, 0.1, -1.0),
        ("~=", 3.0, 3.0, 0.0, math.inf),
        (">=", 0.9, 1.0, 0.0, 0.1),
        (">=", 0.9, 0.85, 0.1, 0.5),
        (">=", 0.9, 0.95, 0.1, 1.0),
        ("<=", 1.0, 0.9, 0.0, 0.1),
        ("<=", 1.0, 1.05, 0.1, 0.5),
        (">", 0.5, 1.0, 0.1, 0.4),
        (">=", 0.0, 0.0, 0.0, math.inf),
    ],
)
def test_a_margin_is_a_share_of_what_there_is_to_lose(
    relation, predicted, measured, tolerance, expected
):
    one = verdict(relation=relation, predicted=predicted, measured=measured, tolerance=tolerance)
    assert margin(one) == pytest.approx(expected)
    assert one.holds == (expected > 0)


def test_a_gain_is_as_far_as_its_interval():
    gain = verdict(method="trained", relation=">", measured=1.0, interval=(0.2, 1.8), tolerance=0.1)
    assert margin(gain) == pytest.approx(0.5)


def test_what_is_thinnest_comes_first_and_what_fails_is_not_among_it():
    failing = verdict(setting="fails", measured=9.0)
    t6, t7, t8 = found_of([failing, *VERDICTS])
    assert [one.claim for one in (t6, t7, t8)] == ["T6", "T7", "T8"]
    assert t6.failures == (failing,)
    assert t6.thin[0].metric == "number 29"
    assert [margin(one) for one in t6.thin] == sorted(margin(one) for one in t6.thin)
    assert (t6.tally("claim").held, t6.tally("claim").of) == (30, 31)
    assert (t7.thin[0].kind, t8.thin) == ("claim", ())
    assert len(t8.findings) == 1
