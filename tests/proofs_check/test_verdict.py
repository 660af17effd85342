"""Whether a verdict holds follows from its numbers."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs_check import CLAIMS, Verdict
from scm.arguments import ArgumentError

NUMBERS = st.floats(-10, 10)
FIELDS = {
    "id", "claim", "kind", "method", "study", "setting", "metric", "relation", "predicted",
    "measured", "interval", "tolerance", "holds", "seconds", "statement", "source",
    "basis", "supported", "headline",
}  # fmt: skip


def verdict(**changes):
    settings = {
        "id": "T2/a/image to z_inv",
        "claim": "T2",
        "kind": "claim",
        "method": "trained",
        "study": "sentence",
        "setting": "a",
        "metric": "R2 image to z_inv",
        "relation": ">=",
        "predicted": 0.5,
        "measured": 0.75,
        "interval": (0.5, 1.0),
        "tolerance": 0.0,
        "seconds": 1.0,
    }
    return Verdict(**(settings | changes))


# Multiples of 1/8 are exact in binary, so the edge of a tolerance is met exactly.
@pytest.mark.parametrize(
    ("relation", "measured", "holds"),
    [
        (">=", 0.25, False),
        (">=", 0.375, True),
        (">=", 0.5, True),
        (">=", 9.0, True),
        ("<=", 0.75, False),
        ("<=", 0.625, True),
        ("<=", 0.5, True),
        ("<=", -9.0, True),
        ("~=", 0.25, False),
        ("~=", 0.375, True),
        ("~=", 0.5, True),
        ("~=", 0.625, True),
        ("~=", 0.75, False),
    ],
)
def test_a_relation_holds_up_to_its_tolerance(relation, measured, holds):
    assert verdict(relation=relation, measured=measured, tolerance=0.125).holds is holds


@pytest.mark.parametrize(("relation", "sign"), [(">=", -1), ("<=", 1), ("~=", -1), ("~=", 1)])
def test_a_relation_fails_just_past_its_tolerance(relation, sign):
    edge = 0.5 + sign * 0.125
    past = math.nextafter(edge, sign * math.inf)
    assert verdict(relation=relation, measured=edge, tolerance=0.125).holds
    assert not verdict(relation=relation, measured=past, tolerance=0.125).holds


@given(NUMBERS, NUMBERS, st.floats(0, 5))
def test_a_reader_of_the_numbers_comes_to_the_same(predicted, measured, tolerance):
    numbers = {"predicted": predicted, "measured": measured, "tolerance": tolerance}
    assert verdict(relation=">=", **numbers).holds == (measured >= predicted - tolerance)
    assert verdict(relation="<=", **numbers).holds == (measured <= predicted + tolerance)
    assert verdict(relation="~=", **numbers).holds == (abs(measured - predicted) <= tolerance)


@pytest.mark.parametrize("numbers", [(0.98, 0.95, 0.03), (0.7, 0.67, 0.03), (0.9, 0.6, 0.3)])
def test_decimals_hold_at_the_edge_that_is_printed(numbers):
    """The edge is computed as the relation is written, prediction minus tolerance first."""
    predicted, _, tolerance = numbers
    edge = predicted - tolerance
    assert verdict(relation=">=", predicted=predicted, measured=edge, tolerance=tolerance).holds


@pytest.mark.parametrize("relation", [">=", "<=", "~=", ">"])
@pytest.mark.parametrize("kind", ["claim", "control", "identity", "finding"])
def test_nan_never_holds(relation, kind):
    for numbers in ({"measured": math.nan}, {"predicted": math.nan}, {"tolerance": math.nan}):
        assert verdict(relation=relation, kind=kind, **numbers).holds is False


def test_all_kinds_gate_but_findings():
    kinds = ("claim", "control", "identity", "finding")
    assert [verdict(kind=kind).gates for kind in kinds] == [True, True, True, False]


@pytest.mark.parametrize(
    ("interval", "holds"),
    [
        ((0.75, 1.0), True),
        ((0.5, 1.0), False),
        ((0.25, 1.25), False),
        ((0.5, 0.5), False),
        ((math.nan, math.nan), False),
        (None, False),
    ],
)
def test_strictly_above_is_asked_of_all_of_a_trained_interval(interval, holds):
    above = {"relation": ">", "measured": 0.75, "predicted": 0.5}
    assert verdict(interval=interval, **above).holds is holds
    assert verdict(method="exact", interval=None, **above).holds
    assert not verdict(method="exact", interval=None, **(above | {"measured": 0.5})).holds


@pytest.mark.parametrize(
    ("interval", "supported"),
    [((0.5, 1.0), True), ((0.25, 1.25), False), ((math.nan, math.nan), False), (None, None)],
)
def test_an_interval_supports_a_relation_that_holds_at_both_its_ends(interval, supported):
    assert verdict(interval=interval, tolerance=0.0).supported is supported


def test_json_holds_the_fields_that_readers_know():
    written = verdict().to_json()
    assert set(written) == FIELDS
    assert written["holds"] is True
    assert written["statement"] == CLAIMS["T2"].statement
    assert written["source"] == CLAIMS["T2"].source
    assert json.loads(json.dumps(written))["interval"] == [0.5, 1.0]


@pytest.mark.parametrize(
    "numbers",
    [
        {"measured": math.nan, "interval": None},
        {"predicted": math.inf},
        {"measured": math.nan, "interval": (math.nan, math.nan)},
    ],
)
def test_json_is_strict(numbers):
    written = json.loads(json.dumps(verdict(**numbers).to_json(), allow_nan=False))
    for name in numbers:
        assert written[name] in (None, [None, None])


def test_an_unknown_claim_is_refused():
    with pytest.raises(ArgumentError, match=r"claim: expected one of T2.*, got 'T99'"):
        verdict(claim="T99")


def test_every_claim_says_what_it_is():
    for name, claim in CLAIMS.items():
        assert claim.id == name
        for text in (claim.statement, claim.conditions, claim.source):
            assert text.endswith(".")
